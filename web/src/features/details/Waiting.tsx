// A part of the panel while its answer is under way, or when it failed.
import { Skeleton, Stack } from "@mantine/core";
import type { UseQueryResult } from "@tanstack/react-query";
import type { ReactNode } from "react";

import { ProblemNote } from "#ui/ProblemNote.tsx";

export function Waiting<T>({ query, children }: { query: UseQueryResult<T>; children: (data: T) => ReactNode }) {
  if (query.data !== undefined) return children(query.data);
  if (query.error !== null) return <ProblemNote error={query.error} onRetry={() => void query.refetch()} />;
  return (
    <Stack gap="xs" aria-busy="true">
      <Skeleton height={18} />
      <Skeleton height={18} />
      <Skeleton height={18} width="60%" />
    </Stack>
  );
}
