// A dataset: its columns with types and tags, versions, the jobs around it, and every facet as it was told.
import { Badge, Group, Stack, Table, Tabs, Text, UnstyledButton } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";

import type { Dataset } from "#api/client.ts";
import type { DatasetNode } from "#graph/model.ts";
import { useApi } from "#ui/apiContext.tsx";
import { NodeLink } from "#ui/NodeName.tsx";
import { agoText, timeText } from "#ui/times.ts";

import classes from "./Details.module.css";
import type { DetailsActions } from "./DetailsPanel.tsx";
import { FacetTree } from "./FacetTree.tsx";
import { Waiting } from "./Waiting.tsx";

interface DatasetDetailsProps {
  node: DatasetNode;
  field: string | null;
  actions: DetailsActions;
}

export function DatasetDetails({ node, field, actions }: DatasetDetailsProps) {
  const api = useApi();
  const { namespace, name } = node;
  const dataset = useQuery({
    queryKey: ["dataset", namespace, name],
    queryFn: ({ signal }) => api.dataset({ namespace, name }, signal),
  });
  return (
    <Waiting query={dataset}>
      {(data) => (
        <>
          <About data={data} />
          <Tabs defaultValue="columns" keepMounted={false}>
            <Tabs.List mb="sm">
              <Tabs.Tab value="columns">Columns</Tabs.Tab>
              <Tabs.Tab value="versions">Versions</Tabs.Tab>
              <Tabs.Tab value="jobs">Jobs</Tabs.Tab>
              <Tabs.Tab value="facets">Facets</Tabs.Tab>
            </Tabs.List>
            <Tabs.Panel value="columns">
              <Columns fields={data.fields} field={field} onField={actions.onField} />
            </Tabs.Panel>
            <Tabs.Panel value="versions">
              <Versions namespace={namespace} name={name} onRun={actions.onRun} />
            </Tabs.Panel>
            <Tabs.Panel value="jobs">
              <Jobs title="Written by" jobs={data.producedBy} count={data.producerCount} onOpen={actions.onOpen} />
              <Jobs title="Read by" jobs={data.consumedBy} count={data.consumerCount} onOpen={actions.onOpen} />
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

function About({ data }: { data: Dataset }) {
  const { description, tags, aliases } = data;
  if ((description ?? "") === "" && tags.length === 0 && aliases.length === 0) return null;
  return (
    <Stack gap={6} mb="sm">
      {description !== null && description !== "" && <Text size="sm">{description}</Text>}
      <Tags tags={tags} />
      {aliases.length > 0 && (
        <Text size="xs" c="dimmed" style={{ overflowWrap: "anywhere" }}>
          Also known as {aliases.map((alias) => alias.replace(/^dataset:/, "")).join(", ")}
        </Text>
      )}
    </Stack>
  );
}

function Tags({ tags }: { tags: readonly string[] }) {
  if (tags.length === 0) return null;
  return (
    <Group gap={4}>
      {tags.map((tag) => (
        <Badge key={tag} size="sm" variant="light" tt="none">
          {tag}
        </Badge>
      ))}
    </Group>
  );
}

function Columns({
  fields,
  field,
  onField,
}: {
  fields: Dataset["fields"];
  field: string | null;
  onField: (field: string | null) => void;
}) {
  if (fields.length === 0)
    return (
      <Text size="sm" c="dimmed">
        No schema was told.
      </Text>
    );
  return (
    <Table verticalSpacing={5} horizontalSpacing={6} layout="fixed">
      <Table.Thead>
        <Table.Tr>
          <Table.Th>Column</Table.Th>
          <Table.Th w="36%">Type</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {fields.map((one) => (
          <Table.Tr key={one.name} className={one.name === field ? classes.traced : undefined}>
            <Table.Td>
              <UnstyledButton
                className={classes.field}
                aria-pressed={one.name === field}
                title="Trace this column through the graph"
                onClick={() => onField(one.name === field ? null : one.name)}
              >
                {one.name}
              </UnstyledButton>
              <Tags tags={one.tags} />
              {one.description !== null && (
                <Text size="xs" c="dimmed">
                  {one.description}
                </Text>
              )}
            </Table.Td>
            <Table.Td className={classes.type}>{one.type ?? "–"}</Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}

const VERSIONS = 50;
const JOBS = 100;

function Versions({ namespace, name, onRun }: { namespace: string; name: string; onRun: (id: string) => void }) {
  const api = useApi();
  const versions = useQuery({
    queryKey: ["versions", namespace, name],
    queryFn: ({ signal }) => api.datasetVersions({ namespace, name }, VERSIONS, signal),
  });
  return (
    <Waiting query={versions}>
      {(data) => (
        <Stack gap={2}>
          {data.versions.length === 0 && (
            <Text size="sm" c="dimmed">
              No run has written this dataset.
            </Text>
          )}
          {data.versions.map((version) => (
            <UnstyledButton
              key={version.version}
              className={classes.run}
              disabled={version.createdByRun === null}
              onClick={() => version.createdByRun !== null && onRun(version.createdByRun.id)}
            >
              <Text size="sm" ff="monospace">
                {version.version.slice(0, 8)}
              </Text>
              <Text size="sm" c="dimmed" title={timeText(version.createdAt)}>
                {agoText(version.createdAt)}
              </Text>
              <Text size="xs" c="dimmed">
                {version.fields.length} columns
                {version.createdByRun?.jobVersion != null && ` · by ${version.createdByRun.jobVersion.name}`}
              </Text>
            </UnstyledButton>
          ))}
          {data.totalCount > data.versions.length && (
            <Text
              size="xs"
              c="dimmed"
            >{`The newest ${data.versions.length} of ${data.totalCount.toLocaleString("en")}.`}</Text>
          )}
        </Stack>
      )}
    </Waiting>
  );
}

interface JobsProps {
  title: string;
  jobs: Dataset["producedBy"];
  count: number;
  onOpen: (id: string) => void;
}

function Jobs({ title, jobs, count, onOpen }: JobsProps) {
  return (
    <section aria-label={title}>
      <Text size="xs" fw={600} c="dimmed" mt="xs">
        {title}
      </Text>
      {jobs.length === 0 && (
        <Text size="sm" c="dimmed">
          no job
        </Text>
      )}
      {jobs.slice(0, JOBS).map((job) => (
        <NodeLink key={`${job.namespace} ${job.name}`} node={{ type: "JOB", ...job }} onOpen={onOpen} />
      ))}
      {count > JOBS && <Text size="xs" c="dimmed">{`The first ${JOBS} of ${count.toLocaleString("en")}.`}</Text>}
    </section>
  );
}
