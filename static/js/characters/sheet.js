// A persona sheet as a form has it, by the rules of characters/sections.py.

const HEADING = /^##[ \t]+(\S(?:.*\S)?)[ \t]*$/;

const trimmed = (text) => text.replace(/^(?:[ \t]*\n)+/, "").trimEnd();

/** What stands before the first section, and the sections in their order. */
export function divided(markdown) {
  const found = { preamble: [], sections: [] };
  let lines = found.preamble;
  for (const line of markdown.replace(/\r\n?/g, "\n").split("\n")) {
    const heading = HEADING.exec(line);
    if (heading) {
      lines = [];
      found.sections.push({ title: heading[1], lines });
    } else lines.push(line);
  }
  return {
    preamble: trimmed(found.preamble.join("\n")),
    sections: found.sections.map((section) => ({ title: section.title, body: trimmed(section.lines.join("\n")) })),
  };
}

/** The markdown of a form. */
export function composed(preamble, sections) {
  const parts = sections.map(({ title, body }) => {
    const name = title.trim().split(/\s+/).join(" ");
    return [name && `## ${name}`, trimmed(body)].filter(Boolean).join("\n");
  });
  const text = [trimmed(preamble), ...parts].filter(Boolean).join("\n\n");
  return text ? `${text}\n` : "";
}

/** As it was before, to the letter, unless the form says something else. */
export function kept(before, preamble, sections) {
  const now = composed(preamble, sections);
  const was = divided(before);
  return now === composed(was.preamble, was.sections) ? before : now;
}
