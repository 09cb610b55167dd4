// Facets as a tree of raw JSON: nothing that a producer told is hidden. Native <details>, so keys and readers know it.
import { Text } from "@mantine/core";

import classes from "./Details.module.css";

const MOST = 200;

export function FacetTree({ facets }: { facets: Record<string, unknown> }) {
  const names = Object.keys(facets).sort();
  if (names.length === 0)
    return (
      <Text size="sm" c="dimmed">
        No facets.
      </Text>
    );
  return (
    <ul className={classes.tree} data-testid="facets">
      {names.map((name) => (
        <Branch key={name} name={name} value={facets[name]} />
      ))}
    </ul>
  );
}

function Branch({ name, value, depth = 0 }: { name: string; value: unknown; depth?: number }) {
  if (typeof value !== "object" || value === null) {
    return (
      <li>
        <span className={classes.key}>{name}</span>: <Leaf value={value} />
      </li>
    );
  }
  const entries: [string, unknown][] = Object.entries(value);
  const rest = entries.length - MOST;
  return (
    <li>
      <details open={depth > 0 && depth < 3 && entries.length <= 8}>
        <summary>
          <span className={classes.key}>{name}</span>{" "}
          <span className={classes.small}>{Array.isArray(value) ? `[${entries.length}]` : `{${entries.length}}`}</span>
        </summary>
        <ul>
          {entries.slice(0, MOST).map(([key, one]) => (
            <Branch key={key} name={key} value={one} depth={depth + 1} />
          ))}
          {rest > 0 && <li className={classes.small}>… {rest} more</li>}
        </ul>
      </details>
    </li>
  );
}

function Leaf({ value }: { value: unknown }) {
  if (typeof value === "string" && /^https?:\/\//.test(value)) {
    return (
      <a href={value} target="_blank" rel="noreferrer noopener" className={classes.small}>
        {value}
      </a>
    );
  }
  return <span>{JSON.stringify(value)}</span>;
}
