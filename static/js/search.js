// The search box: opened by Ctrl-K or by its button, answered as somebody types, walked through with the arrow keys.
// Without this its button is a link to a page that does the same.
import { $, $$, announce, words } from "./ui.js";
import { localTimes } from "./times.js";

const TYPING_MS = 150;
const dialog = $("[data-search]");
const input = dialog && $("[data-search-input]", dialog);
const body = dialog && $("[data-search-body]", dialog);
const here = dialog && $("[data-search-here]", dialog);
let typing;
let asking = null;

const options = () => $$("[role=option]", body);
const active = () => $("[aria-selected=true]", body);

function choose(option) {
  active()?.setAttribute("aria-selected", "false");
  if (option) {
    option.setAttribute("aria-selected", "true");
    option.scrollIntoView({ block: "nearest" });
    input.setAttribute("aria-activedescendant", option.id);
  } else input.removeAttribute("aria-activedescendant");
}

function show(html) {
  const next = new DOMParser().parseFromString(html, "text/html");
  localTimes(next);
  choose(null);
  body.replaceChildren(...next.body.childNodes);
  body.scrollTop = 0;
  input.setAttribute("aria-expanded", String(options().length > 0));
}

function clear() {
  asking?.abort();
  asking = null;
  choose(null);
  body.replaceChildren();
  input.setAttribute("aria-expanded", "false");
}

async function search() {
  asking?.abort();
  if (!input.value.trim()) return clear();
  const mine = asking = new AbortController();
  const asked = new URLSearchParams({ q: input.value });
  const chat = $("input", here);
  if (chat.checked) asked.set("chat", chat.value);
  body.setAttribute("aria-busy", "true");
  try {
    const answer = await fetch(`${dialog.dataset.from}?${asked}`, { signal: mine.signal, redirect: "error" });
    if (!answer.ok) throw new Error(answer.statusText);
    const html = await answer.text();
    if (mine !== asking) return;
    show(html);
    const number = options().length;
    announce(number ? words(number === 1 ? "search_one" : "search_other", { n: number }) : words("search_none"));
  } catch {
    if (mine !== asking) return; // a newer question, or the box was closed
    clear();
    const note = document.createElement("p");
    note.className = "search-none";
    note.textContent = words("search_failed");
    body.replaceChildren(note);
    announce(note.textContent, "assertive");
  } finally {
    if (mine === asking || !asking) body.removeAttribute("aria-busy");
  }
}

function move(step) {
  const all = options();
  if (!all.length) return;
  const at = all.indexOf(active());
  const next = at < 0 ? (step > 0 ? 0 : all.length - 1) : (at + step + all.length) % all.length;
  choose(all[next]);
}

function open() {
  if (dialog.open) return;
  dialog.showModal();
  input.select();
  input.focus();
}

if (dialog) {
  // A drawer that is shut hides all that is in it, even what lies above the page.
  document.body.append(dialog);
  const room = $("[data-chat]")?.dataset.chat;
  if (room) {
    here.hidden = false;
    $("input", here).value = room;
    $("input", here).addEventListener("change", search);
  }
  if (/Mac|iP(hone|ad|od)/.test(navigator.platform)) {
    for (const keys of $$("[data-search-keys]")) keys.textContent = "⌘ K";
  }
  for (const opener of $$("[data-search-open]")) {
    opener.setAttribute("role", "button");
    opener.setAttribute("aria-haspopup", "dialog");
    opener.addEventListener("click", (event) => {
      if (event.metaKey || event.ctrlKey || event.shiftKey || event.button) return;
      event.preventDefault();
      open();
    });
    opener.addEventListener("keydown", (event) => {
      if (event.key === " ") { event.preventDefault(); open(); }
    });
  }
  document.addEventListener("keydown", (event) => {
    if (event.key.toLowerCase() !== "k" || !(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey) return;
    if (event.defaultPrevented) return;
    event.preventDefault();
    if (dialog.open) dialog.close();
    else open();
  });
  input.addEventListener("input", (event) => {
    clearTimeout(typing);
    if (!event.isComposing) typing = setTimeout(search, TYPING_MS);
  });
  input.addEventListener("compositionend", search);
  input.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      move(event.key === "ArrowDown" ? 1 : -1);
    } else if (event.key === "Enter" && active()) {
      event.preventDefault();
      active().click();
    } else if (event.key === "Escape") {
      // A field of this kind would only be emptied.
      event.preventDefault();
      dialog.close();
    }
  });
  // A jump within the page that is open leaves it open.
  body.addEventListener("click", (event) => { if (event.target.closest("a") && !event.ctrlKey && !event.metaKey) dialog.close(); });
  $("[data-search-close]", dialog).addEventListener("click", () => dialog.close());
  dialog.addEventListener("click", (event) => { if (event.target === dialog) dialog.close(); });
  dialog.addEventListener("close", () => { clearTimeout(typing); asking?.abort(); asking = null; });
}
