// A small picture of the whole scene with the part that is in view framed.
import type { Scene } from "#graph/scene.ts";

import type { Viewport } from "./graphCanvas.ts";
import type { Palette } from "#graph/palette.ts";

export const MINIMAP = { width: 190, height: 118 } as const;

/** How the scene is scaled into the minimap. */
export function minimapScale(scene: Scene): { scale: number; left: number; top: number } {
  const scale = Math.min(
    (MINIMAP.width - 12) / Math.max(scene.width, 1),
    (MINIMAP.height - 12) / Math.max(scene.height, 1),
  );
  return { scale, left: (MINIMAP.width - scene.width * scale) / 2, top: (MINIMAP.height - scene.height * scale) / 2 };
}

export function paintMinimap(canvas: HTMLCanvasElement, scene: Scene, viewport: Viewport, theme: Palette): void {
  const ratio = window.devicePixelRatio || 1;
  canvas.width = MINIMAP.width * ratio;
  canvas.height = MINIMAP.height * ratio;
  const ctx = canvas.getContext("2d");
  if (ctx === null) return;
  const { scale, left, top } = minimapScale(scene);
  ctx.scale(ratio, ratio);
  for (const card of scene.cards) {
    ctx.fillStyle = theme.tile[card.icon];
    ctx.fillRect(
      left + card.x * scale,
      top + card.y * scale,
      Math.max(card.width * scale, 1.5),
      Math.max(card.height * scale, 1.5),
    );
  }
  const { zoom, pan, width, height } = viewport;
  ctx.strokeStyle = theme.accent;
  ctx.lineWidth = 1.5;
  ctx.strokeRect(
    left - (pan.x / zoom) * scale,
    top - (pan.y / zoom) * scale,
    (width / zoom) * scale,
    (height / zoom) * scale,
  );
}
