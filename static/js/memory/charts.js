// The map and the mood chart: where a point leads, what it says, and times as the reader counts them.
import { $, $$, post, toast, words } from "../ui.js";
import { inZone } from "../times.js";

const clock = inZone({ hour: "2-digit", minute: "2-digit" });
const date = inZone({ day: "numeric", month: "short" });
for (const tick of $$("[data-tick]")) {
  tick.textContent = (tick.hasAttribute("data-clock") ? clock : date).format(new Date(tick.dataset.tick));
}

// How long a map may take, looked for ever more rarely.
const LOOKS_MS = [1500, 3000, 6000, 12_000];
const cardOf = (id) => document.getElementById(`e-${id}`);

function find(id, found) {
  $(`[data-point="${CSS.escape(id)}"]`)?.classList.toggle("is-found", found);
}

function start() {
  const map = $("[data-map]");
  if (!map) return;
  const tip = $("[data-tip]", map);
  // The drawing's own titles would come on top of it, late.
  for (const title of $$("title", map)) { title.parentNode.dataset.label = title.textContent; title.remove(); }
  map.addEventListener("pointerover", (event) => {
    const point = event.target.closest("[data-point]");
    tip.hidden = !point;
    if (!point) return;
    tip.textContent = point.dataset.label;
    const box = map.getBoundingClientRect();
    const at = point.getBoundingClientRect();
    const left = at.left - box.left + at.width / 2 - tip.offsetWidth / 2;
    const above = at.top - box.top - tip.offsetHeight - 6;
    tip.style.left = `${Math.min(Math.max(6, left), box.width - tip.offsetWidth - 6)}px`;
    tip.style.top = `${above > 4 ? above : at.bottom - box.top + 6}px`;
  });
  map.addEventListener("pointerleave", () => { tip.hidden = true; });
  map.addEventListener("click", (event) => {
    const id = event.target.closest("[data-point]")?.dataset.point;
    if (!id) return;
    const card = cardOf(id);
    if (!card || card.closest("[hidden]")) return void location.assign(`/memories/one/${id}/`);
    for (const other of $$(".memory-card.is-found")) other.classList.remove("is-found");
    for (const other of $$(".point.is-found")) other.classList.remove("is-found");
    card.classList.add("is-found");
    find(id, true);
    card.scrollIntoView({ block: "center", behavior: matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth" });
    card.focus({ preventScroll: true });
  });
}

for (const [kind, found] of [["pointerover", true], ["pointerout", false], ["focusin", true], ["focusout", false]]) {
  document.addEventListener(kind, (event) => {
    const card = event.target.closest?.("[data-entry]");
    if (card) find(card.dataset.entry, found);
  });
}

async function look() {
  const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
  if (!answer.ok || answer.redirected) return false;
  const fresh = $("#map", new DOMParser().parseFromString(await answer.text(), "text/html"));
  if (!fresh || ($("[data-draw-map]", fresh) && !$("[data-map]", fresh))) return false;
  if ($$("[data-point]", fresh).length <= $$("#map [data-point]").length && $("#map [data-draw-map]")) return false;
  $("#map").replaceWith(fresh);
  start();
  return true;
}

async function draw(form, quiet) {
  const button = $("button", form);
  button.disabled = true;
  try {
    const answer = await post(form.action);
    if (!answer.ok) throw new Error(answer.statusText);
    for (const wait of LOOKS_MS) {
      await new Promise((resolve) => { setTimeout(resolve, wait); });
      if (await look()) return;
    }
    throw new Error("not drawn");
  } catch {
    if (!quiet) toast(words("memory_map_failed"));
  } finally {
    button.disabled = false;
  }
}

document.addEventListener("submit", (event) => {
  if (!event.target.matches("[data-draw-map]")) return;
  event.preventDefault();
  draw(event.target, false);
});
start();
// Nobody has to ask for the first one.
if ($("[data-draw-map]") && !$("[data-map]")) draw($("[data-draw-map]"), true);
