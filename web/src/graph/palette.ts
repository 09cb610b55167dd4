// Colours that mean something, light and dark, for the drawing and the page alike. Meaning never hangs on colour
// alone: states have shapes, kinds have glyphs (glyphs.ts).
import type { RunState } from "./model.ts";
import type { Icon } from "./names.ts";

export interface Palette {
  paper: string;
  card: string;
  cardLine: string;
  header: string;
  title: string;
  faint: string;
  rowAlt: string;
  line: string;
  lineSoft: string;
  accent: string;
  accentSoft: string;
  field: string;
  fieldSoft: string;
  onAccent: string;
  pill: string;
  warn: string;
  onWarn: string;
  tile: Record<Icon, string>;
  state: Record<RunState, string>;
}

export const LIGHT: Palette = {
  paper: "#f5f6fa",
  card: "#ffffff",
  cardLine: "#d3d8e3",
  header: "#ffffff",
  title: "#151a27",
  faint: "#586174",
  rowAlt: "#f6f7fb",
  line: "#8d97ab",
  lineSoft: "#d7dce6",
  accent: "#4f3fd9",
  accentSoft: "#ebe8fd",
  field: "#c0267e",
  fieldSoft: "#fbe4f1",
  onAccent: "#ffffff",
  pill: "#ffffff",
  warn: "#fff3d6",
  onWarn: "#5c3d00",
  tile: { table: "#6552dd", file: "#2f72c9", object: "#2f72c9", topic: "#8a4bc2", model: "#bd5518", job: "#0d8573" },
  state: { COMPLETED: "#1a7f4b", FAILED: "#cc2b3d", RUNNING: "#1c6ad4", ABORTED: "#8f5a00", NEW: "#667085" },
};

export const DARK: Palette = {
  paper: "#10131b",
  card: "#1a1f2c",
  cardLine: "#333c4f",
  header: "#1d2331",
  title: "#f1f4fa",
  faint: "#a0abbe",
  rowAlt: "#1f2533",
  line: "#6c7890",
  lineSoft: "#2b3344",
  accent: "#a99bff",
  accentSoft: "#2c2750",
  field: "#ff8cc6",
  fieldSoft: "#46203a",
  onAccent: "#14121f",
  pill: "#232a3a",
  warn: "#3a2c10",
  onWarn: "#ffdf9e",
  tile: { table: "#7b68ee", file: "#3f86e0", object: "#3f86e0", topic: "#a266dd", model: "#d16a2a", job: "#159a86" },
  state: { COMPLETED: "#3ecf86", FAILED: "#ff6b78", RUNNING: "#5aa2ff", ABORTED: "#e0a33c", NEW: "#98a2b3" },
};
