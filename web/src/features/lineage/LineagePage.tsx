// The graph page: asks, lays out, shows; clicks and keys become changes of the view, which is in the URL.
import { Loader, Progress } from "@mantine/core";
import { useCallback, useMemo, useRef, useState, type ReactNode } from "react";

import { ApiError } from "#api/client.ts";
import type { Graph, GraphNode, Side } from "#graph/model.ts";
import type { Scene } from "#graph/scene.ts";
import type { View } from "#graph/view.ts";
import { ProblemNote } from "#ui/ProblemNote.tsx";
import { usePalette } from "#ui/usePalette.ts";

import { applyAction, choosePathEnd } from "./actions.ts";
import { Candidates } from "./Candidates.tsx";
import type { CardAction } from "./CardButtons.tsx";
import { exportGraph } from "./exporting.ts";
import { GraphTable } from "./GraphTable.tsx";
import { highlightOf } from "./highlight.ts";
import { Legend } from "./Legend.tsx";
import classes from "./Lineage.module.css";
import { PathNote, StaleNote, TruncatedNote } from "./Notes.tsx";
import { PathPicker } from "./PathPicker.tsx";
import { Stage, type StageHandle } from "./Stage.tsx";
import { Toolbar, type ExportForm } from "./Toolbar.tsx";
import { useGraph, usePath, type GraphState } from "./useGraph.ts";
import { usePicture, useScene, type Picture } from "./useScene.ts";

const MOST_ROWS = 4000;

interface LineagePageProps {
  view: View;
  onView: (change: (view: View) => View) => void;
  onOpen: (entity: string) => void;
  /** The panel of a node; `hidden` counts its neighbours that are not drawn. */
  details: (node: GraphNode, hidden: Record<Side, number>) => ReactNode;
}

export function LineagePage({ view, onView, onOpen, details }: LineagePageProps) {
  const asked = useGraph(view);
  const { graph } = asked;
  const path = usePath(view);
  const picture = usePicture(graph, view);
  const scene = useScene(graph, picture, view.unfolded);
  const picking = usePicking(view, onView, graph);
  const stage = useRef<StageHandle>(null);
  const act = useCallback(
    (action: CardAction) => {
      if (!picking.take(action)) onView((now) => applyAction(now, action, graph));
    },
    [picking, onView, graph],
  );
  const save = useExport(graph, scene, picture, stage);
  return (
    <div className={classes.page}>
      <Toolbar
        entity={graph?.start ?? null}
        {...{ view, onView }}
        canUnfold={canUnfold(graph)}
        isPathOpen={picking.isOpen || view.path !== null}
        onPath={picking.toggle}
        onExport={save}
      />
      <div className={classes.body}>
        <main className={classes.main} aria-label="Lineage" aria-busy={asked.isLoading}>
          {asked.isLoading && (
            <Progress className={classes.loading ?? ""} value={100} animated size={3} aria-label="Fetching" />
          )}
          <div className={classes.notes}>
            {picking.isOpen && <PathPicker from={picking.from} onClose={picking.toggle} />}
            <PathNotes {...{ view, onView, path }} />
            {graph !== null && <GraphNotes graph={graph} asked={asked} />}
          </div>
          {graph === null ? (
            <NoGraph asked={asked} name={view.entity ?? ""} onOpen={onOpen} />
          ) : (
            <Shown {...{ view, picture, scene, stage, act, path: path.data?.found === true ? path.data : null }} />
          )}
        </main>
        {graph !== null && <Beside {...{ graph, picture, view, details }} />}
      </div>
    </div>
  );
}

interface BesideProps extends Pick<LineagePageProps, "view" | "details"> {
  graph: Graph;
  picture: Picture | null;
}

/** The panel of the selected node, if it is in the graph. */
function Beside({ graph, picture, view, details }: BesideProps) {
  const node = graph.nodes.get(view.node ?? "");
  return node === undefined ? null : details(node, picture?.shown.hidden.get(node.id) ?? { up: 0, down: 0 });
}

function GraphNotes({ graph, asked }: { graph: Graph; asked: GraphState }) {
  return (
    <>
      <TruncatedNote reasons={graph.truncated} nodes={graph.nodes.size} />
      {asked.error !== null && <StaleNote error={asked.error} onRetry={asked.retry} />}
    </>
  );
}

