// An ambiguous name: choose what was meant.
import { Paper, Stack, Text, Title } from "@mantine/core";

import type { Candidate } from "#api/client.ts";
import { NodeLink } from "#ui/NodeName.tsx";

import classes from "./Lineage.module.css";

export function Candidates({
  name,
  candidates,
  onOpen,
}: {
  name: string;
  candidates: readonly Candidate[];
  onOpen: (id: string) => void;
}) {
  return (
    <section className={classes.middle} aria-labelledby="candidates">
      <Title order={2} size="h4" id="candidates">
        “{name}” is the name of several things
      </Title>
      <Text c="dimmed" size="sm" mb="md">
        Which one?
      </Text>
      <Paper withBorder p="xs">
        <Stack gap={2}>
          {candidates.map((candidate) => (
            <NodeLink key={candidate.id} node={candidate} onOpen={() => onOpen(candidate.id)} />
          ))}
        </Stack>
      </Paper>
    </section>
  );
}
