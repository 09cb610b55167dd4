// Builds the web UI into whence-server's package; the wheel ships what lands there.
// Paths are relative, so that the UI also works below a path prefix (a reverse proxy, a notebook's proxy).
import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

const server = process.env["WHENCE_URL"] ?? "http://127.0.0.1:8300";

export default defineConfig({
  base: "./",
  plugins: [react()],
  build: {
    outDir: "../packages/whence-server/src/whence_server/ui",
    emptyOutDir: true,
    target: "es2022",
    manifest: "manifest.json",
    // The wheel ships other people's work: their licences go with it.
    license: { fileName: "licenses.md" },
    chunkSizeWarningLimit: 700,
  },
  // `npm run dev` shows the sources against a real server: WHENCE_URL says which.
  server: { proxy: Object.fromEntries(["/api", "/lineage", "/health", "/events"].map((path) => [path, server])) },
  test: { include: ["src/**/*.test.ts"], environment: "node" },
});
