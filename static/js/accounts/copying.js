// A button that copies what stands in another element; of a list, one item on each line.
import { $, $$, copyText, toast, words } from "../ui.js";

for (const button of $$("[data-copy]")) {
  button.addEventListener("click", async () => {
    const source = $(button.dataset.copy);
    const items = $$("li", source);
    const text = items.length ? items.map((item) => item.textContent.trim()).join("\n") : source.textContent.trim();
    toast(words((await copyText(text)) ? "copied" : "copy_failed"));
  });
}
