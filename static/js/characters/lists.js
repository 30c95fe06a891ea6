// Lists of things to write: add, remove (and bring back), move, by mouse and by keyboard.
import { $, $$, announce, icon, words } from "../ui.js";

/** What was taken off a page and can be put back until it is left. */
function gone(item, name, onChange) {
  const note = document.createElement("li");
  const back = document.createElement("button");
  note.className = "ed-gone";
  note.append(Object.assign(document.createElement("span"), { textContent: words("removed", { name }) }), back);
  back.type = "button";
  back.className = "button button-small button-line";
  back.append(icon("undo-2"), words("undo"));
  back.addEventListener("click", () => {
    note.replaceWith(item);
    $("textarea, input", item).focus();
    onChange();
  });
  item.replaceWith(note);
  back.focus();
  announce(words("removed", { name }));
}

const neighbour = (item, step) => {
  let next = item;
  do next = step < 0 ? next.previousElementSibling : next.nextElementSibling; while (next && !next.matches("[data-section], [data-greeting]"));
  return next;
};

/** `list` holds items made of `template`; `nameOf(item)` is what one is called when it is removed. */
export class WritingList {
  constructor(list, template, nameOf, onChange) {
    this.list = list;
    this.template = template;
    this.nameOf = nameOf;
    this.onChange = onChange;
    list.addEventListener("click", (event) => {
      const button = event.target.closest("button");
      const item = button?.closest("[data-section], [data-greeting]");
      if (!item) return;
      if (button.dataset.move) this.move(item, button.dataset.move === "up" ? -1 : 1, button);
      else if (button.hasAttribute("data-remove")) this.remove(item);
    });
    list.addEventListener("keydown", (event) => {
      if (!event.altKey || !["ArrowUp", "ArrowDown"].includes(event.key)) return;
      const item = event.target.closest("[data-section], [data-greeting]");
      if (!item) return;
      event.preventDefault();
      this.move(item, event.key === "ArrowUp" ? -1 : 1, event.target);
    });
  }

  get items() { return $$("[data-section], [data-greeting]", this.list); }

  add() {
    const item = this.template.content.firstElementChild.cloneNode(true);
    this.list.append(item);
    $("input, textarea", item).focus();
    item.scrollIntoView({ block: "nearest" });
    this.onChange();
    return item;
  }

  remove(item) {
    if ($$("input, textarea", item).every((field) => !field.value.trim())) item.remove();
    else gone(item, this.nameOf(item), this.onChange);
    this.onChange();
  }

  move(item, step, focused) {
    const other = neighbour(item, step);
    if (!other) return;
    if (step < 0) other.before(item);
    else other.after(item);
    focused.focus();
    item.scrollIntoView({ block: "nearest" });
    announce(words("moved", { name: this.nameOf(item), n: this.items.indexOf(item) + 1 }));
    this.onChange();
  }
}
