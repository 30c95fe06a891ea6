// Which part of a picture becomes the portrait: drawn with a pointer, or moved and sized by keyboard.
import { $, toast, words } from "../ui.js";

// A portrait is 4 wide and 5 high.
const RATIO = 4 / 5;
const STEP = 0.02;
const SMALLEST = 0.2;

const clamp = (value, least, most) => Math.min(Math.max(value, least), most);

export class Crop {
  #main;
  #box;
  #image;
  #size;
  #part = { x: 0, y: 0, scale: 1 };
  #address = null;

  /** `send(form)` posts the picture and settles when it is done. */
  constructor(main, send) {
    this.#main = main;
    this.#box = $("[data-crop-box]", main);
    this.#image = $("[data-crop-image]", main);
    this.#size = $("[data-crop-size]", main);
    const file = $("[data-face-file]", main);
    file.addEventListener("change", () => this.#choose(file.files[0]));
    this.#image.addEventListener("load", () => this.#begin());
    this.#image.addEventListener("error", () => { if (this.#address) { toast(words("picture_refused")); this.#end(); } });
    this.#size.addEventListener("input", () => this.#resize(this.#size.value / 100));
    this.#box.addEventListener("pointerdown", (event) => this.#drag(event));
    this.#box.addEventListener("keydown", (event) => this.#key(event));
    $("[data-crop-cancel]", main).addEventListener("click", () => { this.#end(); file.focus(); });
    $("[data-face-form]", main).addEventListener("submit", async (event) => {
      event.preventDefault();
      $("[data-crop-use]", main).disabled = true;
      const done = await send(event.target);
      $("[data-crop-use]", main).disabled = false;
      if (done) this.#end();
    });
  }

  #choose(file) {
    if (!file) return;
    if (this.#address) URL.revokeObjectURL(this.#address);
    this.#address = URL.createObjectURL(file);
    this.#image.src = this.#address;
  }

  #begin() {
    $("[data-crop]", this.#main).hidden = false;
    $("[data-portrait]", this.#main).hidden = true;
    const { width, height } = this.#full();
    // Faces are in the upper half.
    this.#part = { x: (1 - width) / 2, y: (1 - height) / 4, scale: 1 };
    this.#size.value = 100;
    this.#draw();
    this.#box.focus({ preventScroll: true });
  }

  #end() {
    $("[data-crop]", this.#main).hidden = true;
    $("[data-portrait]", this.#main).hidden = false;
    $("[data-face-file]", this.#main).value = "";
    if (this.#address) URL.revokeObjectURL(this.#address);
    this.#address = null;
    this.#image.removeAttribute("src");
  }

  /** The largest part of the right shape, in fractions of the picture. */
  #full() {
    const ratio = this.#image.naturalWidth / this.#image.naturalHeight;
    return ratio > RATIO ? { width: RATIO / ratio, height: 1 } : { width: 1, height: ratio / RATIO };
  }

  #sides() {
    const { width, height } = this.#full();
    return { width: width * this.#part.scale, height: height * this.#part.scale };
  }

  #resize(scale) {
    const before = this.#sides();
    this.#part.scale = clamp(scale, SMALLEST, 1);
    const after = this.#sides();
    this.#move((before.width - after.width) / 2, (before.height - after.height) / 2);
  }

  #move(x, y) {
    const { width, height } = this.#sides();
    this.#part.x = clamp(this.#part.x + x, 0, 1 - width);
    this.#part.y = clamp(this.#part.y + y, 0, 1 - height);
    this.#draw();
  }

  #draw() {
    const { width, height } = this.#sides();
    const sides = { x: this.#part.x, y: this.#part.y, w: width, h: height };
    for (const [side, value] of Object.entries(sides)) {
      this.#box.style.setProperty(`--${side}`, `${value * 100}%`);
      $(`[data-crop-side="${side}"]`, this.#main).value = value.toFixed(5);
    }
  }

  #drag(event) {
    event.preventDefault();
    this.#box.focus({ preventScroll: true });
    this.#box.setPointerCapture(event.pointerId);
    const stage = $("[data-crop-stage]", this.#main).getBoundingClientRect();
    const move = (moved) => this.#move(moved.movementX / stage.width, moved.movementY / stage.height);
    const end = () => { this.#box.removeEventListener("pointermove", move); };
    this.#box.addEventListener("pointermove", move);
    this.#box.addEventListener("lostpointercapture", end, { once: true });
  }

  #key(event) {
    const way = { ArrowLeft: [-STEP, 0], ArrowRight: [STEP, 0], ArrowUp: [0, -STEP], ArrowDown: [0, STEP] }[event.key];
    const scale = { "+": STEP, "-": -STEP }[event.key];
    if (!way && !scale) return;
    event.preventDefault();
    if (way) this.#move(...way);
    else {
      this.#resize(this.#part.scale + scale);
      this.#size.value = Math.round(this.#part.scale * 100);
    }
  }
}
