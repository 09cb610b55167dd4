// The lines between open rows: which there are, and how each runs.
import { CARD } from "./card.ts";
import { fieldId, type FieldLink } from "./columns.ts";
import { alongCurve, bendPlain, bendThrough, isInside } from "./curves.ts";
import type { Point } from "./layout/problem.ts";
import type { PlacedCard } from "./scene.ts";

export interface FieldLine {
  id: string;
  from: string;
  to: string;
  fromField: string;
  toField: string;
  /** Its two ends, and the control points between them (see curves.ts). */
  points: [Point, Point];
  controls: Point[];
  link: FieldLink;
}

/** Above this many lines none is led around cards: nobody could follow one anyway. */
const ROUTED = 1500;

/** Join the rows that are both open, each pair once however many jobs state it. */
export function fieldLines(links: readonly FieldLink[], cards: ReadonlyMap<string, PlacedCard>): FieldLine[] {
  const rows = new Map<string, { card: PlacedCard; middle: number }>();
  for (const card of cards.values()) {
    for (const row of card.rows) rows.set(fieldId({ dataset: card.id, field: row.name }), { card, middle: row.middle });
  }
  const lines = new Map<string, FieldLine>();
  for (const link of links) {
    const [fromField, toField] = [fieldId(link.from), fieldId(link.to)];
    const [from, to] = [rows.get(fromField), rows.get(toField)];
    if (from === undefined || to === undefined || fromField === toField) continue;
    const id = `${fromField}\u0000${toField}`;
    const points = endPoints(from.card, to.card, from.middle, to.middle);
    lines.set(id, { id, from: from.card.id, to: to.card.id, fromField, toField, points, controls: [], link });
  }
  const all = [...lines.values()];
  for (const line of all) line.controls = bendPlain(...line.points);
  if (all.length <= ROUTED) leadThroughJobs(all, cards);
  return all;
}

/** Right border to left border; the other way round where a line runs backwards. */
export function endPoints(from: PlacedCard, to: PlacedCard, fromMiddle: number, toMiddle: number): [Point, Point] {
  const forward = from.x + from.width <= to.x;
  const backward = to.x + to.width <= from.x;
  return [
    { x: backward ? from.x : from.x + from.width, y: from.y + fromMiddle },
    { x: forward ? to.x : to.x + to.width, y: to.y + toMiddle },
  ];
}

/** Lines that would pass behind a card that has nothing to do with them go through their job's, side by side. */
function leadThroughJobs(lines: readonly FieldLine[], cards: ReadonlyMap<string, PlacedCard>): void {
  const byJob = new Map<PlacedCard, FieldLine[]>();
  for (const line of lines) {
    const job = cards.get(line.link.job ?? "");
    if (job === undefined || !standsBetween(job, line) || !passesStranger(line, job, cards)) continue;
    const group = byJob.get(job);
    if (group === undefined) byJob.set(job, [line]);
    else group.push(line);
  }
  for (const [job, group] of byJob) {
    group.sort((a, b) => a.points[0].y + a.points[1].y - b.points[0].y - b.points[1].y);
    const apart = Math.min(5, (CARD.header - 20) / group.length);
    group.forEach((line, at) => {
      const y = job.y + CARD.header / 2 + (at - (group.length - 1) / 2) * apart;
      line.controls = bendThrough(...line.points, job, y);
    });
  }
}

function standsBetween(job: PlacedCard, line: FieldLine): boolean {
  return line.points[0].x <= job.x && job.x + job.width <= line.points[1].x;
}

function passesStranger(line: FieldLine, job: PlacedCard, cards: ReadonlyMap<string, PlacedCard>): boolean {
  const points = alongCurve(line.points[0], line.controls, line.points[1]);
  for (const card of cards.values()) {
    if (card === job || card.id === line.from || card.id === line.to) continue;
    if (points.some((point) => isInside(point, card))) return true;
  }
  return false;
}
