// Who says the next message: chosen without leaving the page, the draft, or what is being told.
import { $, $$, announce, post, toast, words } from "../ui.js";

const opener = $("[data-persona-open]");
const menu = $("[data-persona-menu]");
const GAP = 8;

/** The menu stands above its button, wherever that is. */
function place() {
  const { left, top } = opener.getBoundingClientRect();
  menu.style.left = `${Math.max(GAP, Math.min(left, innerWidth - menu.offsetWidth - GAP))}px`;
  menu.style.bottom = `${innerHeight - top + GAP}px`;
}

function show(button, persona) {
  opener.style.setProperty("--u", persona.hue);
  $("[data-persona-name]", opener).textContent = persona.name;
  $(".portrait", opener).replaceWith($(".portrait", button).cloneNode(true));
  for (const other of $$("button", menu)) other.setAttribute("aria-pressed", String(other === button));
  // What the next message is made from; those that were said stay as they are.
  const outline = $('template[data-outline="user"]').content;
  $(".message", outline).style.setProperty("--u", persona.hue);
  $("[data-speaker]", outline).textContent = persona.name;
}

async function choose(button) {
  const body = new FormData();
  body.set("persona", button.value);
  try {
    const answer = await post(button.formAction, body);
    if (!answer.ok) throw new Error(String(answer.status));
    const persona = await answer.json();
    show(button, persona);
    announce(words("speaking_as", { name: persona.name }));
  } catch {
    toast(words("not_saved"));
  }
}

function shown() {
  const isOpen = menu.matches(":popover-open");
  opener.setAttribute("aria-expanded", String(isOpen));
  if (!isOpen) return;
  place();
  ($('[aria-pressed="true"]', menu) ?? $("button", menu))?.focus();
}
menu.addEventListener("toggle", shown);
shown(); // this module comes with the first time that it opens
addEventListener("resize", () => { if (menu.matches(":popover-open")) place(); });
menu.addEventListener("click", async (event) => {
  const button = event.target.closest("button");
  if (!button) return;
  event.preventDefault(); // it is a button of the composer's form, which would send the draft
  menu.hidePopover();
  await choose(button);
  $("#draft").focus({ preventScroll: true });
});
menu.addEventListener("keydown", (event) => {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!step) return;
  event.preventDefault();
  const choices = $$("button, a", menu);
  choices.at((choices.indexOf(document.activeElement) + step) % choices.length).focus();
});
