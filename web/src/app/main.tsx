// Starts the application: the API at the page's own place, Mantine, the query cache.
import "@fontsource-variable/inter";
import "@fontsource-variable/jetbrains-mono";
import "@mantine/core/styles.css";

import { MantineProvider } from "@mantine/core";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";

import { ApiError, createApi } from "#api/client.ts";
import { questionsOf } from "#graph/questions.ts";
import { parseView } from "#graph/view.ts";
import { ApiProvider } from "#ui/apiContext.tsx";
import { graphQuery } from "#ui/graphQuery.ts";

import "./app.css";
import { App } from "./App.tsx";
import { cssVariables, theme } from "./theme.ts";

const api = createApi(new URL(document.baseURI));

// A question that was refused is not asked again; a server that is away is given one more chance before one is told.
const queries = new QueryClient({
  defaultOptions: {
    queries: {
      retry: (count, error) => count < 1 && error instanceof ApiError && (error.status === 0 || error.status >= 500),
      retryDelay: 400,
      staleTime: 10_000,
      networkMode: "always",
      refetchOnWindowFocus: true,
    },
  },
});

// A link to a graph: ask for it while the code of its page is still on the way.
for (const question of questionsOf(parseView(window.location.search)) ?? []) {
  queries.query(graphQuery(api, question)).catch(() => undefined);
}

const root = document.getElementById("root");
if (root === null) throw new Error("index.html lacks #root");
createRoot(root).render(
  <StrictMode>
    <MantineProvider theme={theme} cssVariablesResolver={cssVariables} defaultColorScheme="auto">
      <QueryClientProvider client={queries}>
        <ApiProvider api={api}>
          <App />
        </ApiProvider>
      </QueryClientProvider>
    </MantineProvider>
  </StrictMode>,
);
