// Shows Markdown that is not finished yet, out of text nodes and a few elements. Closed blocks come from the server as
// sanitised HTML; this is only for the block that is still open, and for what the reader has just sent. A marker
// without its partner counts as open to the end, so asterisks never flash.

const FENCE = /^ {0,3}(`{3,}|~{3,})\s*([^`\s]*)[^`]*$/;
const HEADING = /^ {0,3}#{1,6}\s+(.*?)\s*#*$/;
const ITEM = /^(\s*)([-*+]|(\d{1,9})[.)])\s+(.*)$/;
const QUOTE = /^ {0,3}> ?(.*)$/;

const element = (name, ...children) => {
  const node = document.createElement(name);
  node.append(...children);
  return node;
};

function inline(into, text) {
  const open = []; // { marker, node }
  const top = () => open.at(-1)?.node ?? into;
  let plain = "";
  const flush = () => { if (plain) top().append(plain); plain = ""; };
  for (let at = 0; at < text.length; at += 1) {
    const char = text[at];
    const inCode = open.at(-1)?.marker === "`";
    let marker = null;
    if (char === "`") marker = char;
    else if (char === "*" && !inCode) marker = text[at + 1] === "*" ? "**" : "*";
    if (char === "\n" && !inCode) {
      flush();
      top().append(element("br"));
    } else if (char === "\\" && !inCode && /[\\`*_#>~[\]-]/.test(text[at + 1] ?? "")) {
      plain += text[at += 1];
    } else if (marker) {
      const opened = open.findIndex((entry) => entry.marker === marker);
      const next = text[at + marker.length];
      if (opened >= 0) {
        flush();
        open.length = opened;
      } else if (marker === "`" || next === undefined || !/\s/.test(next)) {
        flush();
        const node = element({ "**": "strong", "*": "em", "`": "code" }[marker]);
        top().append(node);
        open.push({ marker, node });
      } else plain += marker;
      at += marker.length - 1;
    } else plain += char;
  }
  flush();
}

const paragraph = (lines, name = "p") => {
  const node = element(name);
  inline(node, lines.join("\n").trim());
  return node;
};

/** The lines of a fence from `start`, the line that opens it: [its block, the first line after it]. */
function fence(lines, start, indent) {
  const [, mark, language] = FENCE.exec(lines[start].slice(indent));
  let end = start + 1;
  while (end < lines.length && !new RegExp(`^\\s*\\${mark[0]}{${mark.length},}\\s*$`).test(lines[end])) end += 1;
  if (end === lines.length && /^\s*[`~]{1,2}$/.test(lines.at(-1))) lines = lines.slice(0, -1); // the end of it, half written
  const code = element("code", lines.slice(start + 1, end).map((line) => line.slice(Math.min(indent, line.search(/\S|$/)))).join("\n"));
  const caption = element("figcaption");
  const figure = element("figure", caption, element("pre", code));
  figure.className = "code";
  caption.dataset.language = language;
  return [figure, end + 1];
}

function list(lines, start) {
  const levels = []; // { indent, node }
  let at = start;
  let blank = false;
  for (; at < lines.length; at += 1) {
    const found = ITEM.exec(lines[at]);
    if (!lines[at].trim()) { blank = true; continue; }
    if (blank && !found && !/^\s/.test(lines[at])) break;
    blank = false;
    const indent = lines[at].search(/\S/);
    if (!found && levels.length) {
      const item = levels.at(-1).node.lastChild;
      if (FENCE.test(lines[at].trim()) && at + 1 < lines.length) {
        const [figure, after] = fence(lines, at, indent);
        item.append(figure);
        at = after - 1;
      } else if (!/^\s*[`~]+$/.test(lines[at])) {
        item.append(element("br"));
        inline(item, lines[at].trim());
      }
      continue;
    }
    while (levels.length > 1 && indent < levels.at(-1).indent) levels.pop();
    if (!levels.length || indent > levels.at(-1).indent + 1) {
      const node = element(found[3] ? "ol" : "ul");
      if (found[3]) node.start = Number(found[3]);
      levels.at(-1)?.node.lastChild.append(node);
      levels.push({ indent, node });
    }
    const item = element("li");
    inline(item, found[4]);
    levels.at(-1).node.append(item);
  }
  return [levels[0].node, at];
}

/** Everything that `text` shows, as one fragment. */
export function render(text) {
  const out = document.createDocumentFragment();
  const lines = text.replace(/^\n+/, "").split("\n");
  let at = 0;
  let words = [];
  const flush = () => { if (words.some((line) => line.trim())) out.append(paragraph(words)); words = []; };
  while (at < lines.length) {
    const line = lines[at];
    const isLast = at === lines.length - 1;
    if (FENCE.test(line)) {
      flush();
      if (isLast) break; // the line that opens it is not whole yet
      const [figure, after] = fence(lines, at, 0);
      out.append(figure);
      at = after;
      continue;
    }
    if (isLast && /^ {0,3}(`{1,2}|~{1,2}|#{1,6}|[-*+]|\d{1,9}[.)]?)$/.test(line)) break; // may become anything
    if (HEADING.test(line)) {
      flush();
      const heading = paragraph([HEADING.exec(line)[1]]);
      heading.className = "tail-heading";
      out.append(heading);
    } else if (ITEM.test(line) && !words.length) {
      const [node, after] = list(lines, at);
      out.append(node);
      at = after;
      continue;
    } else if (QUOTE.test(line)) {
      flush();
      const quoted = [];
      for (; at < lines.length && QUOTE.test(lines[at]); at += 1) quoted.push(QUOTE.exec(lines[at])[1]);
      out.append(element("blockquote", paragraph(quoted)));
      continue;
    } else if (line.trim()) words.push(line);
    else flush();
    at += 1;
  }
  flush();
  return out;
}
