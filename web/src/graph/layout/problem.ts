// The layered layout's question and answer, and its inner form with numbers for names.
// Method (Sugiyama, as measured in facts/sagemaker.md section 7): break cycles, longest-path layers, dummies on long
// links, barycentre sweeps, then coordinates by isotonic regression per layer and orthogonal routes in tracks.

export interface Box {
  id: string;
  /** 0 dataset, 1 job: they stand in layers of their own (even, odd). */
  kind: 0 | 1;
  width: number;
  height: number;
  /** Where links meet the box: distance of the header's middle from the top, and half the height that ports may use. */
  anchor: number;
  reach: number;
}

export interface Link {
  id: string;
  from: string;
  to: string;
}

export interface Point {
  x: number;
  y: number;
}

export interface Placed {
  x: number;
  y: number;
  width: number;
  layer: number;
}

export interface Layout {
  /** Box id -> its top left corner, the width of its layer's boxes, and its layer. */
  boxes: Map<string, Placed>;
  /** Link id -> its corners from the origin's border to the destination's; empty without routes. */
  routes: Map<string, Point[]>;
  width: number;
  height: number;
}

export const SPACE = {
  /** Between two boxes of a layer, and around a link that passes a layer. */
  row: 26,
  pass: 12,
  /** Between layers: at least this, and this much more for every track of upright link parts. */
  channel: 46,
  track: 9,
} as const;

/** A link of the layered graph, always from a lower layer to a higher one. */
export interface Arc {
  from: number;
  to: number;
  /** The link runs against the layers (it closed a cycle). */
  reversed: boolean;
  link: number;
}

/** The layered graph: vertices 0..boxes-1 are boxes, those above are dummies where a long link passes a layer. */
export interface Layered {
  boxes: readonly Box[];
  layerOf: number[];
  /** Layer -> vertices from top to bottom. */
  layers: number[][];
  /** Link -> its vertices from the lower layer to the higher: two ends and the dummies between. */
  chains: number[][];
  reversed: boolean[];
  /** Vertex -> vertices in the next lower and in the next higher layer, one entry a link. */
  before: number[][];
  after: number[][];
}
