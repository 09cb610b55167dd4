// Runs the layered layout off the page's thread. Knows nothing but boxes and links.
import { layoutGraph } from "#graph/layout/layout.ts";
import type { Box, Layout, Link } from "#graph/layout/problem.ts";

export interface LayoutRequest {
  ticket: number;
  boxes: readonly Box[];
  links: readonly Link[];
}

export interface LayoutReply {
  ticket: number;
  layout: Layout;
  spentMs: number;
}

self.addEventListener("message", ({ data }: MessageEvent<LayoutRequest>) => {
  const started = performance.now();
  const layout = layoutGraph(data.boxes, data.links);
  self.postMessage({ ticket: data.ticket, layout, spentMs: performance.now() - started } satisfies LayoutReply);
});
