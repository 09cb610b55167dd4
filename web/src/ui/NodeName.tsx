// A dataset or job by name, as it stands in lists and headings: mark, title, place.
import { Group, Text, UnstyledButton } from "@mantine/core";

import { captionOf } from "#graph/names.ts";

import { KindMark } from "./marks.tsx";
import classes from "./NodeName.module.css";

export interface NamedNode {
  type: "DATASET" | "JOB";
  namespace: string;
  name: string;
}

/** Name a node's id as the server does. */
export function nodeIdOf({ type, namespace, name }: NamedNode): string {
  return `${type === "JOB" ? "job" : "dataset"}:${namespace}:${name}`;
}

export function NodeName({ node, size = 26 }: { node: NamedNode; size?: number }) {
  const caption = captionOf(node);
  return (
    <Group gap="sm" wrap="nowrap" className={classes.name} title={`${node.namespace}\n${node.name}`}>
      <KindMark icon={caption.icon} size={size} />
      <div className={classes.texts}>
        <Text size="sm" fw={600} truncate>
          {caption.title}
        </Text>
        <Text size="xs" className={classes.place} truncate>
          {caption.place}
        </Text>
      </div>
    </Group>
  );
}

export function NodeLink({ node, onOpen, size }: { node: NamedNode; onOpen: (nodeId: string) => void; size?: number }) {
  return (
    <UnstyledButton className={classes.link} onClick={() => onOpen(nodeIdOf(node))}>
      <NodeName node={node} {...(size !== undefined && { size })} />
    </UnstyledButton>
  );
}
