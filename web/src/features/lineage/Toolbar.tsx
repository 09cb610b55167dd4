// What the graph is about, and the controls of what is shown of it.
import {
  ActionIcon,
  Button,
  Group,
  Popover,
  SegmentedControl,
  Stack,
  Text,
  TextInput,
  Title,
  Tooltip,
} from "@mantine/core";
import { IconColumns3, IconDownload, IconRoute } from "@tabler/icons-react";
import { useState } from "react";

import type { Entity } from "#graph/model.ts";
import { captionOf } from "#graph/names.ts";
import { MAX_STEPS, type Direction, type View } from "#graph/view.ts";
import { KindMark } from "#ui/marks.tsx";

import classes from "./Lineage.module.css";

export type ExportForm = "png" | "svg" | "mermaid";

interface ToolbarProps {
  entity: Entity | null;
  view: View;
  onView: (change: (view: View) => View) => void;
  canUnfold: boolean;
  isPathOpen: boolean;
  onPath: () => void;
  onExport: (form: ExportForm) => void;
}

export function Toolbar({ entity, view, onView, canUnfold, isPathOpen, onPath, onExport }: ToolbarProps) {
  return (
    <div className={classes.toolbar} role="toolbar" aria-label="Graph">
      <Subject entity={entity} name={view.entity ?? ""} />
      <Group gap="sm" wrap="wrap" justify="flex-end">
        <Steps view={view} onView={onView} />
        <Button
          variant={view.unfolded === "all" ? "light" : "default"}
          size="xs"
          disabled={!canUnfold}
          aria-pressed={view.unfolded === "all"}
          leftSection={<IconColumns3 size={16} aria-hidden />}
          onClick={() => onView((now) => ({ ...now, unfolded: now.unfolded === "all" ? [] : "all" }))}
        >
          Columns
        </Button>
        <Button
          variant={isPathOpen ? "light" : "default"}
          size="xs"
          aria-pressed={isPathOpen}
          leftSection={<IconRoute size={16} aria-hidden />}
          onClick={onPath}
        >
          Path
        </Button>
        <SegmentedControl
          size="xs"
          aria-label="Show as"
          value={view.show}
          data={[
            { value: "graph", label: "Graph" },
            { value: "table", label: "Table" },
          ]}
          onChange={(show) => onView((now) => ({ ...now, show: show === "table" ? "table" : "graph" }))}
        />
        <ExportMenu onExport={onExport} isDrawn={view.show === "graph"} />
      </Group>
    </div>
  );
}

function Subject({ entity, name }: { entity: Entity | null; name: string }) {
  const caption = entity === null ? null : captionOf({ ...entity, type: entity.type === "JOB" ? "JOB" : "DATASET" });
  return (
    <Group gap="sm" wrap="nowrap" className={classes.subject}>
      {caption !== null && <KindMark icon={caption.icon} size={32} />}
      <div style={{ minWidth: 0 }}>
        <Title order={1} size="h5" className={classes.cut} title={caption?.full ?? name}>
          {caption?.title ?? name}
          {entity?.field != null && <Text span c="dimmed" inherit>{` · ${entity.field}`}</Text>}
        </Title>
        <Text size="xs" c="dimmed" className={classes.cut}>
          {caption?.place ?? " "}
        </Text>
      </div>
    </Group>
  );
}

const DIRECTIONS: { value: Direction; label: string }[] = [
  { value: "up", label: "Upstream" },
  { value: "both", label: "Both" },
  { value: "down", label: "Downstream" },
];

function Steps({ view, onView }: Pick<ToolbarProps, "view" | "onView">) {
  const set = (side: "up" | "down", value: string): void => {
    const steps = Math.min(Math.max(Math.trunc(Number(value)) || 0, 0), MAX_STEPS);
    onView((now) => ({ ...now, [side]: steps }));
  };
  return (
    <Group gap="xs" wrap="nowrap">
      {view.direction !== "down" && (
        <StepInput label="Steps upstream" value={view.up} onChange={(value) => set("up", value)} />
      )}
      <SegmentedControl
        size="xs"
        aria-label="Direction"
        value={view.direction}
        data={DIRECTIONS}
        onChange={(direction) => onView((now) => ({ ...now, direction }))}
      />
      {view.direction !== "up" && (
        <StepInput label="Steps downstream" value={view.down} onChange={(value) => set("down", value)} />
      )}
    </Group>
  );
}

function StepInput({ label, value, onChange }: { label: string; value: number; onChange: (value: string) => void }) {
  return (
    <Tooltip label={label}>
      <TextInput
        type="number"
        size="xs"
        w={56}
        aria-label={label}
        value={value}
        min={0}
        max={MAX_STEPS}
        onChange={(event) => onChange(event.currentTarget.value)}
      />
    </Tooltip>
  );
}

function ExportMenu({ onExport, isDrawn }: { onExport: (form: ExportForm) => void; isDrawn: boolean }) {
  const [isOpen, setOpen] = useState(false);
  const forms: [ExportForm, string][] = [
    ["png", "Save as PNG"],
    ["svg", "Save as SVG"],
    ["mermaid", "Copy as Mermaid"],
  ];
  return (
    <Popover position="bottom-end" shadow="md" opened={isOpen} onChange={setOpen} trapFocus>
      <Popover.Target>
        <ActionIcon
          variant="default"
          size={30}
          aria-label="Save or copy the graph"
          title="Save or copy the graph"
          onClick={() => setOpen(!isOpen)}
        >
          <IconDownload size={16} aria-hidden />
        </ActionIcon>
      </Popover.Target>
      <Popover.Dropdown p={6} aria-label="Save or copy the graph">
        <Stack gap={2}>
          {forms.map(([form, label]) => (
            <Button
              key={form}
              variant="subtle"
              color="gray"
              size="xs"
              justify="flex-start"
              disabled={form === "png" && !isDrawn}
              onClick={() => {
                setOpen(false);
                onExport(form);
              }}
            >
              {label}
            </Button>
          ))}
        </Stack>
      </Popover.Dropdown>
    </Popover>
  );
}
