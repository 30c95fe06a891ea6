// The menu of a chat or a folder in the list: the server's own forms, sent without leaving the page.
import { $, announce, post, toast, undoable, words } from "../ui.js";
import { step } from "./rows-moving.js";
import { refreshRows, send, undoLater } from "./rows.js";

const POLL_MS = 700;
const menu = $("[data-row-popover]");
let opener = null;
let opened = 0;
let asking = null; // the address of a suggestion that is on its way

const openChat = () => $("[data-chat]")?.dataset.chat;
const isOpenChat = () => $("[data-row-menu]", menu)?.dataset.rowMenu === openChat();

/** The link it was opened from, which may be a fresh one by now. */
function from() {
  if (!opener.isConnected) opener = $(`[data-menu-of="${opener.dataset.menuOf}"]`) ?? opener;
  return opener;
}

function place() {
  if (!from().isConnected) return;
  const at = opener.getBoundingClientRect();
  const { width, height } = menu.getBoundingClientRect();
  menu.style.left = `${Math.max(8, Math.min(at.left, innerWidth - width - 8))}px`;
  menu.style.top = `${Math.max(8, Math.min(at.bottom + 4, innerHeight - height - 8))}px`;
}

export async function openMenu(link) {
  const turn = ++opened;
  let answer;
  try {
    answer = await fetch(`${link.href}?menu`, { headers: { Accept: "text/html" }, redirect: "manual" });
  } catch { /* as below */ }
  if (!answer?.ok) {
    toast(words("details_failed"));
    return void refreshRows();
  }
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  if (turn !== opened) return; // another one was asked for
  opener = link;
  menu.replaceChildren(...fresh.body.childNodes);
  menu.showPopover();
  place();
  $("button, summary, input:not([type=hidden])", menu).focus();
}

function close() {
  menu.hidePopover();
  from().focus({ preventScroll: true });
}

async function submit(form, submitter) {
  const title = $("[data-row-menu]", menu).dataset.title;
  if (form.hasAttribute("data-delete")) return remove(form, title);
  const body = new FormData(form, submitter);
  const url = form.getAttribute("action");
  const renamesOpenChat = form.hasAttribute("data-rename") && isOpenChat();
  const said = await send(url, body);
  if (!said) return;
  close();
  if (renamesOpenChat) {
    const shown = $("[data-chat-title]");
    if (shown) shown.textContent = said.title;
  }
  if (form.hasAttribute("data-tag-assign")) document.dispatchEvent(new Event("tags:changed"));
  if (body.get("archived") === "true") {
    const back = new FormData();
    back.append("archived", "false");
    undoable(words("chat_archived", { name: title }), () => send(url, back));
  } else announce(words("is_saved"));
}

async function remove(form, name) {
  const wasOpen = isOpenChat();
  if (!(await send(form.getAttribute("action")))) return;
  close();
  const text = words("chat_deleted", { name });
  if (!wasOpen) return void undoable(text, () => send(form.dataset.delete));
  undoLater(text, form.dataset.delete);
  location.assign($("[data-tag-filter]").dataset.all);
}

menu.addEventListener("submit", (event) => {
  event.preventDefault();
  submit(event.target, event.submitter);
});

menu.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (button?.dataset.rowMove) {
    const item = $(`[data-item="${opener.dataset.menuOf}"]`);
    close();
    if (item) step(item, Number(button.dataset.rowMove));
  }
  if (button?.dataset.suggest) suggest(button);
});

// ---- a name from the model

const wait = () => new Promise((done) => setTimeout(done, POLL_MS));

async function suggest(button) {
  const field = $("[data-row-title]", menu);
  const note = $("[data-suggest-said]", menu);
  const before = field.value;
  const body = new FormData();
  body.append("kind", "title");
  button.disabled = true;
  note.textContent = words("suggesting");
  try {
    let said = await (await post(button.dataset.suggest, body)).json();
    if (said.error) throw new Error(said.error.message);
    const mine = `${button.dataset.suggest}${said.id}/`;
    asking = mine;
    while (asking === mine && ["queued", "running"].includes(said.status)) {
      await wait();
      said = await (await fetch(mine, { headers: { Accept: "application/json" } })).json();
    }
    if (asking !== mine) return;
    asking = null;
    note.textContent = said.message ?? "";
    // Not over what somebody has begun to write meanwhile.
    if (said.text && field.value === before) {
      field.value = said.text;
      field.focus();
      field.select();
    }
  } catch (error) {
    note.textContent = error instanceof TypeError || error instanceof SyntaxError ? words("retry_failed") : error.message;
  } finally {
    button.disabled = false;
  }
}

menu.addEventListener("toggle", (event) => {
  if (event.newState === "open") return;
  if (asking) post(`${asking}cancel/`).catch(() => { /* it ends by itself */ });
  asking = null;
});
addEventListener("resize", () => { if (menu.matches(":popover-open")) place(); });
menu.addEventListener("toggle", place, true);
