// Paste SQL, pick a dialect, see columns connect. What is typed is asked for after a short rest and kept in the URL.
import {
  Badge,
  Button,
  Group,
  NativeSelect,
  SegmentedControl,
  Text,
  Textarea,
  Title,
  UnstyledButton,
} from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";

import type { SqlLineage, SqlNote } from "#api/client.ts";
import { knownColumns, unitsOf, type SqlView } from "#graph/sqlView.ts";
import { useApi } from "#ui/apiContext.tsx";
import { ProblemNote } from "#ui/ProblemNote.tsx";

import { DIALECTS, EXAMPLE } from "./choices.ts";
import classes from "./Sql.module.css";
import { SqlEditor } from "./SqlEditor.tsx";
import { SqlPictureView } from "./SqlPictureView.tsx";
import { SqlTable } from "./SqlTable.tsx";

const REST_MS = 350;

export function SqlPage({ view, onView }: { view: SqlView; onView: (view: SqlView) => void }) {
  const [draft, setDraft] = useDraft(view, onView);
  const [show, setShow] = useState("picture");
  const editor = useRef<HTMLTextAreaElement>(null);
  const answer = useLineage(view);
  const told = view.text.trim() === "" ? undefined : answer.data;
  // Offsets belong to the text that was asked about: while another is being typed nothing is marked.
  const notes = told !== undefined && draft.text === view.text && !answer.isPlaceholderData ? told.notes : [];
  const onNote = (note: SqlNote) => {
    editor.current?.focus();
    if (note.start === null) return;
    editor.current?.setSelectionRange(unitsOf(draft.text, note.start), unitsOf(draft.text, note.end ?? note.start));
  };
  return (
    <main className={classes.page}>
      <section className={classes.left} aria-labelledby="sql-title">
        <Group justify="space-between" align="end" wrap="nowrap">
          <Title order={1} size="h4" id="sql-title">
            What does this SQL do?
          </Title>
          <NativeSelect
            label="Dialect"
            size="xs"
            value={draft.dialect}
            data={[{ value: "", label: "Standard SQL" }, ...DIALECTS]}
            onChange={(event) => setDraft({ ...draft, dialect: event.currentTarget.value })}
          />
        </Group>
        <SqlEditor ref={editor} text={draft.text} marks={notes} onChange={(text) => setDraft({ ...draft, text })} />
        <Textarea
          label="Known columns"
          description="One table a line, for * and for columns without a table"
          placeholder="shop.orders: id, customer, total"
          size="xs"
          autosize
          minRows={1}
          maxRows={5}
          value={draft.known}
          onChange={(event) => setDraft({ ...draft, known: event.currentTarget.value })}
          styles={{ input: { fontFamily: "var(--mantine-font-family-monospace)" } }}
        />
        {answer.error !== null && <ProblemNote error={answer.error} onRetry={() => void answer.refetch()} />}
        {told !== undefined && <Understood told={told} isStandard={view.dialect === ""} onNote={onNote} />}
      </section>
      <section className={classes.right} aria-label="Lineage of the SQL" aria-busy={answer.isFetching}>
        {told === undefined ? (
          <Hint isEmpty={view.text.trim() === ""} onExample={() => setDraft({ ...draft, ...EXAMPLE })} />
        ) : (
          <>
            <SegmentedControl
              className={classes.switch}
              size="xs"
              value={show}
              onChange={setShow}
              data={[
                { value: "picture", label: "Picture" },
                { value: "table", label: "Table" },
              ]}
              aria-label="Show as"
            />
            {show === "picture" ? <SqlPictureView told={told} /> : <SqlTable told={told} />}
          </>
        )}
      </section>
    </main>
  );
}

/** What is typed, and its way into the URL after a short rest. A link opened in this page replaces what is typed. */
function useDraft(view: SqlView, onView: (view: SqlView) => void): [SqlView, (draft: SqlView) => void] {
  const [{ draft, shown }, set] = useState({ draft: view, shown: view });
  const [rested] = useDebouncedValue(draft, REST_MS);
  if (shown !== view) set({ draft: isSame(view, rested) ? draft : view, shown: view });
  useEffect(() => {
    if (rested === draft && !isSame(rested, view)) onView(rested);
    // eslint-disable-next-line react-hooks/exhaustive-deps -- only what is typed is written, not what the URL says
  }, [rested]);
  return [draft, (next) => set({ draft: next, shown: view })];
}

function isSame(one: SqlView, other: SqlView): boolean {
  return one.text === other.text && one.dialect === other.dialect && one.known === other.known;
}

function useLineage({ text, dialect, known }: SqlView) {
  const api = useApi();
  return useQuery({
    queryKey: ["sql", text, dialect, known],
    queryFn: ({ signal }) =>
      api.sqlLineage({ sql: text, dialect: dialect === "" ? null : dialect, schema: knownColumns(known) }, signal),
    enabled: text.trim() !== "",
    placeholderData: keepPreviousData,
    staleTime: Infinity,
    retry: false,
  });
}

const WORDS = { PARSED: "Understood", PARTLY: "Understood in part", UNKNOWN: "Not understood" } as const;
const COLOURS = { PARSED: "green", PARTLY: "yellow", UNKNOWN: "red" } as const;

interface UnderstoodProps {
  told: SqlLineage;
  isStandard: boolean;
  onNote: (note: SqlNote) => void;
}

function Understood({ told, isStandard, onNote }: UnderstoodProps) {
  const guessed = new Set(told.notes.filter((note) => note.code === "guessed_tables").map((note) => note.statement));
  const shown = told.notes.filter((note) => note.code !== "guessed_tables" || note.statement === null);
  const isUnparsed = shown.some((note) => note.code === "parse_error" || note.code === "unsupported_statement");
  return (
    <div aria-live="polite">
      <Group gap="xs">
        <Badge color={COLOURS[told.state]} variant="light" autoContrast tt="none" className={classes.state}>
          {WORDS[told.state]}
        </Badge>
        <Text size="xs" c="dimmed">
          {told.statements.length === 1 ? "1 statement" : `${told.statements.length.toLocaleString("en")} statements`}
          {told.confidence > 0 && told.confidence < 1 && `, tables ${Math.round(told.confidence * 100)} % sure`}
        </Text>
      </Group>
      {told.notes.length > 0 && (
        <div className={classes.notes} role="alert" aria-label="Not understood">
          <strong>Not understood</strong>
          <ul>
            {shown.map((note, number) => (
              <li key={number}>
                <UnstyledButton onClick={() => onNote(note)} className={classes.note}>
                  {note.line === null ? "" : `${note.line}:${note.column ?? 1} `}
                  {note.message}
                  {note.hides !== "" && ` (${hiddenBy(note, guessed)})`}
                </UnstyledButton>
              </li>
            ))}
          </ul>
          {isStandard && isUnparsed && <p>It was read as standard SQL. Is it in another dialect? Choose it above.</p>}
        </div>
      )}
    </div>
  );
}

function hiddenBy(note: SqlNote, guessed: ReadonlySet<number | null>): string {
  const isGuessed = note.code === "parse_error" && guessed.has(note.statement);
  return isGuessed ? "its tables are guessed from the words around them" : `may hide ${note.hides}`;
}

function Hint({ isEmpty, onExample }: { isEmpty: boolean; onExample: () => void }) {
  return (
    <div className={classes.hint}>
      <Text c="dimmed" size="sm">
        {isEmpty ? "Paste SQL on the left: its columns appear here, joined." : "Reading…"}
      </Text>
      {isEmpty && (
        <Button variant="default" size="xs" onClick={onExample}>
          Show an example
        </Button>
      )}
    </div>
  );
}
