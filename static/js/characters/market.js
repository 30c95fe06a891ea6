// The marketplace in place: filters, more posters, and what is saved. Each of them is a link or a form without this.
import { $, $$, announce, post, toast, words } from "../ui.js";

const TYPING_MS = 300;
const form = $("[data-market-form]");
const shelf = $("[data-market-shelf]");
let asked = 0;
let typing;

async function read(url) {
  const answer = await fetch(url, { headers: { Accept: "text/html" } });
  if (!answer.ok || answer.redirected) throw new Error(answer.statusText);
  return new DOMParser().parseFromString(await answer.text(), "text/html");
}

/** The address that the form would go to, without what is empty. */
function wished() {
  const said = new URLSearchParams();
  for (const [name, value] of new FormData(form)) if (value) said.append(name, value);
  const query = said.toString();
  return query ? `${form.action}?${query}` : form.action;
}

/** What follows from the filters changes; the fields themselves stay, and so do focus and what is being typed. */
function show(next) {
  const key = document.activeElement?.dataset.key;
  for (const part of ["feature", "chips", "count", "shelf"]) {
    const name = `[data-market-${part}]`;
    $(name).replaceChildren(...$(name, next).childNodes);
  }
  const sorts = $("[data-market-sorts]");
  const fresh = $("[data-market-sorts]", next);
  if (sorts.length !== fresh.length) sorts.replaceChildren(...fresh.childNodes);
  if (key) ($(`[data-key="${CSS.escape(key)}"]`) ?? $("[data-market-chips]")).focus({ preventScroll: true });
  announce($("[data-market-count]").textContent.trim() || $(".market-none h2")?.textContent || "");
}

async function visit(url, { remember = true } = {}) {
  const mine = ++asked;
  shelf.setAttribute("aria-busy", "true");
  try {
    const next = await read(url);
    if (mine !== asked) return;
    show(next);
    if (remember) history.pushState(null, "", url);
  } catch {
    // The page itself says what is wrong.
    if (mine === asked) location.assign(url);
  } finally {
    if (mine === asked) shelf.removeAttribute("aria-busy");
  }
}

async function more(link) {
  const mine = asked;
  link.setAttribute("aria-disabled", "true");
  shelf.setAttribute("aria-busy", "true");
  try {
    const next = await read(link.href);
    if (mine !== asked) return;
    const posters = $$("[data-market-posters] > li", next);
    $("[data-market-posters]").append(...posters);
    const rest = $("[data-more]", next);
    if (rest) link.replaceWith(rest);
    else link.remove();
    $("h3 a", posters[0] ?? shelf)?.focus({ preventScroll: true });
    announce(words("more_characters", { n: posters.length }));
  } catch {
    link.removeAttribute("aria-disabled");
    toast(words("more_failed"));
  } finally {
    shelf.removeAttribute("aria-busy");
  }
}

async function save(saving) {
  const button = $("button", saving);
  button.disabled = true;
  try {
    const answer = await post(saving.action);
    if (!answer.ok) throw new Error(answer.statusText);
    const { is_saved: isSaved } = await answer.json();
    if (String(isSaved) !== button.getAttribute("aria-pressed")) count(saving, isSaved ? 1 : -1);
    button.setAttribute("aria-pressed", String(isSaved));
    announce(words(isSaved ? "is_saved" : "not_saved_any_more"));
  } catch {
    toast(words("not_saved"));
  } finally {
    button.disabled = false;
    button.focus({ preventScroll: true });
  }
}

function count(saving, step) {
  const number = $("[data-favourites]", saving.closest("[data-poster]") ?? document);
  // Numbers with separators are left as they are until the page is loaded again.
  if (number && /^\d+$/.test(number.textContent)) number.textContent = String(Math.max(0, Number(number.textContent) + step));
}

document.addEventListener("submit", (event) => {
  const saving = event.target.closest("[data-save]");
  if (saving) { event.preventDefault(); save(saving); }
});

if (form && shelf) {
  form.addEventListener("submit", (event) => { event.preventDefault(); clearTimeout(typing); visit(wished()); });
  form.elements.q.addEventListener("input", (event) => {
    clearTimeout(typing);
    if (!event.isComposing) typing = setTimeout(() => visit(wished()), TYPING_MS);
  });
  for (const select of $$("select", $(".market-sorting"))) select.addEventListener("change", () => visit(wished()));
  document.addEventListener("click", (event) => {
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.button) return;
    const link = event.target.closest("[data-more], [data-market-chips] a");
    if (!link) return;
    event.preventDefault();
    if (link.getAttribute("aria-disabled")) return;
    if (link.matches("[data-more]")) more(link);
    else visit(link.href);
  });
  // Going back: the fields, too, are as they were there.
  addEventListener("popstate", () => location.reload());
}
