// The view's graph: its questions asked, the answers merged. What is shown stays until the next answer is there.
import { keepPreviousData, useQueries, useQuery, type UseQueryResult } from "@tanstack/react-query";
import { useMemo, useState } from "react";

import type { GraphAnswer as Answered } from "#api/client.ts";
import { mergeAnswers } from "#graph/merge.ts";
import type { Graph, GraphAnswer } from "#graph/model.ts";
import { questionsOf } from "#graph/questions.ts";
import type { View } from "#graph/view.ts";
import { useApi } from "#ui/apiContext.tsx";
import { graphQuery } from "#ui/graphQuery.ts";

export interface GraphState {
  graph: Graph | null;
  isLoading: boolean;
  /** Why there is no graph, or why a part of it is missing. */
  error: unknown;
  retry: () => void;
}

/** Ask for the graph of a view. */
export function useGraph(view: View): GraphState {
  const api = useApi();
  const questions = useMemo(() => questionsOf(view) ?? [], [view]);
  const path = usePath(view);
  const asked = useQueries({
    queries: questions.map((question) => ({
      ...graphQuery(api, question),
      placeholderData: keepPreviousData<Answered>,
    })),
    combine: combined,
  });
  const { answers, firstIsThere } = asked;
  const pathAnswer = path.data;
  const graph = useMemo(() => {
    const [first, ...rest] = firstIsThere ? answers : [];
    if (first === undefined) return null;
    const also = pathAnswer?.found === true ? [{ ...pathAnswer, entity: pathAnswer.from, fieldEdges: [] }] : [];
    return mergeAnswers([first, ...rest, ...also]);
  }, [answers, firstIsThere, pathAnswer]);
  const kept = useLast(graph, view.entity);
  return { graph: kept, isLoading: asked.isLoading, error: asked.error, retry: asked.retry };
}

/** The graph, or while a question about the same entity fails, the last one that was answered. */
function useLast(graph: Graph | null, entity: string | null): Graph | null {
  const [last, setLast] = useState<{ graph: Graph; entity: string | null } | null>(null);
  if (graph !== null && graph !== last?.graph) setLast({ graph, entity });
  return graph ?? (last?.entity === entity ? last.graph : null);
}

function combined(results: UseQueryResult<Answered>[]) {
  const answers: GraphAnswer[] = results.map((result) => result.data).filter((data) => data !== undefined);
  return {
    answers,
    firstIsThere: results[0]?.data !== undefined,
    isLoading: results.some((result) => result.isFetching),
    error: results.find((result) => result.error !== null)?.error ?? null,
    retry: () => {
      for (const result of results) if (result.error !== null) void result.refetch();
    },
  };
}

/** The way between the two nodes that the view names, if any. */
export function usePath(view: View) {
  const api = useApi();
  const { from, to } = view.path ?? { from: "", to: "" };
  return useQuery({
    queryKey: ["path", from, to],
    queryFn: ({ signal }) => api.path({ frm: from, to, depth: 50 }, signal),
    enabled: view.path !== null,
    retry: false,
  });
}
