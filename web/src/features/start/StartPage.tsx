// The first page: search, how much there is, what ran last; and for an empty server, how to send the first event.
import { Anchor, Container, Group, Skeleton, Stack, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";

import { useApi } from "#ui/apiContext.tsx";
import { ProblemNote } from "#ui/ProblemNote.tsx";

import { FirstEvent } from "./FirstEvent.tsx";
import { RecentJobs } from "./RecentJobs.tsx";
import classes from "./StartPage.module.css";

const RECENT = 12;

export function StartPage({ search, onOpen }: { search: ReactNode; onOpen: (entity: string) => void }) {
  const api = useApi();
  const jobs = useQuery({
    queryKey: ["jobs", RECENT],
    queryFn: ({ signal }) => api.jobs(RECENT, signal),
    refetchInterval: 15_000,
  });
  return (
    <Container size="md" className={classes.page}>
      <Stack gap="xl">
        <Stack gap={6} align="center">
          <Title order={1} className={classes.title}>
            Where does it come from, and where does it go?
          </Title>
          <Text c="dimmed" ta="center">
            Every dataset, job and column that told of itself, as one graph.
          </Text>
        </Stack>
        {search}
        {jobs.error !== null && <ProblemNote error={jobs.error} onRetry={() => void jobs.refetch()} />}
        <Counts jobs={jobs.data?.totalCount ?? null} />
        {jobs.data === undefined && jobs.error === null && <Skeleton height={220} />}
        {jobs.data !== undefined &&
          (jobs.data.jobs.length > 0 ? <RecentJobs jobs={jobs.data.jobs} onOpen={onOpen} /> : <FirstEvent />)}
        <Group justify="center" gap="lg">
          <Anchor size="xs" c="dimmed" href="openapi.json">
            API
          </Anchor>
          <Anchor size="xs" c="dimmed" href="metrics">
            Metrics
          </Anchor>
        </Group>
      </Stack>
    </Container>
  );
}

function useCounts() {
  const api = useApi();
  const datasets = useQuery({ queryKey: ["counts", "datasets"], queryFn: ({ signal }) => api.datasetCounts(signal) });
  const namespaces = useQuery({ queryKey: ["counts", "namespaces"], queryFn: ({ signal }) => api.namespaces(signal) });
  const events = useQuery({ queryKey: ["counts", "events"], queryFn: ({ signal }) => api.eventCount(signal) });
  return {
    datasets: datasets.data?.at(-1)?.count ?? null,
    namespaces: namespaces.data?.totalCount ?? null,
    events: events.data?.totalCount ?? null,
  };
}

function Counts({ jobs }: { jobs: number | null }) {
  const { datasets, namespaces, events } = useCounts();
  const counts = { jobs, datasets, namespaces, events };
  return (
    <dl className={classes.counts}>
      {Object.entries(counts).map(([name, count]) => (
        <div key={name} className={classes.count}>
          <dd>{count === null ? "–" : count.toLocaleString("en")}</dd>
          <dt>{name}</dt>
        </div>
      ))}
    </dl>
  );
}
