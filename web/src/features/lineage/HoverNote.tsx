// What is under the pointer, in full: long names, what a line rests on, how a column became another.
import type { Pointed } from "#canvas/graphCanvas.ts";
import type { FieldLine } from "#graph/fieldLines.ts";
import type { Scene, SceneLine } from "#graph/scene.ts";
import { captionOf } from "#graph/names.ts";
import { timeText } from "#ui/times.ts";

import classes from "./Stage.module.css";

export interface Hovered {
  pointed: Pointed;
  at: { x: number; y: number };
}

const SOURCES = {
  lineage: "stated by the producer (lineage facet)",
  columnLineage: "stated by the producer (column lineage)",
  sql: "inferred: read out of the job's SQL",
  inputsOutputs: "inferred: the job reads one and writes the other",
} as const;

export function HoverNote({ hovered, scene }: { hovered: Hovered; scene: Scene }) {
  const content = contentOf(hovered.pointed, scene);
  if (content === null) return null;
  const left = Math.min(hovered.at.x + 14, window.innerWidth - 480);
  return (
    <div className={classes.note} style={{ left: Math.max(left, 8), top: hovered.at.y + 18 }} role="presentation">
      {content}
    </div>
  );
}

function contentOf(pointed: Pointed, scene: Scene) {
  if (pointed === null) return null;
  if ("line" in pointed)
    return lineNote(
      scene.lines.find((line) => line.id === pointed.line),
      scene,
    );
  if ("fieldLine" in pointed) return fieldNote(scene.fieldLines.find((line) => line.id === pointed.fieldLine));
  const { hit } = pointed;
  if (hit.kind === "row") return rowNote(hit.field, hit.card.rows.find((row) => row.name === hit.field)?.type ?? null);
  if (hit.kind === "pill") {
    const where = hit.pill.side === "up" ? "upstream" : "downstream";
    return hit.pill.does === "fold" ? `Hide what is ${where}` : `Show ${hit.pill.count} more ${where}`;
  }
  if (hit.kind === "columns") return hit.card.unfolded ? "Hide columns" : "Show columns";
  return (
    <>
      <strong>{hit.card.full.slice(hit.card.full.indexOf(" ") + 1)}</strong>
      <br />
      <small>{hit.card.full.slice(0, hit.card.full.indexOf(" "))}</small>
    </>
  );
}

function rowNote(name: string, type: string | null) {
  return (
    <>
      <strong>{name}</strong> {type !== null && <small>{type}</small>}
      <br />
      <small>Click to trace this column</small>
    </>
  );
}

function lineNote(line: SceneLine | undefined, scene: Scene) {
  const edge = line?.edge;
  if (line === undefined || edge === undefined || edge === null) return null;
  const title = (id: string): string => scene.cards.find((card) => card.id === id)?.title ?? id;
  return (
    <>
      <strong>
        {title(line.from)} → {title(line.to)}
      </strong>
      <br />
      <small>
        {SOURCES[edge.source]}
        {edge.lastSeen !== null && <>, last seen {timeText(edge.lastSeen)}</>}
      </small>
    </>
  );
}

function fieldNote(line: FieldLine | undefined) {
  if (line === undefined) return null;
  const { from, to, job, transformations } = line.link;
  const how = transformations.map((one) =>
    [one["type"], one["subtype"]].filter((part) => typeof part === "string").join(" "),
  );
  return (
    <>
      <strong>
        {from.field} → {to.field}
      </strong>
      <br />
      <small>
        {how.length > 0 ? how.join("; ").toLowerCase() : "no transformation stated"}
        {job !== null && (
          <> · by {captionOf({ type: "JOB", namespace: "", name: job.slice(job.lastIndexOf(":") + 1) }).title}</>
        )}
      </small>
    </>
  );
}
