// The palette of the colour scheme that is shown: the reader's choice, or else the system's.
import { useComputedColorScheme } from "@mantine/core";

import { DARK, LIGHT, type Palette } from "#graph/palette.ts";

export function usePalette(): Palette {
  return useComputedColorScheme("light") === "dark" ? DARK : LIGHT;
}
