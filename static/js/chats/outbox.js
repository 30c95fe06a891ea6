// What was sent and not yet answered. It outlives the page: a reload without a connection loses nothing, and since every
// message has a key of its own, sending it once more is the same message.
import { store } from "../ui.js";

export class Outbox {
  #name;

  constructor(chatId) { this.#name = `outbox:${chatId}`; }

  /** [{ key, text, at }], oldest first. */
  get all() {
    try { return JSON.parse(store.get(this.#name) ?? "[]"); } catch { return []; }
  }

  add(entry) { this.#keep([...this.all, entry]); }

  /** Take one out: it was answered. */
  take(key) {
    const entry = this.all.find((each) => each.key === key) ?? null;
    this.#keep(this.all.filter((each) => each.key !== key));
    return entry;
  }

  #keep(entries) { store.set(this.#name, entries.length ? JSON.stringify(entries) : null); }
}
