// Small things that every part of the page needs. No dependencies.

export const $ = (selector, root = document) => root.querySelector(selector);
export const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];

const strings = JSON.parse($("#strings").textContent);

/** One of the sentences of core/templatetags/ui.py, with its {parts} filled in. */
export const words = (key, parts = {}) => strings[key].replace(/\{(\w+)\}/g, (_, name) => parts[name] ?? "");

/** localStorage, which a browser may forbid. */
export const store = {
  get(key) {
    try { return localStorage.getItem(`cognitia:${key}`); } catch { return null; }
  },
  set(key, value) {
    try {
      if (value === null) localStorage.removeItem(`cognitia:${key}`);
      else localStorage.setItem(`cognitia:${key}`, value);
    } catch { /* full or forbidden: the page works without */ }
  },
};

export function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  use.setAttribute("href", `${document.body.dataset.icons}#${name}`);
  svg.append(use);
  return svg;
}

/** A UUID; crypto.randomUUID is missing on plain http, where a home server often lives. */
export function uuid() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/(.{8})(.{4})(.{4})(.{4})(.{12})/, "$1-$2-$3-$4-$5");
}

let announcing;

/** Tell a reader who cannot see: events, never words of a reply as they come. */
export function announce(text, tone = "polite") {
  const region = $(`[data-announce="${tone}"]`);
  clearTimeout(announcing);
  region.textContent = "";
  announcing = setTimeout(() => { region.textContent = text; }, 60);
}

export function toast(text) {
  const note = document.createElement("div");
  note.className = "toast";
  note.textContent = text;
  $("[data-toasts]").append(note);
  announce(text);
  setTimeout(() => note.remove(), 5000);
}

const UNDO_MILLISECONDS = 7000;
let undoLast = null;

/**
 * What was done can be undone for seven seconds, by its button or by Ctrl+Z; not while it is pointed at or out of sight.
 * `commit` is called when they are over, for what nobody could undo afterwards.
 */
export function undoable(text, undo, commit = null) {
  const note = document.createElement("div");
  const label = document.createElement("span");
  const button = document.createElement("button");
  note.className = "toast";
  label.textContent = text;
  button.type = "button";
  button.textContent = words("undo");
  note.append(label, button);
  $("[data-toasts]").append(note);
  announce(text);
  let left = UNDO_MILLISECONDS;
  const end = () => {
    clearInterval(timer);
    note.remove();
    if (undoLast === run) undoLast = null;
  };
  const timer = setInterval(() => {
    if (document.hidden || note.matches(":hover, :focus-within")) return;
    left -= 250;
    if (left > 0) return;
    end();
    commit?.();
  }, 250);
  function run() {
    end();
    announce(words("undone"));
    undo();
  }
  button.addEventListener("click", run);
  undoLast = run;
}

document.addEventListener("keydown", (event) => {
  const typing = event.target.closest("input, textarea, [contenteditable]");
  if (event.key !== "z" || !(event.ctrlKey || event.metaKey) || event.shiftKey || typing || !undoLast) return;
  event.preventDefault();
  undoLast();
});

/** Into the clipboard, also on plain http, where navigator.clipboard is missing. */
export async function copyText(text) {
  if (isSecureContext && navigator.clipboard) {
    try { await navigator.clipboard.writeText(text); return true; } catch { /* not allowed: the old way */ }
  }
  const area = document.createElement("textarea");
  const focused = document.activeElement;
  area.value = text;
  area.className = "sr";
  document.body.append(area);
  area.select();
  let copied = false;
  try { copied = document.execCommand("copy"); } catch { /* not allowed either */ }
  area.remove();
  focused?.focus({ preventScroll: true });
  return copied;
}

/** POST as the page's own forms do; with `keepalive` (up to 64 KiB) also when the page is left in that instant. */
export function post(url, body = new FormData(), { keepalive = false } = {}) {
  return fetch(url, {
    method: "POST",
    body,
    keepalive,
    headers: { Accept: "application/json", "X-CSRFToken": $("[name=csrfmiddlewaretoken]").value },
    redirect: "manual",
  });
}

// What only a popover needs comes with the first time it opens.
document.addEventListener("beforetoggle", ({ target, newState }) => {
  if (newState !== "open") return;
  const { style, module } = target.dataset;
  if (style && !$(`link[href="${style}"]`)) {
    document.head.append(Object.assign(document.createElement("link"), { rel: "stylesheet", href: style }));
  }
  if (module) import(module);
}, true);
