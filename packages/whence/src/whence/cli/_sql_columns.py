"""Columns and what they come from, over any number of statements: as trees of text, and as Mermaid.

Must not: read SQL or print. Names are compared without regard to case, as `--column` is typed by a person. No
recursion: a chain of columns may be longer than the stack is deep.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from whence.cli._output import clean, mermaid_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from whence.sql import FieldSource, OutputField, ScriptLineage, StatementLineage

ANY = "*"
RESULT = ""  # the table of a bare query's columns
_PLAIN = "IDENTITY"

Key = tuple[str, str]


class Ancestry:
    """Which columns each column comes from, directly: what several texts say together."""

    def __init__(self) -> None:
        self.sources: dict[Key, dict[Key, dict[str, None]]] = {}
        self._shown: dict[Key, str] = {}
        self._part: set[Key] = set()

    def add(self, script: ScriptLineage) -> None:
        """Add the columns of a text's statements."""
        for statement in script.statements:
            for field in statement.fields or ():
                self._add_field(field)

    def _add_field(self, field: OutputField) -> None:
        key = self._key(RESULT if field.table is None else str(field.table), field.name)
        known = self.sources.setdefault(key, {})
        if not field.is_whole:
            self._part.add(key)
        for source in field.sources:
            if source.type == "DIRECT":
                known.setdefault(self._key(str(source.table), source.field), {})[how(source)] = None

    def _key(self, table: str, field: str) -> Key:
        key = table.lower(), field.lower()
        self._shown.setdefault(key, f"{table}.{field}" if table else field)
        return key

    def shown(self, key: Key) -> str:
        """Return a column's name as it was written."""
        return clean(self._shown[key])

    def found(self, name: str) -> list[Key]:
        """Find the columns that a name means, `column`, `table.column` or longer: written ones, else only read ones."""
        wanted = name.lower()
        hits = [key for key in self._shown if _names(key, wanted)]
        return [key for key in hits if key in self.sources] or hits

    def near(self, name: str) -> list[str]:
        """List names that look like this one."""
        from difflib import get_close_matches  # noqa: PLC0415  # only ever needed for a mistyped column

        by_name = {key[1]: key for key in self._shown} | {".".join(key): key for key in self._shown}
        near = (self.shown(by_name[word]) for word in get_close_matches(name.lower(), list(by_name), n=6))
        return list(dict.fromkeys(near))[:3]

    def tree(self, start: Key) -> Iterator[str]:
        """Yield the lines of a column's tree, the column first. What was shown before is named, not unfolded again."""
        yield self.shown(start) + self._remark(start)
        seen = {start}
        pending = [("", self._steps(start))]
        while pending:
            margin, steps = pending[-1]
            step = next(steps, None)
            if step is None:
                pending.pop()
                continue
            below = self.sources.get(step.key)
            again = step.key in seen and bool(below)
            seen.add(step.key)
            notes = [*step.how, *(["shown above"] if again else [])]
            remark = f"  ({', '.join(notes)})" if notes else ""
            yield f"{margin}{'└─ ' if step.is_last else '├─ '}{self.shown(step.key)}{remark}{self._remark(step.key)}"
            if below and not again:
                pending.append((margin + ("   " if step.is_last else "│  "), self._steps(step.key)))

    def _steps(self, key: Key) -> Iterator[_Step]:
        known = self.sources.get(key, {})
        for place, (source, hows) in enumerate(known.items(), start=1):
            yield _Step(source, [word for word in hows if word != _PLAIN], place == len(known))

    def _remark(self, key: Key) -> str:
        if key in self._part:
            return "  (not all of its sources could be told)"
        if key[1] == ANY and key not in self.sources:
            return "  (some column of it: its columns are not known)"
        if key in self.sources and not self.sources[key]:
            return "  (no column: made of constants)"
        return ""

    def reachable(self, starts: Iterable[Key]) -> list[Key]:
        """List these columns and all that they come from, nearest first."""
        order = dict.fromkeys(starts)
        pending = list(order)
        for key in pending:
            for source in self.sources.get(key, ()):
                if source not in order:
                    order[source] = None
                    pending.append(source)
        return pending


class _Step(NamedTuple):
    key: Key
    how: list[str]
    is_last: bool


def how(source: FieldSource) -> str:
    """Put a transformation into a word or two."""
    return source.subtype + (", masked" if source.masking else "")


def _names(key: Key, wanted: str) -> bool:
    full = ".".join(part for part in key if part)
    return full == wanted or full.endswith("." + wanted)


def mermaid_columns(ancestry: Ancestry, keys: Iterable[Key]) -> str:
    """Draw columns as a Mermaid flowchart: a box for each table, an edge for each pair of columns."""
    tables: dict[str, list[Key]] = {}
    wanted = list(keys)
    ids = {key: f"c{number}" for number, key in enumerate(wanted)}
    for key in wanted:
        tables.setdefault(key[0], []).append(key)
    lines = ["flowchart LR"]
    for number, (table, columns) in enumerate(tables.items()):
        shown = ancestry.shown(columns[0]).rpartition(".")[0] if table else "result"
        lines.append(f'  subgraph t{number}["{mermaid_text(shown)}"]')
        lines += [f'    {ids[key]}["{mermaid_text(ancestry.shown(key)[_skip(key) :])}"]' for key in columns]
        lines.append("  end")
    for key in wanted:
        for source, hows in ancestry.sources.get(key, {}).items():
            words = [word for word in hows if word != _PLAIN]
            label = f'|"{mermaid_text(", ".join(words))}"|' if words else ""
            lines.append(f"  {ids[source]} -->{label} {ids[key]}")
    return "\n".join(lines)


def _skip(key: Key) -> int:
    return len(key[0]) + 1 if key[0] else 0


def mermaid_tables(statements: Iterable[StatementLineage]) -> str:
    """Draw tables as a Mermaid flowchart: an edge from each table read to each table written."""
    ids: dict[str, str] = {}
    edges: dict[tuple[str, str], None] = {}
    for statement in statements:
        names = [str(table) for table in (*statement.inputs, *statement.outputs)]
        for name in names:
            ids.setdefault(name, f"n{len(ids)}")
        outputs = [str(table) for table in statement.outputs]
        edges.update(((str(read), written), None) for read in statement.inputs for written in outputs)
    lines = ["flowchart LR"]
    lines += [f'  {number}["{mermaid_text(name)}"]' for name, number in ids.items()]
    lines += [f"  {ids[read]} --> {ids[written]}" for read, written in edges]
    return "\n".join(lines)
