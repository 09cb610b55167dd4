// The curves that join columns: an S from row to row, led through the job's card where it would otherwise pass behind
// somebody else's. A curve is a chain of quadratic pieces: one per control point, joined halfway between them.
import type { Point } from "./layout/problem.ts";

export interface Rect {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** Control points of a plain S between two rows. */
export function bendPlain(from: Point, to: Point): Point[] {
  const reach = reachOf(from, to);
  return [
    { x: from.x + reach, y: from.y },
    { x: to.x - reach, y: to.y },
  ];
}

/** Control points of a curve that runs level behind a card between the two rows, at the height `y`. */
export function bendThrough(from: Point, to: Point, card: Rect, y: number): Point[] {
  const [left, right] = [
    { x: card.x, y },
    { x: card.x + card.width, y },
  ];
  return [
    { x: from.x + reachOf(from, left), y: from.y },
    { x: left.x - reachOf(from, left), y },
    { x: right.x + reachOf(right, to), y },
    { x: to.x - reachOf(right, to), y: to.y },
  ];
}

function reachOf(from: Point, to: Point): number {
  const dx = to.x - from.x;
  return Math.sign(dx) * Math.max(Math.abs(dx) * 0.34, 12);
}

/** Points along a curve, for asking what it passes. */
export function alongCurve(from: Point, controls: readonly Point[], to: Point): Point[] {
  const points: Point[] = [];
  let start = from;
  controls.forEach((control, at) => {
    const next = controls[at + 1];
    const end = next === undefined ? to : halfway(control, next);
    for (const t of [0.25, 0.5, 0.75, 1]) points.push(onPiece(start, control, end, t));
    start = end;
  });
  return points;
}

/** A curve as SVG path data. */
export function curvePath(from: Point, controls: readonly Point[], to: Point): string {
  const text = (point: Point): string => `${Math.round(point.x * 10) / 10} ${Math.round(point.y * 10) / 10}`;
  const pieces = controls.map((control, at) => {
    const next = controls[at + 1];
    return `Q${text(control)} ${text(next === undefined ? to : halfway(control, next))}`;
  });
  return `M${text(from)}${pieces.join("")}`;
}

/** True when a point lies inside a rectangle. */
export function isInside(point: Point, rect: Rect): boolean {
  return point.x > rect.x && point.x < rect.x + rect.width && point.y > rect.y && point.y < rect.y + rect.height;
}

function halfway(a: Point, b: Point): Point {
  return { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 };
}

function onPiece(a: Point, control: Point, b: Point, t: number): Point {
  const [u, v, w] = [(1 - t) * (1 - t), 2 * t * (1 - t), t * t];
  return { x: u * a.x + v * control.x + w * b.x, y: u * a.y + v * control.y + w * b.y };
}
