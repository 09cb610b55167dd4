// One run: how it went, when, why it failed, what it read and wrote, the runs above and below it, its facets.
import { Alert, Button, Group, Stack, Text, Title, UnstyledButton } from "@mantine/core";
import { IconArrowLeft } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";

import type { RunDetail } from "#api/client.ts";
import { useApi } from "#ui/apiContext.tsx";
import { StateText } from "#ui/marks.tsx";
import { NodeLink } from "#ui/NodeName.tsx";
import { durationText, timeText } from "#ui/times.ts";

import classes from "./Details.module.css";
import { FacetTree } from "./FacetTree.tsx";
import { errorOf } from "./facets.ts";
import { Waiting } from "./Waiting.tsx";

interface RunDetailsProps {
  id: string;
  onBack: () => void;
  onRun: (id: string) => void;
  onOpen: (nodeId: string) => void;
}

export function RunDetails({ id, onBack, onRun, onOpen }: RunDetailsProps) {
  const api = useApi();
  const run = useQuery({
    queryKey: ["run", id],
    queryFn: ({ signal }) => api.run(id, signal),
    refetchInterval: refetchWhileRunning,
  });
  return (
    <Stack gap="md">
      <Group justify="space-between">
        <Button
          size="compact-xs"
          variant="default"
          leftSection={<IconArrowLeft size={14} aria-hidden />}
          onClick={onBack}
        >
          Back
        </Button>
      </Group>
      <Waiting query={run}>
        {(data) => (
          <>
            <Outcome run={data} />
            <Facts run={data} />
            <Datasets title="Read" refs={data.inputDatasetVersions} onOpen={onOpen} />
            <Datasets title="Wrote" refs={data.outputDatasetVersions} onOpen={onOpen} />
            <Family run={data} onRun={onRun} />
            <section>
              <Title order={3} size="h6" mb={4}>
                Facets of the run
              </Title>
              <FacetTree facets={data.facets} />
            </section>
          </>
        )}
      </Waiting>
    </Stack>
  );
}

function refetchWhileRunning(query: { state: { data: RunDetail | undefined } }): number | false {
  return query.state.data?.state === "RUNNING" ? 5_000 : false;
}

function Outcome({ run }: { run: RunDetail }) {
  const error = errorOf(run.facets);
  return (
    <>
      <Title order={3} size="h5">
        <StateText state={run.state} />
      </Title>
      {error !== null && (
        <Alert color="red" variant="light" title="Why it failed">
          <Text size="sm" style={{ overflowWrap: "anywhere" }}>
            {error.message}
          </Text>
          {error.stackTrace !== null && (
            <pre className={classes.sql} tabIndex={0}>
              {error.stackTrace}
            </pre>
          )}
        </Alert>
      )}
    </>
  );
}

function Facts({ run }: { run: RunDetail }) {
  const facts: [string, ReactNode][] = [
    [
      "Run",
      <Text key="id" size="xs" ff="monospace" component="span">
        {run.id}
      </Text>,
    ],
    ["Started", run.startedAt === null ? "–" : timeText(run.startedAt)],
    ["Ended", run.endedAt === null ? "–" : timeText(run.endedAt)],
    ["Took", durationText(run.durationMs)],
    ...(run.nominalStartTime === null
      ? []
      : [["Scheduled for", timeText(run.nominalStartTime)] as [string, ReactNode]]),
  ];
  return (
    <dl className={classes.facts}>
      {facts.map(([name, value]) => (
        <div key={name} style={{ display: "contents" }}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

function Datasets({
  title,
  refs,
  onOpen,
}: {
  title: string;
  refs: RunDetail["inputDatasetVersions"];
  onOpen: (id: string) => void;
}) {
  if (refs.length === 0) return null;
  return (
    <section>
      <Title order={3} size="h6">
        {title}
      </Title>
      {refs.map(({ datasetVersionId: { namespace, name } }) => (
        <NodeLink key={`${namespace} ${name}`} node={{ type: "DATASET", namespace, name }} onOpen={onOpen} />
      ))}
    </section>
  );
}

/** The run that started this one, and those that it started. */
function Family({ run, onRun }: { run: RunDetail; onRun: (id: string) => void }) {
  const { parentRun, childRuns } = run;
  if (parentRun === null && childRuns.length === 0) return null;
  return (
    <section>
      {parentRun !== null && (
        <>
          <Title order={3} size="h6">
            Started by
          </Title>
          <UnstyledButton className={classes.run} onClick={() => onRun(parentRun.id)}>
            <Text size="sm">{parentRun.job?.name ?? parentRun.id}</Text>
          </UnstyledButton>
        </>
      )}
      {childRuns.length > 0 && (
        <Title order={3} size="h6">
          Started
        </Title>
      )}
      {childRuns.map((child) => (
        <UnstyledButton key={child.id} className={classes.run} onClick={() => onRun(child.id)}>
          <Text size="sm">{child.job.name}</Text>
          <StateText state={child.state} />
        </UnstyledButton>
      ))}
    </section>
  );
}
