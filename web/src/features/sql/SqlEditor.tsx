// The text, and behind it the same text with what was not understood marked: the marks shine through the field.
import { forwardRef, useRef } from "react";

import { markedPieces, type Span } from "#graph/sqlView.ts";

import classes from "./Sql.module.css";

interface Props {
  text: string;
  marks: readonly Span[];
  onChange: (text: string) => void;
}

export const SqlEditor = forwardRef<HTMLTextAreaElement, Props>(function SqlEditor({ text, marks, onChange }, ref) {
  const behind = useRef<HTMLPreElement>(null);
  return (
    <div className={classes.editor}>
      <pre ref={behind} className={classes.behind} aria-hidden>
        {markedPieces(text, marks).map((piece, number) =>
          piece.isMarked ? <mark key={number}>{piece.text}</mark> : <span key={number}>{piece.text}</span>,
        )}
        {"\n"}
      </pre>
      <textarea
        ref={ref}
        className={classes.text}
        aria-label="SQL"
        spellCheck={false}
        autoCapitalize="off"
        autoCorrect="off"
        value={text}
        placeholder="CREATE TABLE a AS SELECT x, y FROM b"
        onChange={(event) => onChange(event.currentTarget.value)}
        onScroll={(event) => {
          const { scrollTop, scrollLeft } = event.currentTarget;
          behind.current?.scrollTo(scrollLeft, scrollTop);
        }}
      />
    </div>
  );
});
