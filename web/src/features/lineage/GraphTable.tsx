// The graph as a table: the same nodes in the same order, for reading, searching in the page and screen readers.
import { Anchor, Badge, Table, Text } from "@mantine/core";

import type { Shown } from "#graph/filter.ts";
import type { GraphNode } from "#graph/model.ts";
import { captionOf } from "#graph/names.ts";
import { distanceText, tableOf } from "#graph/table.ts";
import { StateText } from "#ui/marks.tsx";
import { NodeName } from "#ui/NodeName.tsx";

import classes from "./Lineage.module.css";

interface GraphTableProps {
  shown: Shown;
  selected: string | null;
  onSelect: (id: string) => void;
}

export function GraphTable({ shown, selected, onSelect }: GraphTableProps) {
  const rows = tableOf(shown);
  const folded = shown.crowds.reduce((sum, crowd) => sum + crowd.roots.length, 0);
  return (
    <div className={classes.table} tabIndex={0} role="region" aria-label="Lineage as a table">
      <Table stickyHeader verticalSpacing={6} highlightOnHover>
        <Table.Caption>
          {rows.length.toLocaleString("en")} nodes, {shown.edges.length.toLocaleString("en")} edges
          {folded > 0 && `; ${folded.toLocaleString("en")} dead ends are grouped and not listed`}
        </Table.Caption>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Where</Table.Th>
            <Table.Th>Name</Table.Th>
            <Table.Th>Comes from</Table.Th>
            <Table.Th>Leads to</Table.Th>
            <Table.Th>Last run or columns</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {rows.map(({ node, from, to, hidden }) => (
            <Table.Tr
              key={node.id}
              aria-selected={node.id === selected}
              bg={node.id === selected ? "var(--whence-accent-soft)" : undefined}
            >
              <Table.Td>
                <Text size="sm" c="dimmed">
                  {distanceText(node.distance)}
                </Text>
              </Table.Td>
              <Table.Td maw={320}>
                <Anchor component="button" underline="never" c="inherit" ta="left" onClick={() => onSelect(node.id)}>
                  <NodeName node={node} />
                </Anchor>
              </Table.Td>
              <Table.Td>
                <Names nodes={from} hidden={hidden.up} onSelect={onSelect} />
              </Table.Td>
              <Table.Td>
                <Names nodes={to} hidden={hidden.down} onSelect={onSelect} />
              </Table.Td>
              <Table.Td>
                {node.type === "JOB" ? (
                  <StateText state={node.lastRunState} />
                ) : (
                  <Text size="sm">{node.fields.length} columns</Text>
                )}
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </div>
  );
}

function Names({
  nodes,
  hidden,
  onSelect,
}: {
  nodes: readonly GraphNode[];
  hidden: number;
  onSelect: (id: string) => void;
}) {
  return (
    <div className={classes.links}>
      {nodes.map((node) => (
        <Anchor key={node.id} component="button" size="sm" ta="left" onClick={() => onSelect(node.id)}>
          {captionOf(node).title}
        </Anchor>
      ))}
      {hidden > 0 && (
        <Badge variant="light" size="sm" tt="none">
          {hidden} not shown
        </Badge>
      )}
    </div>
  );
}
