"""Jinja around SQL: tags and comments blanked out with equal length, so that what is left can be cut and read.

One branch of an `if` stays, the body of a `for` stays once, macros go; what went is told in notes, never dropped
silently. Expressions in `{{ }}` stay where they are: `_placeholders` makes names or values of them. Nothing is run.
Source: Jinja template designer documentation; dbt's documentation of ref, source, this, config, set and snapshots.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from whence.sql._result import Note
from whence.sql.text._dialects import DOUBLE_QUOTED_STRINGS
from whence.sql.text._scan import comment_pattern, double_pattern, string_pattern

_TAG = re.compile(r"\{%[-+]?\s*(\w*)(.*?)[-+]?%\}\Z", re.DOTALL)
_SET = re.compile(r"\s*(\w+)\s*=(.*)\Z", re.DOTALL)
_LITERAL = re.compile(r"""\s*(?:'([^'\\]*)'|"([^"\\]*)")\s*\Z""")
_GOES_WITH_BODY = frozenset(("macro", "materialization", "test", "docs", "set"))
_ENDS_STATEMENT = frozenset(("call", "endcall"))
_TRANSPARENT = frozenset(
    (
        *("endfor", "snapshot", "endsnapshot", "filter", "endfilter", "with", "endwith", "block", "endblock", "do"),
        *("autoescape", "endautoescape", "endraw", "break", "continue", "from", "import", "raw", "trans", "endtrans"),
    )
)
_NEVER = re.compile(r"\s*(?:not\s+loop\s*\.\s*(?:last|first)|false|none)\s*\Z", re.IGNORECASE)
_READS = re.compile(r"\b(?:from|join|into|update|ref|source|merge|table)\b", re.IGNORECASE)
_SEPARATOR = re.compile(r"[\s,;()]*\Z")


class Rendered(NamedTuple):
    """A text whose tags are blanked: `variables` are names that were set to a literal text; notes say what went."""

    text: str
    variables: dict[str, str]
    notes: tuple[Note, ...]


@lru_cache(maxsize=64)
def _finder(dialect: str) -> re.Pattern[str]:
    strings = "|".join((string_pattern(dialect), *([double_pattern(dialect)] if _doubles(dialect) else [])))
    parts = (
        ("comment", r"\{\#.*?(?:\#\}|\Z)"),
        ("raw", r"\{%[-+]?\s*raw\s*[-+]?%\}.*?(?:\{%[-+]?\s*endraw\s*[-+]?%\}|\Z)"),
        ("tag", r"\{%.*?(?:%\}|\Z)"),
        ("expression", r"\{\{.*?(?:\}\}|\Z)"),
        ("skip", comment_pattern(dialect)),
        ("string", strings),
    )
    return re.compile("|".join(f"(?P<{name}>{pattern})" for name, pattern in parts), re.DOTALL)


def _doubles(dialect: str) -> bool:
    return dialect in DOUBLE_QUOTED_STRINGS


def render(sql: str, dialect: str) -> Rendered:
    """Blank out what is Jinja and no expression; the text keeps its length and its line ends."""
    return _Renderer(sql).run(dialect)


class _Block(NamedTuple):
    name: str
    start: int  # where its body begins
    keeps: bool  # whether what stands now in its body stays
    kept_one: bool  # whether a branch was kept


