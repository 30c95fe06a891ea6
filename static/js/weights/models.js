// Follows pulls and trials on the page of models. Without this script the page is as true, once it is loaded again.
import { $, $$, announce } from "../ui.js";

const POLL_MS = 1000;
const AWAY_MS = 5000;
const shelf = $("[data-models]");

/** Numbers change in place; a row is replaced only when it is in another state, so that nobody's focus is lost. */
function show(fresh) {
  const list = $(".models", shelf);
  const rows = $$("[data-model]", fresh);
  const names = new Set(rows.map((next) => next.dataset.model));
  for (const next of rows) {
    const now = $(`[data-model="${CSS.escape(next.dataset.model)}"]`, list);
    if (!now) {
      list.append(next);
    } else if (now.dataset.state !== next.dataset.state) {
      const focused = now.contains(document.activeElement);
      now.replaceWith(next);
      if (focused) $("button, summary", next)?.focus();
      announce(`${$(".model-name", next).textContent}: ${$(".model-state, .model-error", next)?.textContent ?? ""}`);
    } else if ($("[data-progress]", now)) {
      $("[data-progress]", now).replaceWith($("[data-progress]", next));
    }
  }
  for (const now of $$("[data-model]", list)) {
    if (!names.has(now.dataset.model) && !now.contains(document.activeElement)) now.remove();
  }
}

async function follow() {
  let pause = POLL_MS;
  try {
    const answer = await fetch(shelf.dataset.rows, { headers: { Accept: "text/html" } });
    if (answer.status === 404) return;
    if (answer.ok) {
      const fresh = document.createElement("template");
      fresh.innerHTML = await answer.text();
      show(fresh.content);
    }
  } catch {
    pause = AWAY_MS;
  }
  if ($("[data-moving]", shelf)) setTimeout(follow, pause);
}

if (shelf && $("[data-moving]", shelf)) setTimeout(follow, POLL_MS);
