"""One text for statements that differ only in literals, so that what was learnt from one answers for the others.

`Masked` is made to be fast: it looks at characters only. Whether the literals of a masked text may differ at all is
asked once, in `_carriers`. It must not know answers. Cost: about 12 ns a character.
"""

from __future__ import annotations

import re
from functools import lru_cache

from whence.sql.text._dialects import BACKSLASH, DOUBLE_QUOTED_STRINGS
from whence.sql.text._scan import JINJA, comment_pattern, dollar_pattern, double_pattern, name_pattern

MARK = "\x01"
"""Stands for a literal."""

_LONG_NUMBER = r"(?:[0-9]{3,}+(?:\.[0-9]*+)?|[0-9]++\.[0-9]*+)(?:[eE][+-]?[0-9]++)?(?![\w.])"
_COMPARED = r"(?:(?<=[=<>])|(?<=[=<>][ ])|(?<=\bLIMIT[ ])|(?<=\blimit[ ]))[0-9]++(?![\w.])"
_TOO_MANY = 30  # marks and placeholders from which lists and rows are folded
_LIST = re.compile(r"([iI][nN](?<!\w..)\s*\(\s*)([^\s,()]++)(?:\s*,\s*\2)++(?=\s*\))")
_ROWS = re.compile(r"(\((?>[^()]++|\([^()]*+\))*+\))(?:\s*,\s*\1)++")


@lru_cache(maxsize=64)
def _finder(dialect: str) -> re.Pattern[str]:
    """Return the expression of a run of plain text and what ends it: masked, kept as it is, or odd."""
    escaped = r"'(?>[^'\\]++|''|\\.)*+'"
    strings = escaped if dialect in BACKSLASH else r"'[^']*+(?:''[^']*+)*+'"
    double = double_pattern(dialect)
    comments = comment_pattern(dialect)
    masked = rf"(?<![\w&])(?:{strings})|{comments}|(?<![\w$.@])(?:{_LONG_NUMBER}|{_COMPARED})"
    if dialect in DOUBLE_QUOTED_STRINGS:
        masked += r'|(?<![\w&])"(?!"")(?>[^"\\]++|""|\\.)*+"(?!")'
    kept = rf"{JINJA}|{dollar_pattern(dialect)}|{name_pattern(dialect)}|[0-9][0-9.]*+|[-/\#{{$\[]"
    if dialect not in DOUBLE_QUOTED_STRINGS:
        kept = rf"(?<![\w&]){double}|{kept}"
    run = r"(?:[^'\"`\-/\#{$\[0-9]++|(?<=\w)[0-9]++)"  # [0-9] takes half the time of \d
    ends = rf"(?P<masked>{masked})|(?P<kept>{kept})|(?P<odd>['\"])"
    return re.compile(rf"(?P<plain>{run}++|(?=['\"`\-/\#{{$\[0-9]))(?:{ends})?+", re.DOTALL)


class Masked:
    """A text with marks for literals, without comments, equal rows and long lists folded.

    `text` is None where it holds something that this quick look cannot tell, so that no other text is like it.
    """

    __slots__ = ("_found", "_spans", "text")

    def __init__(self, sql: str, dialect: str) -> None:
        self._found: list[tuple[str, ...]] = _finder(dialect).findall(sql)
        self._spans: list[tuple[int, int]] | None = None
        self.text = self._masked()

    def _masked(self) -> str | None:
        pieces: list[str] = []
        marks = 0
        for plain, masked, kept, *_, odd in self._found:
            pieces.append(plain)
            if masked:
                is_literal = masked[0] not in "-/#"
                if masked.startswith("/*") and not masked.endswith("*/"):
                    return None
                pieces.append(MARK if is_literal else " ")
                marks += is_literal
            elif kept:
                pieces.append(kept)
            elif odd:
                return None
        text = "".join(pieces)
        if not text.strip():  # comments alone, be they whole or not
            return None
        if marks + sum(map(text.count, "?%:$")) > _TOO_MANY:
            text = _LIST.sub(r"\1\2", text)
            if "VALUES" in text or "values" in text or "Values" in text:
                text = _ROWS.sub(r"\1", text)
        return text

    @property
    def spans(self) -> list[tuple[int, int]]:
        """Where the literals and comments stand that are taken out."""
        if self._spans is None:
            self._spans = []
            at = 0
            for plain, masked, kept, *_, odd in self._found:  # the matches leave no gap
                at += len(plain)
                if masked:
                    self._spans.append((at, at + len(masked)))
                at += len(masked) + len(kept) + len(odd)
        return self._spans


def literal_words(sql: str, dialect: str) -> set[str]:
    """Return the words of the literals that `mask` takes out, in small letters."""
    literals = [masked for _, masked, *_ in _finder(dialect).findall(sql) if masked and masked[0] not in "-/#"]
    return set(re.findall(r"\w+", " ".join(literals).lower()))
