/* /redoc: the API for reading. ReDoc is a script of its own, which comes after this one and sets Redoc. */

const place = document.getElementById("api");

// Its styles are written by its script, some before it can be told of a nonce.
const create = Document.prototype.createElement;
document.createElement = (name, options) =>
  Object.assign(create.call(document, name, options), name === "style" ? { nonce: place.dataset.nonce } : {});

// It would show its makers' mark from their server.
const { set } = Object.getOwnPropertyDescriptor(HTMLImageElement.prototype, "src");
function setOurs(image, address) {
  image.hidden = new URL(address, location).origin !== location.origin;
  if (!image.hidden) set.call(image, address);
}
Object.defineProperty(HTMLImageElement.prototype, "src", { set(address) { setOurs(this, address); } });
HTMLImageElement.prototype.setAttribute = function (name, value) {
  if (name === "src") setOurs(this, value);
  else Element.prototype.setAttribute.call(this, name, value);
};

addEventListener("DOMContentLoaded", () => Redoc.init(place.dataset.document, {}, place));