function PathNotes({
  view,
  onView,
  path,
}: Pick<LineagePageProps, "view" | "onView"> & { path: ReturnType<typeof usePath> }) {
  if (view.path === null) return null;
  if (path.error !== null) return <StaleNote error={path.error} onRetry={() => void path.refetch()} />;
  if (path.data === undefined) return null;
  return (
    <PathNote
      path={path.data}
      onReverse={() => onView((now) => ({ ...now, path: now.path && { from: now.path.to, to: now.path.from } }))}
      onClose={() => onView((now) => ({ ...now, path: null }))}
    />
  );
}

function useExport(
  graph: Graph | null,
  scene: Scene | null,
  picture: Picture | null,
  stage: React.RefObject<StageHandle | null>,
) {
  const palette = usePalette();
  return (form: ExportForm): void => {
    if (graph === null || scene === null || picture === null) return;
    const draw = (): Promise<Blob | null> => stage.current?.picture() ?? Promise.resolve(null);
    void exportGraph(form, { name: graph.start.name, scene, shown: picture.shown, palette, picture: draw });
  };
}

function NoGraph({ asked, name, onOpen }: { asked: GraphState; name: string; onOpen: (id: string) => void }) {
  const { error } = asked;
  if (error instanceof ApiError && error.candidates.length > 0) {
    return <Candidates name={name} candidates={error.candidates} onOpen={onOpen} />;
  }
  return (
    <div className={classes.middle}>
      {error !== null ? (
        <ProblemNote error={error} onRetry={asked.retry} />
      ) : (
        <Loader aria-label="Fetching" style={{ margin: "auto" }} />
      )}
    </div>
  );
}

interface ShownProps {
  view: View;
  picture: Picture | null;
  scene: Scene | null;
  stage: React.RefObject<StageHandle | null>;
  act: (action: CardAction) => void;
  path: Parameters<typeof highlightOf>[2];
}

function Shown({ view, picture, scene, stage, act, path }: ShownProps) {
  const highlight = useMemo(() => (picture === null ? null : highlightOf(view, picture, path)), [view, picture, path]);
  if (picture === null || highlight === null) return null;
  if (view.show === "table") {
    return <GraphTable shown={picture.shown} selected={view.node} onSelect={(id) => act({ does: "select", id })} />;
  }
  if (scene === null) return null;
  const anchor = scene.cards.some((card) => card.id === view.node)
    ? view.node
    : (scene.cards.find((card) => card.isStart)?.id ?? null);
  const subject = JSON.stringify([view.entity, view.direction, view.up, view.down, view.path, view.unfolded === "all"]);
  return (
    <>
      <Stage ref={stage} scene={scene} subject={subject} anchor={anchor} highlight={highlight} onAction={act} />
      <Legend scene={scene} />
    </>
  );
}

/** All columns are opened at once only where that still makes a picture. */
function canUnfold(graph: Graph | null): boolean {
  let rows = 0;
  for (const node of graph?.nodes.values() ?? []) if (node.type === "DATASET") rows += Math.min(node.fields.length, 40);
  return rows > 0 && rows <= MOST_ROWS;
}

/** The two clicks that make a path. `take` answers whether a click was one of them. */
function usePicking(view: View, onView: LineagePageProps["onView"], graph: Graph | null) {
  const [from, setFrom] = useState<string | null>(null);
  const [isOpen, setOpen] = useState(false);
  return useMemo(
    () => ({
      isOpen,
      from: (from === null ? null : graph?.nodes.get(from)) ?? null,
      toggle: () => {
        setOpen(!isOpen && view.path === null);
        setFrom(isOpen ? null : view.node);
        if (view.path !== null) onView((now) => ({ ...now, path: null }));
      },
      take: (action: CardAction): boolean => {
        const chosen = isOpen ? choosePathEnd(action, from) : null;
        if (chosen === null) return false;
        setFrom(chosen.from);
        if (chosen.to !== null) {
          setOpen(false);
          setFrom(null);
          onView((now) => ({ ...now, node: null, field: null, path: { from: chosen.from, to: chosen.to ?? "" } }));
        }
        return true;
      },
    }),
    [isOpen, from, graph, view.path, view.node, onView],
  );
}
