// The one way a graph question is cached, so that the entry can ask it while the graph page's code is still coming.
import { queryOptions } from "@tanstack/react-query";

import type { Api } from "#api/client.ts";
import type { Question } from "#graph/questions.ts";

export function graphQuery(api: Api, question: Question) {
  return queryOptions({
    queryKey: ["graph", question],
    queryFn: ({ signal }) => api.graph(question, signal),
    staleTime: 30_000,
  });
}
