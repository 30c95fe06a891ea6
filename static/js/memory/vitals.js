// What a character is like right now. Time moves the bars by the formula of memory/mind/state.py; words come by a hint.
import { $, $$ } from "../ui.js";

const EVERY_MS = 5000;
const CALMEST = 0.65;
const UPSET = 0.5;
const DELTA_MS = 6000;
// When the server said so: the page began about then, however late this script comes.
let since = 0;

function show(vital, value, told) {
  const meter = $("[role=meter]", vital);
  const percent = Math.round(value * 100);
  const before = Number(meter.getAttribute("aria-valuenow"));
  meter.style.setProperty("--p", percent);
  meter.setAttribute("aria-valuenow", percent);
  $("[data-percent]", vital).textContent = percent;
  if (vital.dataset.vital === "mood_value") $("[data-mood-ring]")?.style.setProperty("--mood", percent);
  if (!told || percent === before) return;
  const delta = $("[data-delta]", vital);
  delta.textContent = `${percent > before ? "+" : "−"}${Math.abs(percent - before)}`;
  delta.toggleAttribute("data-down", percent < before);
  clearTimeout(delta.fading);
  delta.fading = setTimeout(() => { delta.textContent = ""; }, DELTA_MS);
}

/** Half of the way to rest in each half-life; clarity follows from the others. */
function paint(box, told = false) {
  const seconds = (performance.now() - since) / 1000;
  const now = {};
  for (const vital of $$("[data-vital]", box)) {
    const { vital: key, value, rest, halfLife } = vital.dataset;
    now[key] = halfLife ? Number(rest) + (value - rest) * 2 ** (-seconds / halfLife) : Number(value);
    if (key === "clarity") now.clarity = now.focus * now.energy * Math.max(0, 1 - Math.abs(now.mood_value - CALMEST) / UPSET);
    show(vital, now[key], told);
  }
}

async function takeAnew(box) {
  const answer = await fetch(box.dataset.vitals, { headers: { Accept: "text/html" } });
  if (!answer.ok || answer.redirected) return;
  const fresh = $("[data-vitals]", new DOMParser().parseFromString(await answer.text(), "text/html"));
  for (const vital of $$("[data-vital]", box)) {
    const next = $(`[data-vital="${vital.dataset.vital}"]`, fresh);
    for (const name of ["value", "rest", "halfLife"]) {
      if (next.dataset[name]) vital.dataset[name] = next.dataset[name];
      else delete vital.dataset[name];
    }
    $("[role=meter]", vital).ariaLabel = $("[role=meter]", next).ariaLabel;
    $("i", vital)?.replaceChildren(...$("i", next).childNodes);
  }
  since = performance.now();
  paint(box, true);
}

const box = $("[data-vitals]");
if (box) {
  setInterval(() => { if (!document.hidden) paint(box); }, EVERY_MS);
  paint(box);
}

/** A mind has moved. */
export function hear({ character_id: id }) {
  if (box?.dataset.vitals.includes(id)) takeAnew(box);
}
