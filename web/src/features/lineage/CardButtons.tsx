// One transparent button per card, lying where the card is drawn: focus, names and keys for keyboards and screen readers.
// The pointer goes through them to the canvas.
import { useRef, type KeyboardEvent, type Ref } from "react";

import type { Side } from "#graph/model.ts";
import type { PlacedCard, Scene } from "#graph/scene.ts";
import { firstStep, stepFrom, type Arrow } from "#graph/step.ts";

import classes from "./Stage.module.css";

export type CardAction =
  | { does: "select" | "columns" | "open"; id: string }
  | { does: "expand" | "fold"; id: string; side: Side }
  | { does: "trace"; id: string; field: string }
  | { does: "leave" };

interface CardButtonsProps {
  ref: Ref<HTMLDivElement>;
  scene: Scene;
  selected: string | null;
  onCursor: (id: string | null) => void;
  onAction: (action: CardAction) => void;
  onFit: () => void;
}

const ARROWS = new Set(["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown"]);

export function CardButtons({ ref, scene, selected, onCursor, onAction, onFit }: CardButtonsProps) {
  const buttons = useRef(new Map<string, HTMLButtonElement>());
  const stop = selected !== null && scene.cards.some((card) => card.id === selected) ? selected : firstStep(scene);
  const onKeyDown = (event: KeyboardEvent, card: PlacedCard): void => {
    if (ARROWS.has(event.key)) {
      const next = stepFrom(scene, card.id, event.key as Arrow);
      event.preventDefault();
      if (next !== null) buttons.current.get(next)?.focus({ preventScroll: true });
      return;
    }
    const actions = keyActions(event.key, card);
    if (event.key === "f") onFit();
    if (actions.length === 0 || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    for (const action of actions) onAction(action);
  };
  return (
    <div
      ref={ref}
      className={classes.layer}
      role="group"
      aria-label={`Lineage graph, ${scene.cards.length} boxes. Arrow keys walk along the lines.`}
    >
      {scene.cards.map((card) => (
        <button
          key={card.id}
          ref={(element) => {
            if (element === null) buttons.current.delete(card.id);
            else buttons.current.set(card.id, element);
          }}
          type="button"
          className={classes.card}
          style={{ left: card.x, top: card.y, width: card.width, height: card.height }}
          tabIndex={card.id === stop ? 0 : -1}
          aria-label={labelOf(card)}
          aria-current={card.id === selected}
          data-card={card.id}
          onFocus={() => onCursor(card.id)}
          onBlur={() => onCursor(null)}
          onClick={() => onAction({ does: card.kind === "crowd" ? "open" : "select", id: card.id })}
          onKeyDown={(event) => onKeyDown(event, card)}
        />
      ))}
    </div>
  );
}

/** Enter is the button's own click. Space opens columns, plus and minus show and hide neighbours, Escape lets go. */
function keyActions(key: string, card: PlacedCard): CardAction[] {
  const { id } = card;
  if (key === "Escape") return [{ does: "leave" }];
  if (key === " ") return card.fieldCount > 0 ? [{ does: "columns", id }] : [{ does: "select", id }];
  if (key === "+")
    return (["up", "down"] as const)
      .filter((side) => card.hidden[side] > 0)
      .map((side) => ({ does: "expand", id, side }));
  if (key === "-") return [{ does: "fold", id, side: card.layer > 0 ? "up" : "down" }];
  return [];
}

function labelOf(card: PlacedCard): string {
  const parts = [card.kind === "job" ? "Job" : card.kind === "dataset" ? "Dataset" : "Group", card.title, card.place];
  if (card.state !== null) parts.push(`last run ${card.state.toLowerCase()}`);
  if (card.fieldCount > 0) parts.push(`${card.fieldCount} columns${card.unfolded ? ", shown" : ""}`);
  for (const side of ["up", "down"] as const)
    if (card.hidden[side] > 0) parts.push(`${card.hidden[side]} hidden ${side}stream`);
  return parts.join(", ");
}
