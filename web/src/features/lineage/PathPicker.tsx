// Picks the two ends of a path: the next two nodes that are clicked (or opened from the keyboard).
import { Button } from "@mantine/core";

import { captionOf } from "#graph/names.ts";
import type { GraphNode } from "#graph/model.ts";

import classes from "./Lineage.module.css";

export function PathPicker({ from, onClose }: { from: GraphNode | null; onClose: () => void }) {
  return (
    <div className={`${classes.note ?? ""} ${classes.plain ?? ""}`} role="status">
      <span>
        {from === null ? (
          "Choose where the path begins: click a box, or walk there with the arrow keys and press Enter."
        ) : (
          <>
            From <strong>{captionOf(from).title}</strong> to … choose the other end.
          </>
        )}
      </span>
      <Button size="compact-xs" variant="default" onClick={onClose}>
        Cancel
      </Button>
    </div>
  );
}