class _Renderer:
    """Walks over the tags of one text with a stack of open blocks."""

    def __init__(self, sql: str) -> None:
        self._sql = sql
        self._blanks: list[tuple[int, int, str]] = []
        self._notes: list[Note] = []
        self._variables: dict[str, str] = {}
        self._stack: list[_Block] = []

    def run(self, dialect: str) -> Rendered:
        """Return the text without tags."""
        for match in _finder(dialect).finditer(self._sql):
            kind = match.lastgroup
            if kind == "comment":
                self._blanks.append((*match.span(), ""))
            elif kind == "raw":
                self._raw(match)
            elif kind == "tag":
                self._tag(match.group(), *match.span())
        for block in self._stack:
            self._note("template_block", f"the template block {block.name} is never closed", block.start, "tables")
        return Rendered(self._blanked(), self._variables, tuple(self._notes))

    def _raw(self, match: re.Match[str]) -> None:
        body = match.group()
        opened = body.index("%}") + 2 if "%}" in body else len(body)
        closed = body.rfind("{%") if body.rfind("{%") >= opened else len(body)
        self._blanks.append((match.start(), match.start() + opened, ""))
        self._blanks.append((match.start() + closed, match.end(), ""))

    def _note(self, code: str, message: str, at: int, hides: str) -> None:
        self._notes.append(Note(code, message, at, at, hides))

    def _tag(self, text: str, start: int, end: int) -> None:
        found = _TAG.match(text)
        name, rest = (found.group(1), found.group(2)) if found else ("", "")
        self._blanks.append((start, end, ";" if name in _ENDS_STATEMENT else ""))
        if name == "if":
            keeps = not _NEVER.match(rest)
            self._stack.append(_Block("if", end, keeps, keeps))
        elif name == "for":
            self._stack.append(_Block("for", end, keeps=True, kept_one=True))
            self._note("template_loop", "a template loop was read as if it ran once", start, "columns")
        elif name in ("elif", "else"):
            self._branch(start, end)
        elif name == "set" and (assigned := _SET.match(rest)):
            self._set(assigned.group(1), assigned.group(2))
        elif name in _GOES_WITH_BODY:
            self._stack.append(_Block(name, end, keeps=False, kept_one=False))
        elif name.startswith("end") and self._stack and self._stack[-1].name == name[3:]:
            self._close(self._stack.pop(), start)
        elif name in ("include", "extends"):
            self._note("template_include", "a template that is included was not read", start, "tables")
        elif name not in _TRANSPARENT and name not in _ENDS_STATEMENT:
            self._note("template_tag", f"the template tag {name or '?'} is not known", start, "tables")

    def _branch(self, start: int, end: int) -> None:
        if not self._stack or self._stack[-1].name not in ("if", "for"):
            return
        block = self._stack.pop()
        self._close(block, start)
        keeps = not block.kept_one
        self._stack.append(_Block(block.name, end, keeps, block.kept_one or keeps))

    def _close(self, block: _Block, start: int) -> None:
        if block.keeps:
            return
        body = self._sql[block.start : start]
        self._blanks.append((block.start, start, ""))
        if block.name in ("macro", "materialization", "test", "docs"):
            self._note("template_macro", f"a template {block.name} was left out", block.start, "")
        elif not _SEPARATOR.match(body):
            hides = "tables" if _READS.search(body) else "columns"
            what = "the text that a template sets" if block.name == "set" else "a branch of a template"
            self._note("template_branch", f"{what} was left out", block.start, hides)

    def _set(self, name: str, value: str) -> None:
        literal = _LITERAL.match(value)
        if literal:
            self._variables[name] = literal.group(1) if literal.group(1) is not None else literal.group(2)
        else:
            self._variables.pop(name, None)

    def _blanked(self) -> str:
        pieces: list[str] = []
        at = 0
        for start, end, mark in sorted(self._blanks, key=lambda blank: (blank[0], -blank[1])):
            if end <= at:
                continue
            begin = max(start, at)
            pieces.append(self._sql[at:begin])
            gone = self._sql[begin:end]
            pieces.append((mark + " " * len(gone))[: len(gone)] if "\n" not in gone else _spaces(mark, gone))
            at = end
        pieces.append(self._sql[at:])
        return "".join(pieces)


_NO_LINE_END = re.compile(r"[^\n]")


def _spaces(mark: str, gone: str) -> str:
    blank = _NO_LINE_END.sub(" ", gone)
    return mark + blank[len(mark) :] if blank[:1] == " " else blank
