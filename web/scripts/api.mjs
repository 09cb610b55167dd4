// Makes src/api/schema.ts from the server's OpenAPI document; with --check only says whether it is still true.
// Needs the Python environment of the workspace (`make setup`), or another one named by WHENCE_PYTHON.
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import openapiTS, { astToString } from "openapi-typescript";

const python = process.env.WHENCE_PYTHON ?? new URL("../../.venv/bin/python", import.meta.url).pathname;
const target = new URL("../src/api/schema.ts", import.meta.url);

const document = execFileSync(python, ["-m", "whence_server.api.openapi"], { maxBuffer: 64 * 1024 * 1024 });
const types = astToString(await openapiTS(JSON.parse(document.toString())));
const schema = `// Made from the server's OpenAPI document by \`npm run api\`. Not edited by hand.\n${types}`;

if (!process.argv.includes("--check")) {
  writeFileSync(target, schema);
} else if (readFileSync(target, "utf8") !== schema) {
  console.error(
    "src/api/schema.ts is not what the server's OpenAPI says: run `npm run api`, then mend what tsc finds.",
  );
  process.exit(1);
}
