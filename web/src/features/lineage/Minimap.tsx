// The whole graph in a corner; click or drag to look elsewhere. Left out while everything is in view anyway.
import { useEffect, useRef, type PointerEvent } from "react";

import type { Viewport } from "#canvas/graphCanvas.ts";
import { MINIMAP, minimapScale, paintMinimap } from "#canvas/minimap.ts";
import type { Scene } from "#graph/scene.ts";
import { usePalette } from "#ui/usePalette.ts";

import classes from "./Stage.module.css";

interface MinimapProps {
  scene: Scene;
  viewport: Viewport;
  onLook: (x: number, y: number) => void;
}

export function Minimap({ scene, viewport, onLook }: MinimapProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const palette = usePalette();
  const { zoom, pan, width, height } = viewport;
  const allInView =
    pan.x >= 0 && pan.y >= 0 && pan.x + scene.width * zoom <= width && pan.y + scene.height * zoom <= height;
  useEffect(() => {
    if (canvas.current !== null) paintMinimap(canvas.current, scene, viewport, palette);
  });
  if (allInView) return null;
  const look = (event: PointerEvent<HTMLCanvasElement>): void => {
    if (event.buttons === 0) return;
    const box = event.currentTarget.getBoundingClientRect();
    const { scale, left, top } = minimapScale(scene);
    onLook((event.clientX - box.left - left) / scale, (event.clientY - box.top - top) / scale);
  };
  return (
    <canvas
      ref={canvas}
      className={classes.minimap}
      style={{ width: MINIMAP.width, height: MINIMAP.height }}
      aria-hidden="true"
      onPointerDown={look}
      onPointerMove={look}
    />
  );
}
