// A scene as an SVG document: the same picture as on the canvas, sharp at any size, text selectable.
import { CARD, FONT } from "./card.ts";
import { curvePath } from "./curves.ts";
import { KINDS, OUTLINES, STATES } from "./glyphs.ts";
import type { Point } from "./layout/problem.ts";
import { shortenMiddle, type Measure } from "./names.ts";
import type { Palette } from "./palette.ts";
import type { PlacedCard, Scene } from "./scene.ts";

const MARGIN = 40;

/** Draw a scene as an SVG document. */
export function svgOf(scene: Scene, palette: Palette, measure: Measure): string {
  const [width, height] = [Math.ceil(scene.width + 2 * MARGIN), Math.ceil(scene.height + 2 * MARGIN)];
  const lines = scene.lines.map((line) => {
    const dash = line.edge?.inferred === true ? ' stroke-dasharray="6 5"' : "";
    return `<path d="${cornersPath(line.points)}" fill="none" stroke="${palette.line}" stroke-width="1.6"${dash} marker-end="url(#tip)"/>`;
  });
  const fields = scene.fieldLines.map(
    (line) =>
      `<path d="${curvePath(line.points[0], line.controls, line.points[1])}" fill="none" stroke="${palette.field}" stroke-width="1.3" stroke-opacity="0.5"/>`,
  );
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="${-MARGIN} ${-MARGIN} ${width} ${height}" font-family='${FONT.family}'>`,
    `<defs><marker id="tip" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="5" markerHeight="5" orient="auto"><path d="M0 0L8 4L0 8z" fill="${palette.line}"/></marker></defs>`,
    `<rect x="${-MARGIN}" y="${-MARGIN}" width="${width}" height="${height}" fill="${palette.paper}"/>`,
    ...lines,
    ...fields,
    ...scene.cards.map((card) => cardSvg(card, palette, measure)),
    "</svg>",
    "",
  ].join("\n");
}

function cornersPath(points: readonly Point[]): string {
  return points.map((point, at) => `${at === 0 ? "M" : "L"}${round(point.x)} ${round(point.y)}`).join("");
}

function cardSvg(card: PlacedCard, palette: Palette, measure: Measure): string {
  const room = card.width - CARD.textLeft - CARD.textRight;
  const middle = CARD.header / 2;
  const fitted = (text: string, font: string): string =>
    escape(shortenMiddle(text, room, (part) => measure(part, font)));
  const tile =
    card.icon === "job"
      ? `<circle cx="27" cy="${middle}" r="17" fill="${palette.tile.job}"/>`
      : `<rect x="10" y="${middle - 17}" width="34" height="34" rx="8" fill="${palette.tile[card.icon]}"/>`;
  const rows = card.rows.map(
    (row) =>
      `<text x="14" y="${row.middle + 4}" font-size="12" fill="${palette.title}">${escape(row.name)}</text>` +
      `<text x="${card.width - 14}" y="${row.middle + 4}" font-size="10.5" text-anchor="end" fill="${palette.faint}">${escape(row.type ?? "")}</text>`,
  );
  return [
    `<g transform="translate(${round(card.x)} ${round(card.y)})"><title>${escape(card.full)}</title>`,
    `<rect width="${card.width}" height="${card.height}" rx="9" fill="${palette.card}" stroke="${card.isStart ? palette.accent : palette.cardLine}"/>`,
    tile,
    glyph(KINDS[card.icon], { x: 17, y: middle - 10, size: 20, color: "#ffffff" }),
    `<text x="${CARD.textLeft}" y="${middle - 2.5}" font-size="13" font-weight="600" fill="${palette.title}">${fitted(card.title, FONT.title)}</text>`,
    `<text x="${CARD.textLeft}" y="${middle + 14}" font-size="11" fill="${palette.faint}">${fitted(card.place, FONT.place)}</text>`,
    stateSvg(card, palette),
    ...rows,
    "</g>",
  ].join("");
}

function stateSvg(card: PlacedCard, palette: Palette): string {
  if (card.state === null) return "";
  const at = `translate(${card.width - 30} ${CARD.header / 2 - 9}) scale(0.75)`;
  const sign = `<path d="${STATES[card.state]}" fill="none" stroke="${palette.card}" stroke-width="2.6" stroke-linecap="round"/>`;
  return `<g transform="${at}"><path d="${OUTLINES[card.state]}" fill="${palette.state[card.state]}"/>${sign}</g>`;
}

function glyph(data: string, at: { x: number; y: number; size: number; color: string }): string {
  return `<path transform="translate(${at.x} ${at.y}) scale(${at.size / 24})" d="${data}" fill="none" stroke="${at.color}" stroke-width="1.9" stroke-linejoin="round"/>`;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

function escape(text: string): string {
  return text.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);
}
