// What a chip opens: the memory as it is now, why it came up, and what can be done with it.
import { $, $$, announce, toast, words } from "../ui.js";
import { inZone } from "../times.js";
import { forgetLater, send } from "./forgetting.js";

const menu = $("[data-remembered-menu]");
const part = (name) => $(`[data-part="${name}"]`, menu);
const moment = inZone({ dateStyle: "medium", timeStyle: "short" });
let chip = null;

function place() {
  const { top, bottom, left } = chip.getBoundingClientRect();
  const { offsetHeight: height, offsetWidth: width } = menu;
  menu.style.left = `${Math.max(8, Math.min(left, innerWidth - width - 8))}px`;
  menu.style.top = `${top - height > 8 ? top - height - 6 : Math.max(8, Math.min(bottom + 6, innerHeight - height - 8))}px`;
}

export async function open(pressed) {
  chip = pressed;
  const { source, when, why } = chip.dataset;
  part("text").textContent = $(".truncate", chip).textContent;
  part("why").textContent = why;
  part("score").textContent = parseInt($(".remembered-score", chip).textContent, 10);
  part("when").dateTime = when;
  part("when").textContent = moment.format(new Date(when));
  if (source) part("source").href = source;
  else part("source").removeAttribute("href");
  $("[data-do=correct]", menu).href = `${chip.href}correct/`;
  menu.showPopover();
  chip.setAttribute("aria-expanded", "true");
  place();
  menu.focus({ preventScroll: true });
  const answer = await fetch(chip.href, { headers: { Accept: "application/json" } }).catch(() => null);
  if (chip !== pressed || !answer) return;
  const found = answer.ok ? await answer.json() : null;
  for (const tool of $$("[data-do]", menu)) tool.hidden = !found;
  if (found) {
    part("kind").textContent = found.kind;
    part("text").textContent = found.text;
    $("[data-do=pin]", menu).setAttribute("aria-pressed", String(found.is_pinned));
    $("[data-do=correct]", menu).hidden = !found.can_correct;
  } else if (answer.status === 404) part("text").textContent = words("memory_gone");
  place();
}

async function pin(button) {
  const wanted = button.getAttribute("aria-pressed") !== "true";
  const said = await send(`${chip.href}pin/`, [["pinned", String(wanted)]]);
  if (!said) return;
  button.setAttribute("aria-pressed", String(said.is_pinned));
  announce(words(said.is_pinned ? "memory_pinned" : "memory_unpinned"));
}

function forget() {
  const id = CSS.escape(chip.dataset.chip);
  const gone = $$(`[data-chip="${id}"], [data-row="${id}"]`).map((each) => each.closest("li"));
  const hide = (hidden) => {
    for (const item of gone) {
      item.hidden = hidden;
      const box = item.closest("[data-remembered]");
      if (box) box.hidden = !$("li:not([hidden])", box);
    }
  };
  menu.hidePopover();
  hide(true);
  chip.closest("article")?.focus({ preventScroll: true });
  forgetLater(words("memory_forgotten"), [[`${chip.href}forget/`]], () => hide(false), ([said]) => toast(said.message));
}

menu.addEventListener("toggle", (event) => {
  if (event.newState !== "closed") return;
  chip?.removeAttribute("aria-expanded");
  if (menu.contains(document.activeElement) || document.activeElement === document.body) chip?.focus({ preventScroll: true });
});
menu.addEventListener("click", (event) => {
  const tool = event.target.closest("button[data-do]");
  if (tool?.dataset.do === "pin") pin(tool);
  else if (tool) forget();
});
