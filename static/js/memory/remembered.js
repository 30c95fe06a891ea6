// In a chat: chips under a reply, from its own record of what shaped it, and the state beside it. What a chip opens and
// what moves the bars comes when it is needed.
import { $, $$, store } from "../ui.js";

const log = $("[data-log]");
const rows = $("[data-remembered-rows]");

/** In the pane: what the last reply remembered. */
export function showLast() {
  if (!rows || !log) return;
  const chips = $$("[data-remembered]", log).at(-1)?.querySelectorAll("li:not([hidden]) [data-chip]") ?? [];
  rows.hidden = !chips.length;
  $("ul", rows).replaceChildren(...[...chips].map((each) => {
    const item = document.createElement("li");
    const link = document.createElement("a");
    link.href = each.href;
    link.dataset.row = each.dataset.chip;
    link.append($(".icon", each).cloneNode(true), Object.assign(document.createElement("span"), { textContent: $(".truncate", each).textContent }), $(".remembered-score", each).cloneNode(true));
    item.append(link);
    return item;
  }));
}

for (const [kind, lit] of [["pointerover", true], ["pointerout", false], ["focusin", true], ["focusout", false]]) {
  log?.addEventListener(kind, (event) => {
    const id = event.target.closest("[data-chip]")?.dataset.chip;
    if (id) $(`[data-row="${id}"]`, rows ?? document)?.classList.toggle("is-lit", lit);
  });
}
log?.addEventListener("click", (event) => {
  const pressed = event.target.closest("[data-chip]");
  if (!pressed || event.metaKey || event.ctrlKey || event.shiftKey) return;
  event.preventDefault();
  import("./remembered-menu.js").then(({ open }) => open(pressed), () => location.assign(pressed.href));
});
// Whoever has closed them finds them closed, in every chat.
const fold = (root) => { if (store.get("remembered") === "closed") for (const box of $$("[data-remembered]", root)) box.open = false; };
log?.addEventListener("click", (event) => {
  const box = event.target.closest("summary")?.closest("[data-remembered]");
  if (!box) return;
  store.set("remembered", box.open ? "closed" : null);
});
if (log) {
  // All messages are one stop of Tab: what one remembered can be reached while it has the focus, and arrows lead on.
  const stop = () => {
    const here = document.activeElement.closest?.(".message");
    for (const box of $$("[data-remembered]", log)) {
      const isHere = box.closest(".message") === (here ?? $$(".message", log).at(-1));
      const at = $$("[data-chip]", box).find((each) => each === document.activeElement) ?? $("[data-chip]", box);
      for (const each of $$("summary, ul, [data-chip]", box)) {
        each.tabIndex = isHere && (each === at || each.matches("summary")) ? 0 : -1;
      }
    }
  };
  log.addEventListener("focusin", stop);
  log.addEventListener("focusout", () => queueMicrotask(stop));
  log.addEventListener("keydown", (event) => {
    const chip = event.target.closest("[data-chip]");
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!chip || !step) return;
    const chips = $$("li:not([hidden]) [data-chip]", chip.closest("ul"));
    chips[chips.indexOf(chip) + step]?.focus();
    event.preventDefault();
  });
  const look = () => { fold(log); showLast(); stop(); };
  new MutationObserver(look).observe(log, { childList: true });
  $("[data-chat]").addEventListener("remembered", look);
  look();
}

// Nobody sees the bars move in less.
const STILL_MS = 10_000;
if ($("[data-vitals]")) {
  const vitals = () => import("./vitals.js");
  setTimeout(vitals, STILL_MS);
  $("[data-chat]").addEventListener("frame", ({ detail }) => {
    if (detail.type === "mind.changed") vitals().then(({ hear }) => hear(detail));
  });
}
