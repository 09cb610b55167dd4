// Fails the build when the JavaScript that a page needs outgrows its budget: 300 kB gzip for what the browser fetches
// first. The graph page brings Cytoscape (136 kB alone, in one piece) as a chunk of its own and may come to 325 kB.
import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";

const UI = new URL("../../packages/whence-server/src/whence_server/ui/", import.meta.url);
const BUDGET_KB = { "start page": 300, "graph page": 325 };
const manifest = JSON.parse(readFileSync(new URL("manifest.json", UI), "utf8"));

/** Files of an entry and of all that it imports at once. */
function filesOf(key, seen = new Set()) {
  const chunk = manifest[key];
  if (chunk === undefined || seen.has(chunk.file)) return seen;
  seen.add(chunk.file);
  for (const next of chunk.imports ?? []) filesOf(next, seen);
  return seen;
}

function kilobytes(files) {
  let bytes = 0;
  for (const file of files)
    if (file.endsWith(".js")) bytes += gzipSync(readFileSync(new URL(file, UI)), { level: 9 }).length;
  return bytes / 1000;
}

const start = filesOf("index.html");
const graph = new Set(start);
filesOf(
  Object.keys(manifest).find((name) => name.includes("LineagePage")),
  graph,
);
const sizes = { "start page": kilobytes(start), "graph page": kilobytes(graph) };
for (const [page, size] of Object.entries(sizes))
  console.log(`${page}: ${size.toFixed(0)} kB of JavaScript, gzip (budget ${BUDGET_KB[page]})`);
if (Object.entries(sizes).some(([page, size]) => size > BUDGET_KB[page])) process.exit(1);
