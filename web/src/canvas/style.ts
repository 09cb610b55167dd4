// Cytoscape's stylesheet: nodes are invisible places for the painter's cards, edges are the lines one sees.
import type { EdgeSingular, StylesheetJson } from "cytoscape";

import type { Palette } from "#graph/palette.ts";

/** What an edge element carries besides its ends; offsets and corners are ready-made (see elements.ts). */
export interface LineData {
  id: string;
  source: string;
  target: string;
  leave: string;
  meet: string;
  weights: number[];
  distances: number[];
}

const data = (edge: EdgeSingular): LineData => edge.data() as LineData;

export function stylesheet(theme: Palette): StylesheetJson {
  return [
    {
      selector: "node",
      style: {
        shape: "rectangle",
        width: "data(width)",
        height: "data(height)",
        "background-opacity": 0,
        "border-width": 0,
        "overlay-opacity": 0,
        events: "no",
      },
    },
    {
      selector: "edge",
      style: {
        width: 1.6,
        "line-color": theme.line,
        "target-arrow-color": theme.line,
        "target-arrow-shape": "triangle",
        "arrow-scale": 0.85,
        "curve-style": "straight",
        "source-endpoint": (edge: EdgeSingular) => data(edge).leave,
        "target-endpoint": (edge: EdgeSingular) => data(edge).meet,
        "overlay-opacity": 0,
      },
    },
    {
      selector: "edge.routed",
      style: {
        "curve-style": "round-segments",
        "segment-distances": (edge: EdgeSingular) => data(edge).distances,
        "segment-weights": (edge: EdgeSingular) => data(edge).weights,
        "segment-radii": [8],
        "edge-distances": "endpoints",
      },
    },
    { selector: "edge.inferred", style: { "line-style": "dashed", "line-dash-pattern": [6, 5] } },
    {
      selector: "edge.field",
      style: {
        width: 1.3,
        "line-color": theme.field,
        "line-opacity": 0.62,
        "target-arrow-shape": "none",
        "curve-style": "unbundled-bezier",
        "control-point-distances": (edge: EdgeSingular) => data(edge).distances,
        "control-point-weights": (edge: EdgeSingular) => data(edge).weights,
        "edge-distances": "endpoints",
      },
    },
    { selector: "edge.field.indirect", style: { "line-style": "dotted" } },
    {
      selector: "edge.dim",
      style: { "line-color": theme.lineSoft, "target-arrow-color": theme.lineSoft, "line-opacity": 0.7 },
    },
    { selector: "edge.field.dim", style: { "line-opacity": 0.25 } },
    {
      selector: "edge.lit",
      style: { width: 2.4, "line-color": theme.accent, "target-arrow-color": theme.accent, "z-index": 5 },
    },
    { selector: "edge.field.lit", style: { width: 2.2, "line-color": theme.field, "line-opacity": 1, "z-index": 6 } },
    { selector: "edge.hover", style: { width: 3 } },
  ] as StylesheetJson;
}
