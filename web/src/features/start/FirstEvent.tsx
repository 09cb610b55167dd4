// What a new user needs to see a first graph: two lines for a service, or one variable for what already speaks OpenLineage.
import { Code, CopyButton, Button, Paper, Stack, Text, Title } from "@mantine/core";

export function FirstEvent() {
  const server = new URL(".", document.baseURI).href.replace(/\/$/, "");
  const lines = `import whence\nwhence.configure(sinks=["${server}"]); whence.install()`;
  return (
    <Paper withBorder radius="md" p="xl" component="section" aria-labelledby="first-event">
      <Stack gap="sm">
        <Title order={2} size="h4" id="first-event">
          Nothing here yet: send the first event
        </Title>
        <Text size="sm">Two lines in a Python service, before it opens its database:</Text>
        <Snippet text={lines} />
        <Text size="sm">Or point anything that already speaks OpenLineage (dbt, Airflow, Spark) here:</Text>
        <Snippet text={`export OPENLINEAGE_URL=${server}`} />
        <Text size="sm" c="dimmed">
          This page shows it as soon as it arrives. <Code>whence demo</Code> fills a graph to look around in.
        </Text>
      </Stack>
    </Paper>
  );
}

function Snippet({ text }: { text: string }) {
  return (
    <div style={{ position: "relative" }}>
      <Code block tabIndex={0} aria-label="Example">
        {text}
      </Code>
      <CopyButton value={text}>
        {({ copied, copy }) => (
          <Button size="compact-xs" variant="default" onClick={copy} style={{ position: "absolute", right: 8, top: 8 }}>
            {copied ? "Copied" : "Copy"}
          </Button>
        )}
      </CopyButton>
    </div>
  );
}
