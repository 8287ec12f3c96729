// Reads a JSON list of diagrams from standard input, and writes what Mermaid understood of each: its messages, or an error.
import { readFileSync } from "node:fs";
import { JSDOM } from "jsdom";

const dom = new JSDOM("<body></body>");
globalThis.window = dom.window;
globalThis.document = dom.window.document;
const { default: mermaid } = await import("mermaid");

const told = [];
for (const text of JSON.parse(readFileSync(0, "utf8"))) {
  try {
    await mermaid.parse(text);
    const { db } = await mermaid.mermaidAPI.getDiagramFromText(text);
    const messages = db.getMessages().map((m) => [m.from ?? "", m.to ?? "", m.message]);
    told.push({ title: db.getDiagramTitle(), actors: [...db.getActors().values()].map((a) => a.description), messages });
  } catch (error) {
    told.push({ error: String(error.message) });
  }
}
process.stdout.write(JSON.stringify(told));
