// What the reader must know about the picture: that it was cut and why, that a part is missing, how the path search went.
import { Anchor, Button } from "@mantine/core";
import { IconAlertTriangle, IconPlugConnectedX } from "@tabler/icons-react";

import type { PathAnswer } from "#api/client.ts";
import { captionOf } from "#graph/names.ts";

import classes from "./Lineage.module.css";

export function TruncatedNote({ reasons, nodes }: { reasons: readonly string[]; nodes: number }) {
  if (reasons.length === 0) return null;
  return (
    <div className={classes.note} role="status" data-testid="truncated">
      <IconAlertTriangle size={18} aria-hidden />
      <span>
        <strong>This is not the whole graph.</strong> {nodes.toLocaleString("en")} nodes were answered:{" "}
        {reasons.join("; ")}. Fewer steps, or one direction, show a smaller graph in full; the numbers on the boxes say
        what is missing where.
      </span>
    </div>
  );
}

export function StaleNote({ error, onRetry }: { error: unknown; onRetry: () => void }) {
  return (
    <div className={classes.note} role="alert">
      <IconPlugConnectedX size={18} aria-hidden />
      <span>
        <strong>A part could not be fetched.</strong> {error instanceof Error ? error.message : "Unknown error."} What
        is shown is the last answer.
      </span>
      <Button size="compact-xs" variant="default" onClick={onRetry}>
        Try again
      </Button>
    </div>
  );
}

/** How the search for a way went, in words. */
export function PathNote({
  path,
  onReverse,
  onClose,
}: {
  path: PathAnswer;
  onReverse: () => void;
  onClose: () => void;
}) {
  const name = (entity: PathAnswer["from"]): string =>
    captionOf({ ...entity, type: entity.type === "JOB" ? "JOB" : "DATASET" }).title;
  return (
    <div className={`${classes.note ?? ""} ${classes.plain ?? ""}`} role="status" data-testid="path">
      <span>
        {path.found ? (
          <>
            <strong>{name(path.from)}</strong> reaches <strong>{name(path.to)}</strong> in{" "}
            {path.length === 1 ? "1 step" : `${path.length ?? 0} steps`}.
          </>
        ) : (
          <>
            Nothing leads from <strong>{name(path.from)}</strong> to <strong>{name(path.to)}</strong>
            {path.truncated ? `, as far as was searched (${path.truncatedReason ?? "cut"})` : ""}.
          </>
        )}{" "}
        {!path.found && path.reverseExists === true && (
          <Anchor component="button" size="sm" onClick={onReverse}>
            There is a way back: show it
          </Anchor>
        )}
      </span>
      <Button size="compact-xs" variant="default" onClick={onClose}>
        Close path
      </Button>
    </div>
  );
}
