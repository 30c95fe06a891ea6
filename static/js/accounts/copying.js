// A button that copies what stands in another element.
import { $, $$, copyText, toast, words } from "../ui.js";

for (const button of $$("[data-copy]")) {
  button.addEventListener("click", async () => {
    const text = $(button.dataset.copy).textContent.trim();
    toast(words((await copyText(text)) ? "copied" : "copy_failed"));
  });
}
