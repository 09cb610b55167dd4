// Small line drawings on a 24 x 24 grid, as SVG path data: what a card stands for, and how a run ended. Own drawings.
import type { RunState } from "./model.ts";
import type { Icon } from "./names.ts";

export const KINDS: Record<Icon, string> = {
  table: "M4 6.500a8 3 0 0 1 16 0a8 3 0 0 1 -16 0zM4 6.500v11a8 3 0 0 0 16 0v-11M4 12a8 3 0 0 0 16 0",
  file: "M6 3h8l5 5v13h-13zM14 3v5h5M9 13h7M9 17h7",
  object: "M4 6a8 2.600 0 0 1 16 0a8 2.600 0 0 1 -16 0zM4 6l2.500 13.500a5.500 2 0 0 0 11 0L20 6",
  topic: "M3 8c3 -3 6 -3 9 0s6 3 9 0M3 13c3 -3 6 -3 9 0s6 3 9 0M3 18c3 -3 6 -3 9 0s6 3 9 0",
  model: "M12 2.800l8 4.600v9.200l-8 4.600l-8 -4.600v-9.200zM4 7.400l8 4.600l8 -4.600M12 12v9.200",
  job: "M9.9 5.1L10.3 2.3L13.7 2.3L14.1 5.1L15.4 5.6L17.7 4.0L20.0 6.3L18.4 8.6L18.9 9.9L21.7 10.3L21.7 13.7L18.9 14.1L18.4 15.4L20.0 17.7L17.7 20.0L15.4 18.4L14.1 18.9L13.7 21.7L10.3 21.7L9.9 18.9L8.6 18.4L6.3 20.0L4.0 17.7L5.6 15.4L5.1 14.1L2.3 13.7L2.3 10.3L5.1 9.9L5.6 8.6L4.0 6.3L6.3 4.0L8.6 5.6zM8.8 12a3.2 3.2 0 1 0 6.4 0a3.2 3.2 0 1 0 -6.4 0",
};

/** What a run's state looks like inside its badge; the badge's outline differs too (OUTLINES). */
export const STATES: Record<RunState, string> = {
  COMPLETED: "M7 12.500l3.400 3.400L17 9",
  FAILED: "M8.500 8.500l7 7M15.500 8.500l-7 7",
  RUNNING: "M9.500 7.500l7 4.500l-7 4.500z",
  ABORTED: "M7.500 12h9",
  NEW: "M12 7.500v5l3 2",
};

/** Round for what went well or is going on, octagon for failed, square for aborted. */
export const OUTLINES: Record<RunState, string> = {
  COMPLETED: "M2 12a10 10 0 1 0 20 0a10 10 0 1 0 -20 0z",
  RUNNING: "M2 12a10 10 0 1 0 20 0a10 10 0 1 0 -20 0z",
  NEW: "M2 12a10 10 0 1 0 20 0a10 10 0 1 0 -20 0z",
  FAILED: "M8 2.300h8l5.700 5.700v8l-5.700 5.700h-8l-5.700 -5.700v-8z",
  ABORTED: "M5 3h14a2 2 0 0 1 2 2v14a2 2 0 0 1 -2 2h-14a2 2 0 0 1 -2 -2v-14a2 2 0 0 1 2 -2z",
};

export const FOLD = { open: "M7 10l5 5l5 -5", closed: "M10 7l5 5l-5 5" } as const;
