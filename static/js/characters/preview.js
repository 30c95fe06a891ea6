// What is written, as a page will show it: rendered and sanitised by the server, soon after the last key.
import { $, post } from "../ui.js";

const PAUSE_MS = 200;

/** Asks for one text at a time; only the newest answer is shown. `onAnswer({html, sections, tokens})`. */
export class Preview {
  #url;
  #text;
  #name;
  #onAnswer;
  #timer = 0;
  #asked = 0;
  #shown = null;

  constructor(url, text, name, onAnswer) {
    this.#url = url;
    this.#text = text;
    this.#name = name;
    this.#onAnswer = onAnswer;
  }

  soon() {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.now(), PAUSE_MS);
  }

  async now() {
    clearTimeout(this.#timer);
    const text = this.#text();
    const name = this.#name();
    const key = `${name}\n${text}`;
    if (key === this.#shown) return;
    const asked = ++this.#asked;
    const body = new FormData();
    body.set("text", text);
    body.set("name", name);
    let answer;
    try {
      answer = await post(this.#url, body);
      if (!answer.ok) return;
      answer = await answer.json();
    } catch {
      return; // offline: the preview stays as it is, and what is written is kept elsewhere
    }
    if (asked !== this.#asked) return;
    this.#shown = key;
    this.#onAnswer(answer);
  }
}

/** Put in what the server rendered; the reader stays where they were. */
export function show(box, html, scroller = null) {
  const top = scroller?.scrollTop ?? 0;
  box.innerHTML = html;
  if (scroller) scroller.scrollTop = top;
}

/** One greeting beside how it will look. */
export function watchGreeting(item, url, name) {
  const area = $("textarea", item);
  const box = $("[data-preview-html]", item);
  const none = $("[data-preview-none]", item);
  const preview = new Preview(url, () => area.value, name, (answer) => {
    show(box, answer.html);
    none.hidden = Boolean(area.value.trim());
  });
  none.hidden = Boolean(area.value.trim());
  area.addEventListener("input", () => preview.soon());
  return preview;
}
