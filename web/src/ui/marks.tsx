// The drawing's glyphs as page elements: what something is, and how a run ended (colour, shape and word).
import { Group, Text } from "@mantine/core";

import { KINDS, OUTLINES, STATES } from "#graph/glyphs.ts";
import type { RunState } from "#graph/model.ts";
import type { Icon } from "#graph/names.ts";

import { usePalette } from "./usePalette.ts";

export function KindMark({ icon, size = 24 }: { icon: Icon; size?: number }) {
  const palette = usePalette();
  const color = palette.tile[icon];
  return (
    <svg width={size} height={size} viewBox="0 0 34 34" aria-hidden="true" style={{ flex: "none" }}>
      {icon === "job" ? (
        <circle cx="17" cy="17" r="17" fill={color} />
      ) : (
        <rect width="34" height="34" rx="8" fill={color} />
      )}
      <path
        d={KINDS[icon]}
        transform="translate(7 7) scale(0.8333)"
        fill="none"
        stroke="#fff"
        strokeWidth="1.9"
        strokeLinecap="round"
        strokeLinejoin="round"
      />
    </svg>
  );
}

export function StateMark({ state, size = 16 }: { state: RunState; size?: number }) {
  const palette = usePalette();
  return (
    <svg width={size} height={size} viewBox="0 0 24 24" aria-hidden="true" style={{ flex: "none" }}>
      <path d={OUTLINES[state]} fill={palette.state[state]} />
      <path
        d={STATES[state]}
        fill={state === "RUNNING" ? palette.card : "none"}
        stroke={palette.card}
        strokeWidth="2.6"
        strokeLinecap="round"
        strokeLinejoin="round"
      />
    </svg>
  );
}

const WORDS: Record<RunState, string> = {
  NEW: "new",
  RUNNING: "running",
  COMPLETED: "completed",
  FAILED: "failed",
  ABORTED: "aborted",
};

export function StateText({ state, size = "sm" }: { state: RunState | null; size?: "xs" | "sm" }) {
  if (state === null) {
    return (
      <Text size={size} c="dimmed" component="span">
        never ran
      </Text>
    );
  }
  return (
    <Group gap={6} wrap="nowrap" component="span">
      <StateMark state={state} size={size === "xs" ? 14 : 16} />
      <Text size={size} component="span">
        {WORDS[state]}
      </Text>
    </Group>
  );
}
