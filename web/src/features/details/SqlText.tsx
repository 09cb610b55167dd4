// SQL, laid out for reading. The formatter is a chunk of its own and comes when the first statement is shown; what it
// cannot read is shown as it was told.
import { Button, CopyButton, Stack } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";

import classes from "./Details.module.css";

async function layOut(sql: string): Promise<string> {
  const { format } = await import("sql-formatter");
  try {
    return format(sql, {
      language: "sql",
      keywordCase: "upper",
      paramTypes: { named: [":", "@", "$"], numbered: ["?", ":", "$"], positional: true },
    });
  } catch {
    return sql;
  }
}

export function SqlText({ sql }: { sql: string }) {
  const text = useQuery({ queryKey: ["sql", sql], queryFn: () => layOut(sql), staleTime: Infinity }).data ?? sql;
  return (
    <Stack gap="xs">
      <pre className={classes.sql} tabIndex={0} aria-label="SQL">
        {text}
      </pre>
      <CopyButton value={text}>
        {({ copied, copy }) => (
          <Button size="compact-xs" variant="default" onClick={copy} style={{ alignSelf: "flex-start" }}>
            {copied ? "Copied" : "Copy"}
          </Button>
        )}
      </CopyButton>
    </Stack>
  );
}
