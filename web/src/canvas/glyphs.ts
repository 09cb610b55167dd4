// Draws the glyphs of graph/glyphs.ts on a 2D context.
import { KINDS, OUTLINES, STATES } from "#graph/glyphs.ts";
import type { RunState } from "#graph/model.ts";
import type { Icon } from "#graph/names.ts";

const paths = new Map<string, Path2D>();

function path(data: string): Path2D {
  let made = paths.get(data);
  if (made === undefined) paths.set(data, (made = new Path2D(data)));
  return made;
}

/** Draw line art into a square of the given size. */
export function drawGlyph(
  ctx: CanvasRenderingContext2D,
  data: string,
  at: { x: number; y: number; size: number; color: string },
): void {
  ctx.save();
  ctx.translate(at.x, at.y);
  ctx.scale(at.size / 24, at.size / 24);
  ctx.strokeStyle = at.color;
  ctx.lineWidth = 1.9;
  ctx.lineCap = "round";
  ctx.lineJoin = "round";
  ctx.stroke(path(data));
  ctx.restore();
}

export function drawKind(
  ctx: CanvasRenderingContext2D,
  icon: Icon,
  at: { x: number; y: number; size: number; color: string },
): void {
  drawGlyph(ctx, KINDS[icon], at);
}

/** Draw a run's state: a filled outline of its own shape with a sign in it. */
export function drawState(
  ctx: CanvasRenderingContext2D,
  state: RunState,
  at: { x: number; y: number; size: number; color: string; sign: string },
): void {
  ctx.save();
  ctx.translate(at.x, at.y);
  ctx.scale(at.size / 24, at.size / 24);
  ctx.fillStyle = at.color;
  ctx.fill(path(OUTLINES[state]));
  ctx.strokeStyle = at.sign;
  ctx.lineWidth = 2.6;
  ctx.lineCap = "round";
  ctx.lineJoin = "round";
  if (state === "RUNNING") {
    ctx.fillStyle = at.sign;
    ctx.fill(path(STATES[state]));
  } else {
    ctx.stroke(path(STATES[state]));
  }
  ctx.restore();
}
