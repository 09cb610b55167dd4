// Buttons for what the wheel and the keys do too.
import { ActionIcon, Tooltip } from "@mantine/core";
import { IconArrowsMaximize, IconMinus, IconPlus } from "@tabler/icons-react";
import type { RefObject } from "react";

import type { GraphCanvas } from "#canvas/graphCanvas.ts";

import classes from "./Stage.module.css";

export function ZoomButtons({ surface }: { surface: RefObject<GraphCanvas | null> }) {
  const tools = [
    { label: "Zoom in", icon: IconPlus, act: () => surface.current?.zoomBy(1.3) },
    { label: "Zoom out", icon: IconMinus, act: () => surface.current?.zoomBy(1 / 1.3) },
    { label: "Fit everything", icon: IconArrowsMaximize, act: () => surface.current?.fit() },
  ];
  return (
    <div className={classes.tools}>
      {tools.map(({ label, icon: Icon, act }) => (
        <Tooltip key={label} label={label} position="left">
          <ActionIcon variant="default" size="lg" aria-label={label} onClick={act}>
            <Icon size={18} aria-hidden />
          </ActionIcon>
        </Tooltip>
      ))}
    </div>
  );
}
