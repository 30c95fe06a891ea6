// The list of chats. The open chat's row follows its replies; the rest is taken from the server when something has
// changed, when the page is looked at again, and while somebody writes elsewhere.
import { $ } from "./ui.js";
import "./chats/rows-moving.js";
import { box, known, learn, othersLive, postInTurn, refreshRows, send, showUnread, undoNow } from "./chats/rows.js";

export { refreshRows, showSnippet } from "./chats/rows.js";

const EVERY = 10_000;

box?.addEventListener("toggle", ({ target }) => {
  const folder = target.closest("[data-folder]");
  if (!folder || known.get(folder.dataset.folder) === target.open) return;
  known.set(folder.dataset.folder, target.open);
  const body = new FormData();
  body.append("open", target.open);
  postInTurn(folder.dataset.folderUrl, body).catch(() => { /* it is open here, and the next time as it was */ });
}, true);

$("[data-new-folder]")?.addEventListener("submit", async (event) => {
  event.preventDefault();
  const form = event.target;
  if (!(await send(form.action, new FormData(form)))) return;
  form.reset();
  form.closest("details").open = false;
  $("summary", form.closest("details")).focus();
});

// What only somebody who works on the list needs.
document.addEventListener("click", async (event) => {
  const opener = event.target.closest("[data-menu-of]");
  if (!opener || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  (await import("./chats/rows-menu.js")).openMenu(opener);
});

document.addEventListener("visibilitychange", () => { if (!document.hidden) refreshRows(); });
setInterval(() => { if (!document.hidden && othersLive()) refreshRows(); }, EVERY);
if (box) {
  learn(box);
  undoNow();
  addEventListener("load", showUnread);
}
