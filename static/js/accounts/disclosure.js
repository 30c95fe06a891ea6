// What one speaks with: shown when a chat begins, and again after so many hours of it, for as long as nobody has read it.
import { $, announce, store } from "../ui.js";

const note = $("[data-disclosure]");
const key = `disclosure:${note.dataset.disclosure}`;
const every = Number(note.dataset.hours) * 3600e3;
// A timer does not run while a computer sleeps: the clock is looked at instead.
const LOOK_MS = 30_000;

// Where nothing may be stored, it is known for as long as the page is open.
let readAt = 0;
const isDue = () => !(Date.now() - Math.max(readAt, Number(store.get(key))) < every);

function look() {
  if (!note.hidden || !isDue()) return;
  note.hidden = false;
  announce($("[data-disclosure-text]", note).textContent);
}

note.hidden = !isDue();
$("[data-disclosure-read]", note).addEventListener("click", () => {
  readAt = Date.now();
  store.set(key, String(readAt));
  note.hidden = true;
  $("#draft")?.focus();
});
setInterval(look, LOOK_MS);
document.addEventListener("visibilitychange", look);
