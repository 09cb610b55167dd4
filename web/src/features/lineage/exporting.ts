// The graph leaves the page: as a file, or as text on the clipboard.
import { measureText } from "#canvas/text.ts";
import type { Shown } from "#graph/filter.ts";
import { mermaidOf } from "#graph/mermaid.ts";
import type { Palette } from "#graph/palette.ts";
import type { Scene } from "#graph/scene.ts";
import { svgOf } from "#graph/svg.ts";

import type { ExportForm } from "./Toolbar.tsx";

interface Exported {
  name: string;
  scene: Scene;
  shown: Shown;
  palette: Palette;
  picture: () => Promise<Blob | null>;
}

/** Hand the graph out in the form asked for. */
export async function exportGraph(form: ExportForm, what: Exported): Promise<void> {
  const name = what.name.replace(/[^\w.-]+/g, "_").slice(-80);
  if (form === "mermaid") {
    await navigator.clipboard.writeText(mermaidOf(what.shown.nodes, what.shown.edges));
  } else if (form === "svg") {
    save(`${name}.svg`, new Blob([svgOf(what.scene, what.palette, measureText)], { type: "image/svg+xml" }));
  } else {
    const picture = await what.picture();
    if (picture !== null) save(`${name}.png`, picture);
  }
}

function save(name: string, content: Blob): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(content);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
