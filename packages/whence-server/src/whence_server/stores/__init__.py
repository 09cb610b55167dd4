"""Where the log and the graph lie: one interface (`base`, `rows`), one package per implementation."""
