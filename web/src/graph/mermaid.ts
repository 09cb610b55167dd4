// The shown graph as a Mermaid flow chart, for a README or a ticket.
import type { GraphEdge, GraphNode } from "./model.ts";
import { captionOf } from "./names.ts";

/** Write nodes and edges as a Mermaid flow chart; inferred edges are dotted. */
export function mermaidOf(nodes: readonly GraphNode[], edges: readonly GraphEdge[]): string {
  const names = new Map(nodes.map((node, at) => [node.id, `n${at}`]));
  const lines = nodes.map((node) => {
    const label = quote(captionOf(node).title);
    return `  ${names.get(node.id) ?? ""}${node.type === "JOB" ? `(["${label}"])` : `["${label}"]`}`;
  });
  const arrows = edges.map(({ origin, destination, inferred }) => {
    return `  ${names.get(origin) ?? ""} ${inferred ? "-.->" : "-->"} ${names.get(destination) ?? ""}`;
  });
  return ["flowchart LR", ...lines, ...arrows, ""].join("\n");
}

function quote(text: string): string {
  return text.replace(/[#"&<>\n]/g, (sign) => `#${sign.codePointAt(0) ?? 32};`);
}
