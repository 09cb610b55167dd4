// Asks the layout worker. Only the newest question matters: answers to older ones are dropped (null).
import { layoutGraph } from "#graph/layout/layout.ts";
import type { Box, Layout, Link } from "#graph/layout/problem.ts";

import type { LayoutReply, LayoutRequest } from "./layout.worker.ts";

/** One worker and the question it is at. Call `close` when done. */
export class LayoutClient {
  private readonly worker: Worker | null;
  private ticket = 0;
  private waiting: ((layout: Layout | null) => void) | null = null;

  constructor() {
    this.worker = startWorker();
    this.worker?.addEventListener("message", ({ data }: MessageEvent<LayoutReply>) => {
      if (data.ticket !== this.ticket) return;
      this.settle(data.layout);
    });
  }

  /** Lay boxes out; null when a newer question overtook this one. */
  layout(boxes: readonly Box[], links: readonly Link[]): Promise<Layout | null> {
    this.settle(null);
    this.ticket += 1;
    const { worker } = this;
    if (worker === null) return Promise.resolve(layoutGraph(boxes, links));
    return new Promise((resolve) => {
      this.waiting = resolve;
      worker.postMessage({ ticket: this.ticket, boxes, links } satisfies LayoutRequest);
    });
  }

  close(): void {
    this.settle(null);
    this.worker?.terminate();
  }

  private settle(layout: Layout | null): void {
    this.waiting?.(layout);
    this.waiting = null;
  }
}

/** A page opened where workers are forbidden still gets its picture, from this thread. */
function startWorker(): Worker | null {
  try {
    return new Worker(new URL("./layout.worker.ts", import.meta.url), { type: "module" });
  } catch {
    return null;
  }
}
