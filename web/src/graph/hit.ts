// What lies under a point of the scene: a card, one of its rows, its fold switch, or a pill that shows or hides a side.
// Pure; the painter draws pills where `pillsOf` says, so that what is seen is what is hit.
import { CARD } from "./card.ts";
import { SIDES, type Side } from "./model.ts";
import type { PlacedCard, Scene } from "./scene.ts";

export type Hit =
  | { kind: "card"; card: PlacedCard }
  | { kind: "columns"; card: PlacedCard }
  | { kind: "row"; card: PlacedCard; field: string }
  | { kind: "pill"; card: PlacedCard; pill: Pill };

export interface Pill {
  side: Side;
  does: "expand" | "fold";
  count: number;
  x: number;
  y: number;
  width: number;
}

/** Pills of a card: a count where neighbours are hidden; a minus where shown ones can be folded, on the active card. */
export function pillsOf(card: PlacedCard, active: boolean, shownSides: ReadonlySet<Side>): Pill[] {
  const pills: Pill[] = [];
  if (card.kind === "crowd") return pills;
  const y = card.y + card.height - CARD.pill.height / 2;
  for (const side of SIDES) {
    const does = [
      ...(card.hidden[side] > 0 ? (["expand"] as const) : []),
      ...(active && shownSides.has(side) ? (["fold"] as const) : []),
    ];
    let offset = 10;
    for (const what of does) {
      const width = what === "fold" ? CARD.pill.height : pillWidth(card.hidden[side]);
      const x = side === "up" ? card.x + offset : card.x + card.width - offset - width;
      pills.push({ side, does: what, count: card.hidden[side], x, y, width });
      offset += width + 4;
    }
  }
  return pills;
}

function pillWidth(count: number): number {
  return CARD.pill.width + Math.max(0, String(count).length - 2) * 7;
}

/** Sides on which each card has lines, for the minus pills. */
export function shownSides(scene: Scene): Map<string, Set<Side>> {
  const sides = new Map<string, Set<Side>>();
  const add = (id: string, side: Side): void => {
    const set = sides.get(id);
    if (set === undefined) sides.set(id, new Set([side]));
    else set.add(side);
  };
  for (const line of scene.lines) {
    add(line.from, "down");
    add(line.to, "up");
  }
  return sides;
}

/** Find what lies at a point; `active` is the card whose minus pills are drawn. */
export function hitTest(
  scene: Scene,
  at: { x: number; y: number },
  active: ReadonlySet<string>,
  sides: ReadonlyMap<string, ReadonlySet<Side>>,
): Hit | null {
  const none = new Set<Side>();
  const margin = CARD.pill.height / 2;
  const around = scene.cards.filter(
    (card) => at.x >= card.x && at.x <= card.x + card.width && at.y >= card.y && at.y <= card.y + card.height + margin,
  );
  for (const card of around) {
    const pill = pillsOf(card, active.has(card.id), sides.get(card.id) ?? none).find(
      (one) => at.x >= one.x && at.x <= one.x + one.width && at.y >= one.y && at.y <= one.y + CARD.pill.height,
    );
    if (pill !== undefined) return { kind: "pill", card, pill };
  }
  const card = around.find((one) => at.y <= one.y + one.height);
  return card === undefined ? null : hitCard(card, at);
}

function hitCard(card: PlacedCard, at: { x: number; y: number }): Hit {
  const down = at.y - card.y;
  if (down > CARD.header) {
    const row = card.rows.find((one) => Math.abs(one.middle - down) <= CARD.row / 2);
    return row === undefined ? { kind: "card", card } : { kind: "row", card, field: row.name };
  }
  const onSwitch = card.fieldCount > 0 && at.x > card.x + card.width - CARD.foldRight;
  return { kind: onSwitch ? "columns" : "card", card };
}
