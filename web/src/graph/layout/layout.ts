// The layered layout, left to right: the table of contents of this folder.
import { buildLayers, breakCycles } from "./layers.ts";
import { orderLayers } from "./order.ts";
import { placeRows } from "./place.ts";
import { choosePorts } from "./ports.ts";
import { SPACE, type Box, type Layered, type Layout, type Link, type Placed, type Point } from "./problem.ts";
import { assignTracks, heights, routeLink, type Channels } from "./route.ts";

/** Above this many links, links are drawn straight: corners cost more than they tell. */
export const ROUTED_LINKS = 700;

/** Place boxes in layers and route the links between them; the same input gives the same picture. */
export function layoutGraph(boxes: readonly Box[], links: readonly Link[]): Layout {
  if (boxes.length === 0) return { boxes: new Map(), routes: new Map(), width: 0, height: 0 };
  const graph = buildLayers(boxes, breakCycles(boxes, links), links.length);
  orderLayers(graph);
  const y = placeRows(graph);
  const routed = links.length <= ROUTED_LINKS;
  const ports = choosePorts(graph, y);
  const channels = routed ? assignTracks(graph, ports, y) : null;
  const columns = placeColumns(graph, channels);
  const routes = new Map<string, Point[]>();
  if (channels !== null) {
    links.forEach((link, at) => {
      const level = heights(graph, at, ports, y);
      if (level.length > 1) routes.set(link.id, routeLink(graph, at, level, edgesOf(graph, columns, channels)));
    });
  }
  return { boxes: placedBoxes(graph, columns, y), routes, width: columns.width, height: heightOf(graph, y) };
}

interface Columns {
  left: number[];
  wide: number[];
  width: number;
}

function placeColumns(graph: Layered, channels: Channels | null): Columns {
  const left: number[] = [];
  const wide: number[] = [];
  let x = 0;
  let end = 0;
  graph.layers.forEach((layer, at) => {
    const width = layer.reduce((most, vertex) => Math.max(most, graph.boxes[vertex]?.width ?? 0), 0);
    left.push(x);
    wide.push(width);
    end = x + width;
    x = end + SPACE.channel + Math.max(0, (channels?.tracks[at] ?? 0) - 1) * SPACE.track;
  });
  return { left, wide, width: end };
}

function edgesOf(graph: Layered, columns: Columns, channels: Channels): Parameters<typeof routeLink>[3] {
  const left = (vertex: number): number => columns.left[graph.layerOf[vertex] ?? 0] ?? 0;
  const right = (vertex: number): number => left(vertex) + (columns.wide[graph.layerOf[vertex] ?? 0] ?? 0);
  return {
    left,
    right,
    track: (layer, link) => {
      const track = channels.trackOf[layer]?.get(link);
      if (track === undefined) return null;
      const start = (columns.left[layer] ?? 0) + (columns.wide[layer] ?? 0);
      const used = Math.max(0, (channels.tracks[layer] ?? 1) - 1) * SPACE.track;
      const room = (columns.left[layer + 1] ?? start) - start;
      return start + (room - used) / 2 + track * SPACE.track;
    },
  };
}

function placedBoxes(graph: Layered, columns: Columns, y: readonly number[]): Map<string, Placed> {
  return new Map(
    graph.boxes.map((box, at) => {
      const layer = graph.layerOf[at] ?? 0;
      const place = {
        x: columns.left[layer] ?? 0,
        y: (y[at] ?? 0) - box.anchor,
        width: columns.wide[layer] ?? box.width,
        layer,
      };
      return [box.id, place];
    }),
  );
}

function heightOf(graph: Layered, y: readonly number[]): number {
  return graph.boxes.reduce((most, box, at) => Math.max(most, (y[at] ?? 0) - box.anchor + box.height), 0);
}
