// The picture of what SQL does: tables as boxes, columns as buttons in them, lines between. A column that is pointed at,
// focused or chosen shows what it comes from and goes to. Arrow keys lead up and down a box, and along the lines.
import { useMemo, useState, type KeyboardEvent } from "react";

import type { SqlLineage } from "#api/client.ts";
import { HEAD, headOf, reachedFrom, ROW, sqlPicture, WIDTH, type Box, type Link, type Row } from "#graph/sqlPicture.ts";

import classes from "./Sql.module.css";

export function SqlPictureView({ told }: { told: SqlLineage }) {
  const picture = useMemo(() => sqlPicture(told.statements), [told]);
  const [pointed, setPointed] = useState<string | null>(null);
  const [chosen, setChosen] = useState<string | null>(null);
  const all = useMemo(() => new Set(picture.boxes.flatMap((box) => box.rows.map((row) => row.id))), [picture]);
  const lit = [pointed, chosen].find((id) => id !== null && all.has(id)) ?? null;
  const reached = useMemo(() => (lit === null ? null : reachedFrom(picture.links, lit)), [picture, lit]);
  if (picture.boxes.length === 0) return <p className={classes.hint}>No table is read or written here.</p>;
  const stop =
    chosen !== null && all.has(chosen) ? chosen : picture.boxes.find((box) => box.rows.length > 0)?.rows[0]?.id;
  return (
    <>
      <div className={classes.stage} role="group" aria-label="Columns and what they come from" onKeyDown={moveFocus}>
        <div className={classes.sheet} style={{ width: picture.width, height: picture.height }}>
          <svg width={picture.width} height={picture.height} aria-hidden className={classes.lines}>
            {picture.links.map((link) => (
              <Line key={link.id} link={link} isLit={reached === null ? null : reached.links.has(link.id)} />
            ))}
          </svg>
          {picture.boxes.map((box) => (
            <section
              key={box.id}
              className={classes.box}
              data-result={box.isResult || undefined}
              data-box={box.id}
              aria-label={box.title}
              style={{ left: box.x, top: box.y, width: WIDTH, height: box.height }}
            >
              <h2 style={{ height: HEAD }} data-lit={reached?.rows.has(headOf(box.id)) || undefined} title={box.title}>
                {box.title}
              </h2>
              {box.rows.map((row) => (
                <button
                  key={row.id}
                  type="button"
                  data-row={row.id}
                  style={{ height: ROW }}
                  tabIndex={row.id === stop ? 0 : -1}
                  aria-pressed={row.id === chosen}
                  aria-label={wordsOf(box, row, picture.links)}
                  data-lit={reached === null ? undefined : reached.rows.has(row.id)}
                  title={row.name}
                  onMouseEnter={() => setPointed(row.id)}
                  onMouseLeave={() => setPointed(null)}
                  onFocus={() => setChosen(row.id)}
                  onClick={() => setChosen(row.id)}
                >
                  {row.name === "*" ? "* (not known)" : row.name}
                  {row.isPart && row.name !== "*" && " ?"}
                </button>
              ))}
              {box.more > 0 && <p style={{ height: ROW }}>and {box.more} more</p>}
            </section>
          ))}
        </div>
      </div>
      <p className={classes.legend}>solid: values · dashed: filters, joins, grouping, order, or columns not known</p>
    </>
  );
}

function Line({ link, isLit }: { link: Link; isLit: boolean | null }) {
  return (
    <path
      d={link.path}
      data-link={link.id}
      data-lit={isLit ?? undefined}
      strokeDasharray={link.isIndirect || link.how === "columns not known" ? "4 4" : undefined}
    />
  );
}

/** A column in words, for whoever does not see the lines. */
function wordsOf(box: Box, row: Row, links: readonly Link[]): string {
  const from = links
    .filter((link) => link.to === row.id)
    .map((link) => `${link.from.replace("\n", ".").replace(/\.$/, "")} (${link.how})`);
  const to = links
    .filter((link) => link.from === row.id)
    .map((link) => `${link.to.replace("\n", ".").replace(/\.$/, "")}${link.isIndirect ? ` (${link.how})` : ""}`);
  const parts = [
    `${row.name} of ${box.title}`,
    ...(from.length > 0 ? [`from ${from.join(", ")}`] : []),
    ...(to.length > 0 ? [`to ${to.join(", ")}`] : []),
    ...(row.isPart ? ["not all of it is known"] : []),
  ];
  return parts.join("; ");
}

/** Move the focus with the arrow keys: along the rows of a box, or to the nearest row of a box beside it. */
function moveFocus(event: KeyboardEvent<HTMLElement>): void {
  const steps: Record<string, readonly [number, number]> = {
    ...{ ArrowUp: [0, -1], ArrowDown: [0, 1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] },
  };
  const step = steps[event.key];
  const here = event.target instanceof HTMLElement ? event.target.closest<HTMLElement>("[data-row]") : null;
  if (step === undefined || here === null) return;
  event.preventDefault();
  const [dx, dy] = step;
  if (dx === 0) {
    const next = dy > 0 ? here.nextElementSibling : here.previousElementSibling;
    if (next instanceof HTMLButtonElement) next.focus();
    return;
  }
  const from = here.getBoundingClientRect();
  const rows = [...event.currentTarget.querySelectorAll<HTMLElement>("[data-row]")];
  const beside = rows
    .map((row) => ({ row, rect: row.getBoundingClientRect() }))
    .filter(({ rect }) => (rect.left - from.left) * dx > WIDTH / 2)
    .sort((a, b) => far(a.rect, from) - far(b.rect, from));
  beside[0]?.row.focus();
}

const far = (one: DOMRect, other: DOMRect): number =>
  Math.abs(one.left - other.left) * 4 + Math.abs(one.top - other.top);
