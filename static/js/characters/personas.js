// The form of a persona: its bubble as it will look, while it is chosen. Nothing is kept before Save.
import { $, words } from "../ui.js";

const form = $("[data-persona-form]");
const preview = $("[data-persona-preview]", form);
const sign = $("[data-preview-sign]", preview);
const segments = typeof Intl.Segmenter === "function" ? new Intl.Segmenter(undefined, { granularity: "grapheme" }) : null;
const kept = $("img", sign); // the picture that it has now
let chosen = null; // one that was just picked

const first = (text) => (segments ? [...segments.segment(text)][0]?.segment : [...text][0]) ?? "";

function show() {
  const { name, symbol, hue, without_picture: without } = form.elements;
  preview.style.setProperty("--u", hue.value);
  $("[data-preview-name]", preview).textContent = name.value;
  const picture = chosen ?? (without?.checked ? null : kept);
  sign.replaceChildren(picture ?? (symbol.value.trim() || first(name.value.trim())));
}

// As characters/tokens.py estimates: five letters to a token, and one for every other sign.
const PIECE = /[A-Za-z\u00c0-\u058f]+|[\p{L}\p{N}_]|\n+|[^\p{L}\p{N}_\s]/gu;
const estimate = (text) => (text.match(PIECE) ?? []).reduce(
  (sum, piece) => sum + (/^\p{L}/u.test(piece) ? Math.ceil(piece.length / 5) : 1), 0);

form.addEventListener("input", show);
form.elements.description.addEventListener("input", () => {
  $("[data-tokens-text]", form).textContent = words("tokens_about", { n: estimate(form.elements.description.value) });
});
form.elements.picture.addEventListener("change", () => {
  const [file] = form.elements.picture.files;
  if (chosen) URL.revokeObjectURL(chosen.src);
  chosen = null;
  if (file) {
    chosen = new Image();
    chosen.alt = "";
    chosen.src = URL.createObjectURL(file);
  }
  show();
});
show();
