// Stays at the end of a growing conversation and never fights the reader. Only a move up that the reader made lets go;
// only reaching the end, sending, or the button takes hold again. Our own writes are remembered, so everything else
// that scrolls is the reader; there are no timers.

const NEAR_END = 24;

export class StickToEnd {
  constructor(box, content, onChange) {
    this.box = box;
    this.onChange = onChange;
    this.pinned = true;
    this.last = box.scrollTop;
    this.lastHeight = box.scrollHeight;
    this.mine = null;
    let touched = null;
    box.addEventListener("scroll", () => this.#scrolled(), { passive: true });
    box.addEventListener("wheel", (event) => { if (event.deltaY < 0 && this.#end() > 0) this.release(); }, { passive: true });
    box.addEventListener("touchstart", (event) => { touched = event.touches[0].clientY; }, { passive: true });
    box.addEventListener("touchmove", (event) => {
      if (touched !== null && event.touches[0].clientY - touched > 10) this.release();
    }, { passive: true });
    box.addEventListener("keydown", (event) => {
      if (["PageUp", "ArrowUp", "Home"].includes(event.key)) this.release();
      if (event.key === "End") this.pin();
    });
    const observer = new ResizeObserver(() => this.#grown());
    observer.observe(content);
    observer.observe(box);
  }

  get gap() { return this.#end() - this.box.scrollTop; }

  pin() {
    this.pinned = true;
    this.#to(this.#end());
    this.onChange();
  }

  release() {
    if (!this.pinned) return;
    this.pinned = false;
    this.onChange();
  }

  /** Change what is above or below without moving what the reader looks at. */
  hold(change) {
    const middle = this.box.getBoundingClientRect();
    const seen = document.elementFromPoint(middle.left + middle.width / 2, middle.top + middle.height / 2)?.closest("[data-message]")
      ?? [...this.box.querySelectorAll("[data-message]")].find((item) => item.getBoundingClientRect().bottom > middle.top);
    const before = seen?.getBoundingClientRect().top;
    change();
    if (seen?.isConnected) this.#to(this.box.scrollTop + seen.getBoundingClientRect().top - before);
  }

  #end() { return Math.max(0, this.box.scrollHeight - this.box.clientHeight); }

  #scrolled() {
    const top = this.box.scrollTop;
    const mine = this.mine !== null && Math.abs(top - this.mine) < 2;
    const shrunk = this.box.scrollHeight < this.lastHeight; // then the browser moved us, not the reader
    this.mine = null;
    if (!mine && !shrunk && top < this.last - 3) this.pinned = false;
    else if (!this.pinned && this.gap < NEAR_END && top >= this.last) this.pinned = true;
    this.last = top;
    this.lastHeight = this.box.scrollHeight;
    this.onChange();
  }

  #grown() {
    if (this.pinned) this.#to(this.#end());
    this.onChange();
  }

  #to(top) {
    if (Math.abs(this.box.scrollTop - top) >= 1) {
      this.box.scrollTop = top;
      this.mine = this.box.scrollTop;
    }
    this.last = this.box.scrollTop;
    this.lastHeight = this.box.scrollHeight;
  }
}
