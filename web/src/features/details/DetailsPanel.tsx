// The panel beside the graph: who this is, what can be done with it, and its tabs.
import { ActionIcon, Button, CopyButton, Group, Text, Title, Tooltip } from "@mantine/core";
import { IconArrowLeft, IconArrowRight, IconCheck, IconCopy, IconFocusCentered, IconX } from "@tabler/icons-react";

import type { GraphNode, Side } from "#graph/model.ts";
import { captionOf } from "#graph/names.ts";
import { KindMark } from "#ui/marks.tsx";

import { DatasetDetails } from "./DatasetDetails.tsx";
import classes from "./Details.module.css";
import { JobDetails } from "./JobDetails.tsx";
import { RunDetails } from "./RunDetails.tsx";

export interface DetailsActions {
  onClose: () => void;
  /** Select a node, or go to it when it is not in the graph. */
  onOpen: (nodeId: string) => void;
  onFocus: (nodeId: string) => void;
  onExpand: (side: Side) => void;
  onField: (field: string | null) => void;
  onRun: (runId: string | null) => void;
}

interface DetailsPanelProps {
  node: GraphNode;
  hidden: Record<Side, number>;
  field: string | null;
  run: string | null;
  actions: DetailsActions;
}

export function DetailsPanel({ node, hidden, field, run, actions }: DetailsPanelProps) {
  return (
    <aside className={classes.panel} aria-label="Details" data-testid="details">
      <Head node={node} hidden={hidden} actions={actions} />
      <div className={classes.content}>
        {run !== null ? (
          <RunDetails id={run} onBack={() => actions.onRun(null)} onRun={actions.onRun} onOpen={actions.onOpen} />
        ) : node.type === "DATASET" ? (
          <DatasetDetails key={node.id} node={node} field={field} actions={actions} />
        ) : (
          <JobDetails key={node.id} node={node} actions={actions} />
        )}
      </div>
    </aside>
  );
}

function Head({ node, hidden, actions }: Pick<DetailsPanelProps, "node" | "hidden" | "actions">) {
  const caption = captionOf(node);
  return (
    <header className={classes.head}>
      <Group wrap="nowrap" align="flex-start" gap="sm">
        <KindMark icon={caption.icon} size={34} />
        <div style={{ flex: 1, minWidth: 0 }}>
          <Text size="xs" c="dimmed">
            {node.type === "JOB" ? "Job" : "Dataset"}
          </Text>
          <Title order={2} className={classes.title}>
            {node.name}
          </Title>
          <div className={classes.place}>{node.namespace}</div>
        </div>
        <CopyId id={node.id} />
        <ActionIcon variant="subtle" color="gray" aria-label="Close details" onClick={actions.onClose}>
          <IconX size={18} aria-hidden />
        </ActionIcon>
      </Group>
      <Group gap={6} mt="sm">
        <Button
          size="compact-xs"
          variant="default"
          leftSection={<IconFocusCentered size={14} aria-hidden />}
          onClick={() => actions.onFocus(node.id)}
        >
          Centre here
        </Button>
        {hidden.up > 0 && (
          <Button
            size="compact-xs"
            variant="default"
            leftSection={<IconArrowLeft size={14} aria-hidden />}
            onClick={() => actions.onExpand("up")}
          >
            {hidden.up.toLocaleString("en")} more upstream
          </Button>
        )}
        {hidden.down > 0 && (
          <Button
            size="compact-xs"
            variant="default"
            rightSection={<IconArrowRight size={14} aria-hidden />}
            onClick={() => actions.onExpand("down")}
          >
            {hidden.down.toLocaleString("en")} more downstream
          </Button>
        )}
      </Group>
    </header>
  );
}

function CopyId({ id }: { id: string }) {
  return (
    <CopyButton value={id}>
      {({ copied, copy }) => (
        <Tooltip label={copied ? "Copied" : "Copy the node id"}>
          <ActionIcon variant="subtle" color="gray" aria-label="Copy the node id" onClick={copy}>
            {copied ? <IconCheck size={16} aria-hidden /> : <IconCopy size={16} aria-hidden />}
          </ActionIcon>
        </Tooltip>
      )}
    </CopyButton>
  );
}
