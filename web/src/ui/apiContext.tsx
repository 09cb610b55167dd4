// Hands the API to whoever needs it; made once in app/main.tsx.
import { createContext, useContext, type ReactNode } from "react";

import type { Api } from "#api/client.ts";

const Context = createContext<Api | null>(null);

export function ApiProvider({ api, children }: { api: Api; children: ReactNode }) {
  return <Context value={api}>{children}</Context>;
}

export function useApi(): Api {
  const api = useContext(Context);
  if (api === null) throw new Error("useApi needs an ApiProvider above it.");
  return api;
}
