// What the signs of the drawing mean; only those that the drawing holds.
import type { Scene } from "#graph/scene.ts";
import { StateText } from "#ui/marks.tsx";
import { usePalette } from "#ui/usePalette.ts";

import classes from "./Lineage.module.css";

export function Legend({ scene }: { scene: Scene }) {
  const palette = usePalette();
  const states = [...new Set(scene.cards.map((card) => card.state))].filter((state) => state !== null).sort();
  const hasStated = scene.lines.some((line) => line.edge?.inferred === false);
  const hasInferred = scene.lines.some((line) => line.edge?.inferred === true);
  return (
    <div className={classes.legend} role="note" aria-label="Legend">
      {hasStated && <Line color={palette.line} text="stated" />}
      {hasInferred && <Line color={palette.line} dash="6 5" text="inferred" />}
      {scene.fieldLines.length > 0 && <Line color={palette.field} text="column" />}
      {states.map((state) => (
        <StateText key={state} state={state} size="xs" />
      ))}
    </div>
  );
}

function Line({ color, dash, text }: { color: string; dash?: string; text: string }) {
  return (
    <span>
      <svg width="34" height="8" aria-hidden="true">
        <line
          x1="0"
          y1="4"
          x2="34"
          y2="4"
          stroke={color}
          strokeWidth="2"
          {...(dash !== undefined && { strokeDasharray: dash })}
        />
      </svg>
      {text}
    </span>
  );
}
