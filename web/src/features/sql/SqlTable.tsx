// The same in words: every column that is written or given, what it comes from and how.
import { Table } from "@mantine/core";

import type { SqlLineage } from "#api/client.ts";

import classes from "./Sql.module.css";

interface Line {
  column: string;
  from: string;
  how: string;
}

export function SqlTable({ told }: { told: SqlLineage }) {
  return (
    <div className={classes.tables} role="region" aria-label="Lineage of the SQL as a table" tabIndex={0}>
      {told.statements
        .filter((said) => said.inputs.length > 0 || said.outputs.length > 0 || (said.fields?.length ?? 0) > 0)
        .map((said) => (
          <Table key={said.statement} captionSide="top" verticalSpacing={4} fz="xs">
            <Table.Caption ta="left">
              {said.statement}. {said.kind}
              {said.inputs.length > 0 && `, reads ${said.inputs.map((table) => table.fullName).join(", ")}`}
              {said.outputs.length > 0 && `, writes ${said.outputs.map((table) => table.fullName).join(", ")}`}
            </Table.Caption>
            <Table.Thead>
              <Table.Tr>
                <Table.Th>Column</Table.Th>
                <Table.Th>Comes from</Table.Th>
                <Table.Th>How</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {linesOf(said).map((line, number) => (
                <Table.Tr key={number}>
                  <Table.Td>{line.column}</Table.Td>
                  <Table.Td>{line.from}</Table.Td>
                  <Table.Td>{line.how}</Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        ))}
    </div>
  );
}

function linesOf(said: SqlLineage["statements"][number]): Line[] {
  const lines = (said.fields ?? []).flatMap((field): Line[] => {
    const column = field.table === null ? field.name : `${field.table}.${field.name}`;
    if (field.sources.length === 0)
      return [{ column, from: field.isWhole ? "" : "?", how: field.isWhole ? "constant" : "not known" }];
    return field.sources.map((source) => ({
      column,
      from: `${source.table}.${source.field}`,
      how: source.subtype + (source.masking ? ", masked" : ""),
    }));
  });
  const whole = said.indirect.map((source) => ({
    column: "all of them",
    from: `${source.table}.${source.field}`,
    how: source.subtype,
  }));
  return [...lines, ...whole];
}
