// Draws the cards of a scene on a 2D context, in scene coordinates. Lines are Cytoscape's business; what a click means
// is graph/hit.ts's. Detail falls away when it would be too small to read.
import { CARD, FONT } from "#graph/card.ts";
import { fieldId } from "#graph/columns.ts";
import type { Focus } from "#graph/focus.ts";
import { FOLD } from "#graph/glyphs.ts";
import { pillsOf, type Pill } from "#graph/hit.ts";
import type { Side } from "#graph/model.ts";
import type { PlacedCard, Scene } from "#graph/scene.ts";

import { drawGlyph, drawKind, drawState } from "./glyphs.ts";
import { fitText, measureText } from "./text.ts";
import type { Palette } from "#graph/palette.ts";

/** What stands out, and why. */
export interface Highlight {
  selected: string | null;
  hovered: string | null;
  cursor: string | null;
  focus: Focus | null;
  /** Field ids of a traced column; null when none is. */
  fields: ReadonlySet<string> | null;
  /** The column that is traced. */
  field: string | null;
  hoveredField: string | null;
}

export const NO_HIGHLIGHT: Highlight = {
  selected: null,
  hovered: null,
  cursor: null,
  focus: null,
  fields: null,
  field: null,
  hoveredField: null,
};

export interface Paint {
  ctx: CanvasRenderingContext2D;
  theme: Palette;
  zoom: number;
  highlight: Highlight;
  sides: ReadonlyMap<string, ReadonlySet<Side>>;
}

const RADIUS = 9;
const DETAIL = 0.42;
const NAMES = 0.24;
/** Seen from so far, a card is a block in the colour of its kind. */
const BLOCKS = 0.16;
const NO_SIDES: ReadonlySet<Side> = new Set();
const FIELD_FONT = `450 12px ${FONT.family}`;
const TYPE_FONT = `400 10.5px ${FONT.mono}`;
const PILL_FONT = `600 11px ${FONT.family}`;
const COUNT_FONT = `500 11px ${FONT.family}`;

/** Draw every card that touches the given part of the scene. */
export function paintCards(
  paint: Paint,
  scene: Scene,
  view: { left: number; top: number; right: number; bottom: number },
): void {
  for (const card of scene.cards) {
    const outside =
      card.x > view.right ||
      card.x + card.width < view.left ||
      card.y > view.bottom ||
      card.y + card.height + 12 < view.top;
    if (!outside) paintCard(paint, card);
  }
  paint.ctx.globalAlpha = 1;
}

function paintCard(paint: Paint, card: PlacedCard): void {
  const { ctx, zoom, highlight } = paint;
  const dimmed = highlight.focus !== null && !highlight.focus.nodes.has(card.id) && card.id !== highlight.selected;
  ctx.globalAlpha = dimmed ? 0.32 : 1;
  if (zoom < BLOCKS) {
    ctx.fillStyle = paint.theme.tile[card.icon];
    ctx.fillRect(card.x, card.y, card.width, card.height);
    return;
  }
  paintBody(paint, card);
  paintHeader(paint, card);
  if (zoom >= NAMES && card.rows.length > 0) paintRows(paint, card);
  if (zoom >= DETAIL) {
    const active = card.id === highlight.selected || card.id === highlight.hovered;
    for (const pill of pillsOf(card, active, paint.sides.get(card.id) ?? NO_SIDES)) paintPill(paint, pill);
  }
}

function paintBody({ ctx, theme, zoom, highlight }: Paint, card: PlacedCard): void {
  const selected = card.id === highlight.selected;
  ctx.beginPath();
  ctx.roundRect(card.x, card.y, card.width, card.height, RADIUS);
  if (zoom >= DETAIL) {
    ctx.shadowColor = selected ? theme.accent : "rgba(10, 14, 30, 0.16)";
    ctx.shadowBlur = (selected ? 14 : 7) * zoom;
    ctx.shadowOffsetY = selected ? 0 : 2 * zoom;
  }
  ctx.fillStyle = theme.card;
  ctx.fill();
  ctx.shadowColor = "transparent";
  const strong = selected || card.id === highlight.cursor;
  ctx.lineWidth = strong ? 2 : card.isStart ? 1.6 : 1;
  ctx.strokeStyle = strong || card.isStart || card.id === highlight.hovered ? theme.accent : theme.cardLine;
  if (card.kind === "crowd") ctx.setLineDash([5, 4]);
  ctx.stroke();
  ctx.setLineDash([]);
}

