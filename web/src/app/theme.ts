// Mantine's theme: our fonts, our accent, and the palette of graph/ as CSS variables, so that page and drawing agree.
import { createTheme, type CSSVariablesResolver, type MantineColorsTuple } from "@mantine/core";

import { DARK, LIGHT, type Palette } from "#graph/palette.ts";

const iris: MantineColorsTuple = [
  "#f1effe",
  "#dfdbfb",
  "#bcb4f4",
  "#978bee",
  "#7868e8",
  "#6553e4",
  "#5a47e3",
  "#4f3fd9",
  "#4233b4",
  "#37299e",
];

// Mantine's dark greys, turned to the blue of the palette.
const dark: MantineColorsTuple = [
  "#dfe4ee",
  "#c3cad8",
  "#a0abbe",
  "#6c7890",
  "#3b455a",
  "#2b3344",
  "#232a3a",
  "#1a1f2c",
  "#151a25",
  "#10131b",
];

export const theme = createTheme({
  colors: { iris, dark },
  primaryColor: "iris",
  primaryShade: { light: 7, dark: 5 },
  fontFamily: '"Inter Variable", Inter, "Noto Sans KR", system-ui, sans-serif',
  fontFamilyMonospace: '"JetBrains Mono Variable", ui-monospace, monospace',
  headings: { fontWeight: "650" },
  defaultRadius: "md",
  cursorType: "pointer",
  respectReducedMotion: true,
});

const variablesOf = (palette: Palette): Record<string, string> => ({
  "--whence-paper": palette.paper,
  "--whence-card": palette.card,
  "--whence-line": palette.cardLine,
  "--whence-title": palette.title,
  "--whence-faint": palette.faint,
  "--whence-accent": palette.accent,
  "--whence-accent-soft": palette.accentSoft,
  "--whence-field": palette.field,
  "--whence-field-soft": palette.fieldSoft,
  "--whence-hover": palette.rowAlt,
  "--whence-warn": palette.warn,
  "--whence-on-warn": palette.onWarn,
  "--mantine-color-body": palette.card,
  "--mantine-color-text": palette.title,
  "--mantine-color-dimmed": palette.faint,
  "--mantine-color-anchor": palette.accent,
});

export const cssVariables: CSSVariablesResolver = () => ({
  variables: {},
  light: variablesOf(LIGHT),
  dark: variablesOf(DARK),
});
