// The stage: the canvas, and over it a transparent button per card, which is what the keyboard and a screen reader meet.
import { useComputedColorScheme } from "@mantine/core";
import { useCallback, useEffect, useImperativeHandle, useRef, useState, type Ref } from "react";

import { GraphCanvas, type Pointed, type Viewport } from "#canvas/graphCanvas.ts";
import type { Highlight } from "#canvas/painter.ts";
import { DARK, LIGHT } from "#graph/palette.ts";
import type { Scene } from "#graph/scene.ts";

import { CardButtons, type CardAction } from "./CardButtons.tsx";
import { HoverNote, type Hovered } from "./HoverNote.tsx";
import { Minimap } from "./Minimap.tsx";
import classes from "./Stage.module.css";
import { ZoomButtons } from "./ZoomButtons.tsx";

export interface StageHandle {
  picture: () => Promise<Blob | null>;
}

interface StageProps {
  ref: Ref<StageHandle>;
  scene: Scene;
  /** Scenes of one subject keep their place on screen when they grow; another subject is fitted anew. */
  subject: string;
  /** The card that stays put while the scene changes around it. */
  anchor: string | null;
  highlight: Highlight;
  onAction: (action: CardAction) => void;
}

export function Stage({ ref, scene, subject, anchor, highlight, onAction }: StageProps) {
  const place = useRef<HTMLDivElement>(null);
  const layer = useRef<HTMLDivElement>(null);
  const surface = useRef<GraphCanvas | null>(null);
  const [viewport, setViewport] = useState<Viewport | null>(null);
  const [hovered, setHovered] = useState<Hovered | null>(null);
  const [cursor, setCursor] = useState<string | null>(null);
  const act = useRef(onAction);
  useEffect(() => {
    act.current = onAction;
  }, [onAction]);
  useSurface({ place, layer, surface, act, setViewport, setHovered });
  const shownSubject = useRef<string | null>(null);
  useEffect(() => {
    surface.current?.show(scene, shownSubject.current === subject ? anchor : null);
    shownSubject.current = subject;
    // The anchor says what stays put when the scene changes; its own change moves nothing.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [scene, subject]);
  const hoveredCard = hovered?.pointed !== null && hovered !== null && "hit" in hovered.pointed ? hovered.pointed.hit : null;
  const hoveredId = hoveredCard?.card.id ?? null;
  const hoveredField = hoveredCard?.kind === "row" ? `datasetField:${hoveredCard.card.id.slice(8)}:${hoveredCard.field}` : null;
  useEffect(() => {
    surface.current?.setHighlight({ ...highlight, hovered: hoveredId, cursor, hoveredField });
  }, [highlight, hoveredId, hoveredField, cursor, scene]);
  useImperativeHandle(ref, () => ({ picture: () => surface.current?.picture() ?? Promise.resolve(null) }));
  const reveal = useCallback((id: string | null) => {
    setCursor(id);
    if (id !== null) surface.current?.reveal(id);
  }, []);
  return (
    <div className={classes.stage} data-hit={hoveredCard?.kind ?? "none"}>
      <div ref={place} className={classes.paper} data-testid="paper" />
      <CardButtons
        ref={layer}
        scene={scene}
        selected={highlight.selected}
        onCursor={reveal}
        onAction={onAction}
        onFit={() => surface.current?.fit()}
      />
      <ZoomButtons surface={surface} />
      {viewport !== null && <Minimap scene={scene} viewport={viewport} onLook={(x, y) => surface.current?.lookAt(x, y)} />}
      {hovered !== null && <HoverNote hovered={hovered} scene={scene} />}
    </div>
  );
}

interface SurfaceWiring {
  place: React.RefObject<HTMLDivElement | null>;
  layer: React.RefObject<HTMLDivElement | null>;
  surface: React.RefObject<GraphCanvas | null>;
  act: React.RefObject<(action: CardAction) => void>;
  setViewport: (viewport: Viewport) => void;
  setHovered: (hovered: Hovered | null) => void;
}

/** Keep one canvas alive for as long as the stage is, and in the reader's colours. */
function useSurface({ place, layer, surface, act, setViewport, setHovered }: SurfaceWiring): void {
  const palette = useComputedColorScheme("light") === "dark" ? DARK : LIGHT;
  useEffect(() => {
    if (place.current === null) return;
    const paper = place.current;
    const made = new GraphCanvas(paper, palette, {
      onTap: (pointed) => act.current(actionOf(pointed)),
      onHover: (pointed, at) => setHovered(pointed === null ? null : { pointed, at }),
      onViewport: (viewport) => {
        const { zoom, pan } = viewport;
        if (layer.current !== null) layer.current.style.transform = `translate(${pan.x}px, ${pan.y}px) scale(${zoom})`;
        paper.style.backgroundPosition = `${pan.x}px ${pan.y}px`;
        setViewport(viewport);
      },
    });
    surface.current = made;
    return () => {
      made.destroy();
      surface.current = null;
    };
    // One canvas for the stage's life; the palette has an effect of its own.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, []);
  useEffect(() => surface.current?.setTheme(palette), [surface, palette]);
}

function actionOf(pointed: Pointed): CardAction {
  if (pointed === null || !("hit" in pointed)) return { does: "leave" };
  const { hit } = pointed;
  const { id } = hit.card;
  if (hit.card.kind === "crowd") return { does: "open", id };
  if (hit.kind === "pill") return { does: hit.pill.does, id, side: hit.pill.side };
  if (hit.kind === "row") return { does: "trace", id, field: hit.field };
  return { does: hit.kind === "columns" ? "columns" : "select", id };
}
