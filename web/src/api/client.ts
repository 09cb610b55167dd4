// The server's API as typed calls. The types come from its OpenAPI document (schema.ts, `npm run api`); nothing here
// renames or reshapes an answer. A call answers its document or throws an ApiError that says what happened.
import createClient, { type Client } from "openapi-fetch";

import type { components, paths } from "./schema.ts";

type Schemas = components["schemas"];

export type Problem = Schemas["Problem"];
export type Dataset = Schemas["DatasetDetail"];
export type DatasetVersion = Schemas["DatasetVersion"];
export type Job = Schemas["Job"];
export type Run = Schemas["Run"];
export type RunDetail = Schemas["RunDetail"];
export type Name = Schemas["Name"];
export type SearchHit = Schemas["SearchHit"];
export type GraphAnswer = Schemas["Graph"];
export type PathAnswer = Schemas["GraphPath"];
export type SqlLineage = Schemas["SqlLineage"];
export type SqlNote = Schemas["SqlNote"];

export interface SqlQuestion {
  sql: string;
  dialect: string | null;
  schema: Record<string, string[]>;
}

/** One candidate of an ambiguous name (409). */
export interface Candidate {
  id: string;
  type: "DATASET" | "JOB";
  namespace: string;
  name: string;
}

/** A call that got no usable answer. `status` is 0 when the server could not be reached at all. */
export class ApiError extends Error {
  readonly status: number;
  readonly problem: Problem | null;

  constructor(status: number, problem: Problem | null, message: string) {
    super(message);
    this.name = "ApiError";
    this.status = status;
    this.problem = problem;
  }

  /** The candidates of an ambiguous name; empty for every other error. */
  get candidates(): Candidate[] {
    const found: unknown = this.problem?.details?.["candidates"];
    return this.status === 409 && Array.isArray(found) ? (found as Candidate[]) : [];
  }
}

interface Outcome<T> {
  data?: T | undefined;
  error?: unknown;
  response: Response;
}

async function answerOf<T>(call: Promise<Outcome<T>>): Promise<T> {
  let outcome: Outcome<T>;
  try {
    outcome = await call;
  } catch (cause) {
    if (cause instanceof DOMException && cause.name === "AbortError") throw cause;
    throw new ApiError(0, null, "The server cannot be reached.");
  }
  if (outcome.response.ok && outcome.data !== undefined) return outcome.data;
  const problem = isProblem(outcome.error) ? outcome.error : null;
  const message =
    problem?.message ?? `The server answered ${outcome.response.status} ${outcome.response.statusText}`.trim();
  throw new ApiError(outcome.response.status, problem, message);
}

function isProblem(body: unknown): body is Problem {
  return typeof body === "object" && body !== null && "message" in body;
}

export interface GraphQuestion {
  entity: string;
  direction: "both" | "up" | "down";
  depth: number;
  fields: boolean;
  maxNodes?: number;
}

export type Api = ReturnType<typeof createApi>;

/** Make the calls against a server; `base` is where the page lies, so that it also works below a path prefix. */
export function createApi(base: URL) {
  const client: Client<paths> = createClient<paths>({ baseUrl: new URL(".", base).href.replace(/\/$/, "") });
  return {
    graph: (query: GraphQuestion, signal?: AbortSignal) =>
      answerOf(client.GET("/lineage/graph", { params: { query }, ...(signal && { signal }) })),
    path: (query: { frm: string; to: string; depth: number }, signal?: AbortSignal) =>
      answerOf(client.GET("/lineage/path", { params: { query }, ...(signal && { signal }) })),
    sqlLineage: (body: SqlQuestion, signal?: AbortSignal) =>
      answerOf(client.POST("/sql/lineage", { body, ...(signal && { signal }) })),
    search: (text: string, limit: number, signal?: AbortSignal) =>
      answerOf(client.GET("/api/v1/search", { params: { query: { q: text, limit } }, ...(signal && { signal }) })),
    jobs: (limit: number, signal?: AbortSignal) =>
      answerOf(client.GET("/api/v1/jobs", { params: { query: { limit } }, ...(signal && { signal }) })),
    namespaces: (signal?: AbortSignal) =>
      answerOf(client.GET("/api/v1/namespaces", { params: { query: { limit: 1 } }, ...(signal && { signal }) })),
    datasetCounts: (signal?: AbortSignal) =>
      answerOf(
        client.GET("/api/v1/stats/datasets", { params: { query: { period: "DAY" } }, ...(signal && { signal }) }),
      ),
    eventCount: (signal?: AbortSignal) =>
      answerOf(client.GET("/api/v1/events", { params: { query: { limit: 0 } }, ...(signal && { signal }) })),
    dataset: ({ namespace, name }: Name, signal?: AbortSignal) =>
      answerOf(
        client.GET("/api/v1/namespaces/{namespace}/datasets/{dataset}", {
          params: { path: { namespace, dataset: name } },
          ...(signal && { signal }),
        }),
      ),
    datasetVersions: ({ namespace, name }: Name, limit: number, signal?: AbortSignal) =>
      answerOf(
        client.GET("/api/v1/namespaces/{namespace}/datasets/{dataset}/versions", {
          params: { path: { namespace, dataset: name }, query: { limit } },
          ...(signal && { signal }),
        }),
      ),
    job: ({ namespace, name }: Name, signal?: AbortSignal) =>
      answerOf(
        client.GET("/api/v1/namespaces/{namespace}/jobs/{job}", {
          params: { path: { namespace, job: name } },
          ...(signal && { signal }),
        }),
      ),
    runs: ({ namespace, name }: Name, limit: number, signal?: AbortSignal) =>
      answerOf(
        client.GET("/api/v1/namespaces/{namespace}/jobs/{job}/runs", {
          params: { path: { namespace, job: name }, query: { limit } },
          ...(signal && { signal }),
        }),
      ),
    run: (id: string, signal?: AbortSignal) =>
      answerOf(
        client.GET("/api/v1/jobs/runs/{run_id}", { params: { path: { run_id: id } }, ...(signal && { signal }) }),
      ),
  };
}
