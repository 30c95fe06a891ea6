// Forgetting is final, so the request goes out only when seven seconds are over, or when the page is left before that.
import { $, post, toast, undoable, words } from "../ui.js";

const waiting = new Map(); // what commits it: what it will send

/** A form that is sent even when the page is left in that instant; what the server said, or null. */
export async function send(url, fields = []) {
  const body = new FormData();
  for (const [name, value] of fields) body.append(name, value);
  try {
    const answer = await post(url, body, { keepalive: true });
    const said = answer.status === 204 ? {} : await answer.json();
    if (answer.ok) return said;
    toast(said.error.message);
  } catch {
    toast(words("not_saved"));
  }
  return null;
}

/** `requests` are [url, fields]; `back` shows again what was hidden; `after(answers)` is told when all went well. */
export function forgetLater(text, requests, back, after = () => {}) {
  const commit = async () => {
    if (!waiting.delete(commit)) return;
    const answers = await Promise.all(requests.map(([url, fields]) => send(url, fields)));
    if (answers.includes(null)) back();
    else after(answers);
  };
  waiting.set(commit, requests);
  undoable(text, () => { waiting.delete(commit); back(); }, commit);
}

// The page is left, so nobody hears an answer: a beacon asks for none.
addEventListener("pagehide", () => {
  for (const requests of waiting.values()) {
    for (const [url, fields] of requests) {
      const body = new URLSearchParams(fields);
      body.set("csrfmiddlewaretoken", $("[name=csrfmiddlewaretoken]").value);
      navigator.sendBeacon(url, body);
    }
  }
  waiting.clear();
});
