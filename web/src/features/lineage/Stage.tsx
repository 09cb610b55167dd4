// The stage: the canvas, and over it a transparent button per card, which is what the keyboard and a screen reader meet.
import { useComputedColorScheme } from "@mantine/core";
import { useCallback, useDeferredValue, useEffect, useImperativeHandle, useRef, useState, type Ref } from "react";

import { GraphCanvas, type Pointed, type Viewport } from "#canvas/graphCanvas.ts";
import type { Highlight } from "#canvas/painter.ts";
import { fieldId } from "#graph/columns.ts";
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

const NO_SCENE: Scene = { cards: [], lines: [], fieldLines: [], width: 0, height: 0 };

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
  useSurface({ placeRef: place, layerRef: layer, surfaceRef: surface, actRef: act, setViewport, setHovered });
  const shownSubject = useRef<string | null>(null);
  useEffect(() => {
    surface.current?.show(scene, shownSubject.current === subject ? anchor : null);
    shownSubject.current = subject;
    // The anchor says what stays put when the scene changes; its own change moves nothing.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [scene, subject]);
  // The picture comes first; the buttons over it, a thousand perhaps, follow when there is time.
  const reached = useDeferredValue(scene, NO_SCENE);
  const { kind, id: hoveredId, field: hoveredField } = under(hovered?.pointed ?? null);
  useEffect(() => {
    surface.current?.setHighlight({ ...highlight, hovered: hoveredId, cursor, hoveredField });
  }, [highlight, hoveredId, hoveredField, cursor, scene]);
  useEffect(() => {
    // The panel opens beside the stage: once that has its new width, what was selected is brought back into view.
    const waiting = setTimeout(() => {
      if (highlight.selected !== null) surface.current?.reveal(highlight.selected);
    }, 120);
    return () => clearTimeout(waiting);
  }, [highlight.selected]);
  useImperativeHandle(ref, () => ({ picture: () => surface.current?.picture() ?? Promise.resolve(null) }));
  const reveal = useCallback((id: string | null) => {
    setCursor(id);
    if (id !== null) surface.current?.reveal(id);
  }, []);
  return (
    <div className={classes.stage} data-hit={kind}>
      <div ref={place} className={classes.paper} data-testid="paper" />
      <CardButtons
        ref={layer}
        scene={reached}
        selected={highlight.selected}
        onCursor={reveal}
        onAction={onAction}
        onFit={() => surface.current?.fit()}
      />
      <ZoomButtons surface={surface} />
      {viewport !== null && (
        <Minimap scene={scene} viewport={viewport} onLook={(x, y) => surface.current?.lookAt(x, y)} />
      )}
      {hovered !== null && <HoverNote hovered={hovered} scene={scene} />}
    </div>
  );
}

/** Which card and which of its rows is under the pointer. */
function under(pointed: Pointed): { kind: string; id: string | null; field: string | null } {
  if (pointed === null || !("hit" in pointed)) return { kind: "none", id: null, field: null };
  const { hit } = pointed;
  const field = hit.kind === "row" ? fieldId({ dataset: hit.card.id, field: hit.field }) : null;
  return { kind: hit.kind, id: hit.card.id, field };
}

interface SurfaceWiring {
  placeRef: React.RefObject<HTMLDivElement | null>;
  layerRef: React.RefObject<HTMLDivElement | null>;
  surfaceRef: React.RefObject<GraphCanvas | null>;
  actRef: React.RefObject<(action: CardAction) => void>;
  setViewport: (viewport: Viewport) => void;
  setHovered: (hovered: Hovered | null) => void;
}

/** Keep one canvas alive for as long as the stage is, and in the reader's colours. */
function useSurface({ placeRef, layerRef, surfaceRef, actRef, setViewport, setHovered }: SurfaceWiring): void {
  const palette = useComputedColorScheme("light") === "dark" ? DARK : LIGHT;
  useEffect(() => {
    if (placeRef.current === null) return;
    const paper = placeRef.current;
    const made = new GraphCanvas(paper, palette, {
      onTap: (pointed) => actRef.current(actionOf(pointed)),
      onHover: (pointed, at) => setHovered(pointed === null ? null : { pointed, at }),
      onViewport: (viewport) => {
        const { zoom, pan } = viewport;
        if (layerRef.current !== null)
          layerRef.current.style.transform = `translate(${pan.x}px, ${pan.y}px) scale(${zoom})`;
        paper.style.backgroundPosition = `${pan.x}px ${pan.y}px`;
        setViewport(viewport);
      },
    });
    surfaceRef.current = made;
    return () => {
      made.destroy();
      surfaceRef.current = null;
    };
    // One canvas for the stage's life; the palette has an effect of its own.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, []);
  useEffect(() => surfaceRef.current?.setTheme(palette), [surfaceRef, palette]);
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
