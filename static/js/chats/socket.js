// The line to the server (docs/protocol.md). It comes back by itself, says what is the matter, and knows a dead line
// from a quiet one: a socket that was cut by sleep or a change of network never says that it closed.

const SILENCE = 35_000; // the server pings every 25 s
const CONNECTING = 10_000;
const SIGNED_OUT = 4401;
const GONE = 4404;
const RESTARTING = 1012;

export class ChatSocket extends EventTarget {
  #url;
  #probe;
  #socket = null;
  #heard = 0;
  #tries = 0;
  #timer = 0;
  #ended = false;

  /** `probe` says why a line cannot even be opened: "signed-out", "gone", or null. */
  constructor(url, probe) {
    super();
    this.#url = url;
    this.#probe = probe;
    addEventListener("online", () => this.reopen());
    addEventListener("offline", () => this.#say("offline"));
    addEventListener("pageshow", (event) => { if (event.persisted) this.reopen(); });
    document.addEventListener("visibilitychange", () => { if (!document.hidden) this.#checkPulse(); });
    setInterval(() => this.#checkPulse(), 5_000);
  }

  get isOpen() { return this.#socket?.readyState === WebSocket.OPEN; }

  open() {
    clearTimeout(this.#timer);
    const socket = new WebSocket(this.#url);
    let opened = false;
    this.#socket = socket;
    this.#heard = Date.now();
    socket.addEventListener("open", () => {
      if (socket !== this.#socket) return;
      opened = true;
      this.#heard = Date.now();
      this.#say(this.#tries ? "restored" : "open");
      this.#tries = 0;
    });
    socket.addEventListener("message", (event) => {
      if (socket !== this.#socket) return;
      this.#heard = Date.now();
      const frame = JSON.parse(event.data);
      if (frame.type === "ping") this.send({ type: "pong" });
      else this.dispatchEvent(new CustomEvent("frame", { detail: frame }));
    });
    socket.addEventListener("close", (event) => {
      if (socket === this.#socket) this.#closed(event.code, opened);
    });
  }

  /** A fresh line now, whatever the old one thinks of itself. */
  reopen() {
    const old = this.#socket;
    this.#socket = null;
    this.#ended = false;
    old?.close();
    this.#tries = Math.max(this.#tries, 1);
    this.open();
  }

  /** False: not sent, because there is no line. */
  send(frame) {
    if (!this.isOpen) return false;
    this.#socket.send(JSON.stringify(frame));
    return true;
  }

  #say(state) { this.dispatchEvent(new CustomEvent("state", { detail: state })); }

  #checkPulse() {
    const silence = Date.now() - this.#heard;
    const connecting = this.#socket?.readyState === WebSocket.CONNECTING;
    if (this.#ended) {
      if (document.hasFocus() && silence > CONNECTING) this.reopen(); // signed in again, perhaps, in another tab
    } else if ((this.isOpen && silence > SILENCE) || (connecting && silence > CONNECTING)) this.reopen();
  }

  async #closed(code, opened) {
    let end = { [SIGNED_OUT]: "signed-out", [GONE]: "gone" }[code] ?? null;
    if (!end && !opened && navigator.onLine) end = await this.#probe();
    if (end) {
      this.#ended = true;
      this.#heard = Date.now();
      this.#say(end);
      return;
    }
    this.#say(code === RESTARTING ? "restarting" : navigator.onLine ? "lost" : "offline");
    const wait = Math.min(15_000, 500 * 2 ** this.#tries) * (0.6 + Math.random() * 0.4);
    this.#tries += 1;
    this.#timer = setTimeout(() => this.open(), wait);
  }
}
