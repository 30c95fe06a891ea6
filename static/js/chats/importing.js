// Bringing chats: large files with their progress, and a report that is followed until it is written.
import { dropTarget, follow } from "../characters/importing.js";
import { $, toast, words } from "../ui.js";

/** POST one file. `progress` is told how much of it has gone, from 0 to 1. Answers where its reports are. */
function send(file, form, progress) {
  const body = new FormData();
  body.append("file", file);
  body.append("character", $("[name=character]", form)?.value ?? "");
  return new Promise((resolve, reject) => {
    // fetch() does not tell how far an upload has come.
    const request = new XMLHttpRequest();
    request.open("POST", form.action);
    request.responseType = "json";
    request.setRequestHeader("Accept", "application/json");
    request.setRequestHeader("X-CSRFToken", $("[name=csrfmiddlewaretoken]", form).value);
    request.upload.addEventListener("progress", (event) => { if (event.lengthComputable) progress(event.loaded / event.total); });
    request.addEventListener("load", () => {
      if (request.status < 300 && request.response) resolve(request.response.imports.map((one) => one.report));
      else reject(new Error(request.response?.error?.message ?? words("not_brought", { name: file.name })));
    });
    request.addEventListener("error", () => reject(new Error(words("not_brought", { name: file.name }))));
    request.send(body);
  });
}

async function show(report, list) {
  const answer = await fetch(report, { headers: { Accept: "text/html" } });
  if (!answer.ok) return;
  const box = document.createElement("template");
  // Our own server's page, in which every text is escaped.
  box.innerHTML = await answer.text();
  const article = $("[data-arrival]", box.content);
  list.prepend(article);
  follow(article);
}

const form = $("[data-chat-drop]");
const list = $("[data-arrivals]");

if (form && list) {
  const bar = $("[data-upload]", form);
  const button = $("[data-drop-send]", form);
  let busy = false;
  const take = async (files) => {
    if (!files.length || busy) return;
    busy = true;
    form.setAttribute("aria-busy", "true");
    button.disabled = true;
    bar.hidden = false;
    const all = files.reduce((sum, file) => sum + file.size, 0) || 1;
    let before = 0;
    for (const file of files) {
      try {
        const reports = await send(file, form, (part) => { bar.value = (100 * (before + part * file.size)) / all; });
        for (const report of reports) await show(report, list);
      } catch (error) {
        toast(error.message);
      }
      before += file.size;
      bar.value = (100 * before) / all;
    }
    busy = false;
    bar.hidden = true;
    bar.value = 0;
    button.disabled = false;
    form.removeAttribute("aria-busy");
    list.firstElementChild?.scrollIntoView({ block: "nearest" });
  };
  dropTarget(document.documentElement, take);
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const input = $("input[type=file]", form);
    await take([...input.files]);
    input.value = "";
  });
}
