// Lays beside each built file that is text the same in gzip: the server sends that to browsers that take it.
// Fonts are compressed in themselves.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { gzipSync } from "node:zlib";

const UI = new URL("../../packages/whence-server/src/whence_server/ui/", import.meta.url);
const TEXT = /\.(js|css|html|svg|json|md)$/;
const MIN_BYTES = 1024;

for (const name of readdirSync(UI, { recursive: true })) {
  if (!TEXT.test(name)) continue;
  const content = readFileSync(new URL(name, UI));
  if (content.length >= MIN_BYTES) writeFileSync(new URL(`${name}.gz`, UI), gzipSync(content, { level: 9 }));
}
