// Text on the canvas: measured once per font and text, shortened in the middle to fit.
import { shortenMiddle, type Measure } from "#graph/names.ts";

const LIMIT = 20_000;
const widths = new Map<string, number>();
const short = new Map<string, string>();
let ruler: CanvasRenderingContext2D | null = null;

/** Width in pixels of a text in a font. */
export const measureText: Measure = (text, font) => {
  const key = `${font}\u0000${text}`;
  const known = widths.get(key);
  if (known !== undefined) return known;
  ruler ??= document.createElement("canvas").getContext("2d");
  if (ruler === null) return text.length * 7;
  ruler.font = font;
  const width = ruler.measureText(text).width;
  if (widths.size > LIMIT) widths.clear();
  widths.set(key, width);
  return width;
};

/** Shorten a text in its middle to a width. */
export function fitText(text: string, font: string, width: number): string {
  const key = `${Math.round(width)}\u0000${font}\u0000${text}`;
  const known = short.get(key);
  if (known !== undefined) return known;
  const fitted = shortenMiddle(text, width, (part) => measureText(part, font));
  if (short.size > LIMIT) short.clear();
  short.set(key, fitted);
  return fitted;
}

/** Wait for the fonts that cards are drawn in, so that they are measured as they will be seen; gives up after a while. */
export async function fontsReady(fonts: readonly string[], timeoutMs = 1500): Promise<void> {
  const loading = Promise.all(fonts.map((font) => document.fonts.load(font)));
  await Promise.race([loading, new Promise((done) => setTimeout(done, timeoutMs))]).catch(() => undefined);
  widths.clear();
  short.clear();
}
