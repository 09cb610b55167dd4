// Where the arrow keys lead: along the lines to the left and right, within a layer up and down.
import type { PlacedCard, Scene } from "./scene.ts";

export type Arrow = "ArrowLeft" | "ArrowRight" | "ArrowUp" | "ArrowDown";

/** The card that an arrow key leads to from a card; null when there is none that way. */
export function stepFrom(scene: Scene, from: string, arrow: Arrow): string | null {
  const card = scene.cards.find((one) => one.id === from);
  if (card === undefined) return null;
  if (arrow === "ArrowUp" || arrow === "ArrowDown") return withinLayer(scene, card, arrow === "ArrowDown" ? 1 : -1);
  const right = arrow === "ArrowRight";
  const near = new Set(
    scene.lines.flatMap((line) =>
      right ? (line.from === from ? [line.to] : []) : line.to === from ? [line.from] : [],
    ),
  );
  return nearest(
    scene.cards.filter((one) => near.has(one.id)),
    card,
  );
}

/** The card to begin with: the one that the graph is about, else the first. */
export function firstStep(scene: Scene): string | null {
  return (scene.cards.find((card) => card.isStart) ?? scene.cards[0])?.id ?? null;
}

function withinLayer(scene: Scene, card: PlacedCard, sign: 1 | -1): string | null {
  return nearest(
    scene.cards.filter((one) => one.layer === card.layer && Math.sign(one.y - card.y) === sign),
    card,
  );
}

function nearest(cards: readonly PlacedCard[], to: PlacedCard): string | null {
  let best: PlacedCard | null = null;
  for (const card of cards) if (best === null || Math.abs(card.y - to.y) < Math.abs(best.y - to.y)) best = card;
  return best?.id ?? null;
}
