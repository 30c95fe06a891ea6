// Tags: the filter above the list of chats, the menu of the open chat, and a colour that is being chosen.
import { $, $$, post, store, toast, words } from "./ui.js";
import { refreshRows } from "./sidebar.js";

const filter = $("[data-tag-filter]");
const rows = $("[data-chat-rows]");
const chip = (id) => (id && filter ? $(`[data-tag="${CSS.escape(id)}"]`, filter) : null);

/** Only the chats with this tag, at once from what is here and then from the server; "" for all of them. */
function show(id) {
  for (const other of $$("[data-tag]", filter)) {
    if (other.dataset.tag === id) other.setAttribute("aria-current", "true");
    else other.removeAttribute("aria-current");
  }
  for (const row of $$("[data-chat-row]", rows)) {
    row.closest("li").hidden = Boolean(id) && !$(`[data-dot="${CSS.escape(id)}"]`, row);
  }
  rows.dataset.tag = id;
  store.set("tag", id || null);
  refreshRows();
}

filter?.addEventListener("click", (event) => {
  const pressed = event.target.closest("[data-tag]");
  if (!pressed || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  show(pressed.hasAttribute("aria-current") ? "" : pressed.dataset.tag);
});
// The filter outlives the page: whoever sorts their chats opens several of one kind.
if (rows && chip(store.get("tag")) && !$("[aria-current]", filter)) show(store.get("tag"));

const menu = $("[data-tag-menu]");
const opener = $("[data-tag-menu-open]");

function place() {
  const { bottom, right } = opener.getBoundingClientRect();
  menu.style.top = `${bottom + 6}px`;
  menu.style.right = `${Math.max(8, innerWidth - right)}px`;
}
menu?.addEventListener("toggle", (event) => {
  opener.setAttribute("aria-expanded", String(event.newState === "open"));
  if (event.newState === "open") place();
});
addEventListener("resize", () => { if (menu?.matches(":popover-open")) place(); });

/** What a fresh page says of tags: the menu's choices, the filter, and the dots on the rows. */
async function takeAnew() {
  const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
  if (!answer.ok) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  for (const part of ["[data-tag-menu]", "[data-tag-filter]"]) {
    $(part)?.replaceChildren(...($(part, fresh)?.childNodes ?? []));
  }
  show(chip(store.get("tag")) ? store.get("tag") : "");
}

menu?.addEventListener("submit", async (event) => {
  event.preventDefault();
  const form = event.target;
  const body = new FormData(form);
  try {
    const answer = await post(form.action, body);
    if (answer.status !== 204) return void toast((await answer.json()).error.message);
    menu.hidePopover();
    opener.focus();
    await takeAnew();
  } catch {
    toast(words("not_saved"));
  }
});

document.addEventListener("tags:changed", takeAnew);
document.addEventListener("input", (event) => {
  if (event.target.matches("[data-tag-hue]")) {
    event.target.closest("[data-tag-row]").style.setProperty("--h", event.target.value);
  }
});
