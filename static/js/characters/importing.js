// Bringing files: any element can be where they are dropped, and a report is followed until it is written.
import { $, $$, announce, toast, words } from "../ui.js";

const POLL_MS = 1000;
const AWAY_MS = 5000;

const carriesFiles = (event) => [...(event.dataTransfer?.types ?? [])].includes("Files");

/** POST each file by itself, as the form of the page of imports does. Answers where the reports are. */
export async function bring(files, url, token) {
  const reports = [];
  for (const file of files) {
    const body = new FormData();
    body.append("file", file);
    try {
      const answer = await fetch(url, { method: "POST", body, headers: { Accept: "application/json", "X-CSRFToken": token } });
      const said = await answer.json();
      if (answer.ok) reports.push(...said.imports.map((one) => one.report));
      else toast(said.error.message);
    } catch {
      toast(words("not_brought", { name: file.name }));
    }
  }
  return reports;
}

/** Files dropped on `element` are given to `take`; whatever is dropped beside it opens nowhere. */
export function dropTarget(element, take) {
  let depth = 0;
  const over = (is) => element.classList.toggle("is-dropping", is);
  element.addEventListener("dragenter", (event) => { if (carriesFiles(event)) { depth += 1; over(true); } });
  element.addEventListener("dragleave", (event) => { if (carriesFiles(event)) { depth = Math.max(0, depth - 1); over(depth > 0); } });
  element.addEventListener("dragover", (event) => { if (carriesFiles(event)) event.preventDefault(); });
  element.addEventListener("drop", (event) => {
    if (!carriesFiles(event)) return;
    event.preventDefault();
    depth = 0;
    over(false);
    take([...event.dataTransfer.files]);
  });
}

async function fetched(url) {
  const answer = await fetch(url, { headers: { Accept: "text/html" } });
  if (answer.status === 404) return undefined;
  if (!answer.ok) throw new Error(String(answer.status));
  const box = document.createElement("template");
  box.innerHTML = await answer.text();
  return $("[data-arrival]", box.content);
}

function replace(now, next) {
  if (now.dataset.status === next.dataset.status && next.hasAttribute("data-live")) {
    // Numbers change in place, so that nobody's focus is lost.
    $("progress", now).value = $("progress", next).value;
    $("[data-state]", now).textContent = $("[data-state]", next).textContent;
    return now;
  }
  const focused = now.contains(document.activeElement);
  now.replaceWith(next);
  if (focused) $("a, button", next)?.focus();
  announce(`${$("h2", next).textContent}: ${$("[data-state]", next).textContent}`);
  return next;
}

/** Ask each second how far it has come, until it has ended. */
export function follow(article) {
  if (!article.hasAttribute("data-live")) return;
  setTimeout(async () => {
    let now = article;
    try {
      const next = await fetched(article.dataset.report);
      if (!next) return;
      now = replace(article, next);
    } catch {
      setTimeout(() => follow(article), AWAY_MS);
      return;
    }
    follow(now);
  }, POLL_MS);
}

async function show(reports, list) {
  for (const report of reports) {
    const article = await fetched(report).catch(() => undefined);
    if (!article) continue;
    list.prepend(article);
    follow(article);
  }
  list.firstElementChild?.scrollIntoView({ block: "nearest" });
}

const list = $("[data-arrivals]");
const form = $("[data-drop]");

if (list) for (const article of $$("[data-arrival]", list)) follow(article);

if (form && list) {
  const take = async (files) => {
    if (!files.length) return;
    form.setAttribute("aria-busy", "true");
    try {
      await show(await bring(files, form.action, $("[name=csrfmiddlewaretoken]", form).value), list);
    } finally {
      form.removeAttribute("aria-busy");
    }
  };
  const input = $("input[type=file]", form);
  dropTarget(document.documentElement, take);
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const files = [...input.files];
    await take(files);
    form.reset();
  });
}
