// The jobs that ran last, with the state of their last run.
import { Paper, Table, Text, Title } from "@mantine/core";

import type { Job } from "#api/client.ts";
import { StateText } from "#ui/marks.tsx";
import { NodeLink } from "#ui/NodeName.tsx";
import { agoText, durationText, timeText } from "#ui/times.ts";

export function RecentJobs({ jobs, onOpen }: { jobs: readonly Job[]; onOpen: (entity: string) => void }) {
  return (
    <section aria-labelledby="recent-jobs">
      <Title order={2} size="h5" mb="xs" id="recent-jobs">
        Recent jobs
      </Title>
      <Paper withBorder radius="md" style={{ overflowX: "auto" }}>
        <Table verticalSpacing={2} highlightOnHover aria-labelledby="recent-jobs">
          <Table.Thead>
            <Table.Tr>
              <Table.Th>Job</Table.Th>
              <Table.Th>Last run</Table.Th>
              <Table.Th>When</Table.Th>
              <Table.Th ta="right">Took</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {jobs.map((job) => (
              <JobRow key={`${job.namespace} ${job.name}`} job={job} onOpen={onOpen} />
            ))}
          </Table.Tbody>
        </Table>
      </Paper>
    </section>
  );
}

function JobRow({ job, onOpen }: { job: Job; onOpen: (entity: string) => void }) {
  const run = job.latestRun;
  const when = run?.endedAt ?? run?.startedAt ?? job.updatedAt;
  return (
    <Table.Tr>
      <Table.Td maw={320}>
        <NodeLink node={{ type: "JOB", namespace: job.namespace, name: job.name }} onOpen={onOpen} />
      </Table.Td>
      <Table.Td>
        <StateText state={run?.state ?? null} />
      </Table.Td>
      <Table.Td>
        <Text size="sm" c="dimmed" title={timeText(when)}>
          {agoText(when)}
        </Text>
      </Table.Td>
      <Table.Td ta="right">
        <Text size="sm" c="dimmed">
          {durationText(run?.durationMs ?? null)}
        </Text>
      </Table.Td>
    </Table.Tr>
  );
}