function paintHeader(paint: Paint, card: PlacedCard): void {
  const { ctx, theme, zoom } = paint;
  const middle = card.y + CARD.header / 2;
  paintTile(paint, card);
  if (zoom < NAMES) return;
  const right = card.fieldCount > 0 ? CARD.foldRight : CARD.textRight;
  const width = card.width - CARD.textLeft - right + 6;
  ctx.textAlign = "left";
  ctx.textBaseline = "alphabetic";
  ctx.fillStyle = theme.title;
  ctx.font = FONT.title;
  ctx.fillText(fitText(card.title, FONT.title, width), card.x + CARD.textLeft, middle - 2.5);
  if (zoom < DETAIL) return;
  ctx.fillStyle = theme.faint;
  ctx.font = FONT.place;
  ctx.fillText(fitText(card.place, FONT.place, width), card.x + CARD.textLeft, middle + 14);
  if (card.state !== null) {
    const at = {
      x: card.x + card.width - 30,
      y: middle - 9,
      size: 18,
      color: theme.state[card.state],
      sign: theme.card,
    };
    drawState(ctx, card.state, at);
  } else if (card.fieldCount > 0) {
    paintSwitch(paint, card, middle);
  }
}

/** The tile says what the card is: a rounded square for data, a disc for jobs. */
function paintTile({ ctx, theme }: Paint, card: PlacedCard): void {
  const size = 34;
  const [x, y] = [card.x + 10, card.y + (CARD.header - size) / 2];
  ctx.beginPath();
  if (card.icon === "job") ctx.arc(x + size / 2, y + size / 2, size / 2, 0, 2 * Math.PI);
  else ctx.roundRect(x, y, size, size, 8);
  ctx.fillStyle = theme.tile[card.icon];
  ctx.fill();
  drawKind(ctx, card.icon, { x: x + 7, y: y + 7, size: size - 14, color: "#ffffff" });
}

function paintSwitch({ ctx, theme }: Paint, card: PlacedCard, middle: number): void {
  const right = card.x + card.width;
  ctx.font = COUNT_FONT;
  ctx.fillStyle = theme.faint;
  ctx.textAlign = "right";
  ctx.fillText(String(card.fieldCount), right - 28, middle + 4);
  drawGlyph(ctx, card.unfolded ? FOLD.open : FOLD.closed, {
    x: right - 27,
    y: middle - 9,
    size: 18,
    color: theme.faint,
  });
}

function paintRows(paint: Paint, card: PlacedCard): void {
  const { ctx, theme, highlight } = paint;
  ctx.fillStyle = theme.cardLine;
  ctx.fillRect(card.x + 1, card.y + CARD.header, card.width - 2, 1);
  for (const row of card.rows) {
    const id = fieldId({ dataset: card.id, field: row.name });
    const traced = highlight.fields?.has(id) === true;
    if (traced || id === highlight.hoveredField) {
      ctx.beginPath();
      ctx.roundRect(card.x + 5, card.y + row.middle - CARD.row / 2 + 1, card.width - 10, CARD.row - 2, 5);
      ctx.fillStyle = traced ? theme.fieldSoft : theme.rowAlt;
      ctx.fill();
      if (id === highlight.field) {
        ctx.lineWidth = 1.5;
        ctx.strokeStyle = theme.field;
        ctx.stroke();
      }
    }
    paintRowText(paint, card, row, traced);
  }
  if (card.restRows > 0 && paint.zoom >= DETAIL) {
    ctx.font = COUNT_FONT;
    ctx.fillStyle = theme.faint;
    ctx.textAlign = "left";
    ctx.fillText(`… ${card.restRows} more`, card.x + 14, card.y + CARD.header + card.rows.length * CARD.row + 15);
  }
}

function paintRowText(
  { ctx, theme, zoom }: Paint,
  card: PlacedCard,
  row: PlacedCard["rows"][number],
  traced: boolean,
): void {
  if (zoom < DETAIL) return;
  const y = card.y + row.middle + 4;
  const type = row.type === null ? "" : fitText(row.type.toLowerCase(), TYPE_FONT, card.width * 0.38);
  const typeWidth = type === "" ? 0 : measureText(type, TYPE_FONT) + 10;
  ctx.font = FIELD_FONT;
  ctx.textAlign = "left";
  ctx.fillStyle = traced ? theme.field : theme.title;
  ctx.fillText(fitText(row.name, FIELD_FONT, card.width - 28 - typeWidth), card.x + 14, y);
  if (type === "") return;
  ctx.font = TYPE_FONT;
  ctx.textAlign = "right";
  ctx.fillStyle = theme.faint;
  ctx.fillText(type, card.x + card.width - 14, y);
}

function paintPill({ ctx, theme }: Paint, pill: Pill): void {
  ctx.beginPath();
  ctx.roundRect(pill.x, pill.y, pill.width, CARD.pill.height, CARD.pill.height / 2);
  ctx.fillStyle = theme.pill;
  ctx.fill();
  ctx.lineWidth = 1.2;
  ctx.strokeStyle = theme.accent;
  ctx.stroke();
  ctx.fillStyle = theme.accent;
  ctx.font = PILL_FONT;
  ctx.textAlign = "center";
  const text = pill.does === "fold" ? "−" : pill.side === "up" ? `‹ +${pill.count}` : `+${pill.count} ›`;
  ctx.fillText(text, pill.x + pill.width / 2, pill.y + CARD.pill.height / 2 + 4);
}
