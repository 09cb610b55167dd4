// A job: its runs, the SQL it ran, what it reads and writes, its parent, and every facet as it was told.
import { Stack, Tabs, Text, UnstyledButton } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";

import type { Job, Run } from "#api/client.ts";
import type { JobNode } from "#graph/model.ts";
import { useApi } from "#ui/apiContext.tsx";
import { StateText } from "#ui/marks.tsx";
import { NodeLink } from "#ui/NodeName.tsx";
import { agoText, durationText, timeText } from "#ui/times.ts";

import classes from "./Details.module.css";
import type { DetailsActions } from "./DetailsPanel.tsx";
import { FacetTree } from "./FacetTree.tsx";
import { errorOf, sqlOf } from "./facets.ts";
import { SqlText } from "./SqlText.tsx";
import { Waiting } from "./Waiting.tsx";

const RUNS = 50;

export function JobDetails({ node, actions }: { node: JobNode; actions: DetailsActions }) {
  const api = useApi();
  const { namespace, name } = node;
  const job = useQuery({
    queryKey: ["job", namespace, name],
    queryFn: ({ signal }) => api.job({ namespace, name }, signal),
  });
  return (
    <Waiting query={job}>
      {(data) => (
        <>
          <About data={data} node={node} onOpen={actions.onOpen} />
          <Tabs defaultValue="runs" keepMounted={false}>
            <Tabs.List mb="sm">
              <Tabs.Tab value="runs">Runs</Tabs.Tab>
              {sqlOf(data.facets) !== null && <Tabs.Tab value="sql">SQL</Tabs.Tab>}
              <Tabs.Tab value="datasets">Datasets</Tabs.Tab>
              <Tabs.Tab value="facets">Facets</Tabs.Tab>
            </Tabs.List>
            <Tabs.Panel value="runs">
              <Runs namespace={namespace} name={name} onRun={actions.onRun} />
            </Tabs.Panel>
            <Tabs.Panel value="sql">
              <SqlText sql={sqlOf(data.facets) ?? ""} />
            </Tabs.Panel>
            <Tabs.Panel value="datasets">
              <Datasets title="Reads" datasets={data.inputs} onOpen={actions.onOpen} />
              <Datasets title="Writes" datasets={data.outputs} onOpen={actions.onOpen} />
            </Tabs.Panel>
            <Tabs.Panel value="facets">
              <FacetTree facets={data.facets} />
            </Tabs.Panel>
          </Tabs>
        </>
      )}
    </Waiting>
  );
}

function About({ data, node, onOpen }: { data: Job; node: JobNode; onOpen: (id: string) => void }) {
  const jobType = node.jobType;
  const kind = [jobType?.["integration"], jobType?.["jobType"], jobType?.["processingType"] ?? data.type].filter(
    (part) => typeof part === "string" && part !== "",
  );
  return (
    <Stack gap={4} mb="sm">
      {data.description !== null && data.description !== "" && <Text size="sm">{data.description}</Text>}
      <Text size="xs" c="dimmed">
        {kind.join(" · ").toLowerCase()}
      </Text>
      {data.location !== null && (
        <Text size="xs" c="dimmed" style={{ overflowWrap: "anywhere" }}>
          {data.location}
        </Text>
      )}
      {node.parent !== null && (
        <div>
          <Text size="xs" fw={600} c="dimmed">
            Part of
          </Text>
          <NodeLink node={{ type: "JOB", ...node.parent }} onOpen={onOpen} />
        </div>
      )}
    </Stack>
  );
}

function Runs({ namespace, name, onRun }: { namespace: string; name: string; onRun: (id: string) => void }) {
  const api = useApi();
  const runs = useQuery({
    queryKey: ["runs", namespace, name],
    queryFn: ({ signal }) => api.runs({ namespace, name }, RUNS, signal),
    refetchInterval: 15_000,
  });
  return (
    <Waiting query={runs}>
      {(data) => (
        <Stack gap={2}>
          {data.runs.length === 0 && (
            <Text size="sm" c="dimmed">
              This job has not run.
            </Text>
          )}
          {data.runs.map((run) => (
            <RunLine key={run.id} run={run} onRun={onRun} />
          ))}
          {data.totalCount > data.runs.length && (
            <Text
              size="xs"
              c="dimmed"
            >{`The newest ${data.runs.length} of ${data.totalCount.toLocaleString("en")}.`}</Text>
          )}
        </Stack>
      )}
    </Waiting>
  );
}

function RunLine({ run, onRun }: { run: Run; onRun: (id: string) => void }) {
  const when = run.startedAt ?? run.createdAt;
  const error = errorOf(run.facets);
  return (
    <UnstyledButton
      className={classes.run}
      onClick={() => onRun(run.id)}
      aria-label={`Run ${run.id}, ${run.state.toLowerCase()}`}
    >
      <StateText state={run.state} />
      <Text size="sm" c="dimmed" title={timeText(when)}>
        {agoText(when)}
      </Text>
      <Text size="xs" c="dimmed" ff="monospace">
        {run.id.slice(0, 18)}…
      </Text>
      <Text size="xs" c="dimmed" ta="right">
        {durationText(run.durationMs)}
      </Text>
      {error !== null && (
        <Text size="xs" c="red" lineClamp={2} style={{ gridColumn: "1 / -1" }}>
          {error.message}
        </Text>
      )}
    </UnstyledButton>
  );
}

function Datasets({
  title,
  datasets,
  onOpen,
}: {
  title: string;
  datasets: Job["inputs"];
  onOpen: (id: string) => void;
}) {
  return (
    <section aria-label={title}>
      <Text size="xs" fw={600} c="dimmed" mt="xs">
        {title}
      </Text>
      {datasets.length === 0 && (
        <Text size="sm" c="dimmed">
          nothing
        </Text>
      )}
      {datasets.map((dataset) => (
        <NodeLink key={`${dataset.namespace} ${dataset.name}`} node={{ type: "DATASET", ...dataset }} onOpen={onOpen} />
      ))}
    </section>
  );
}
