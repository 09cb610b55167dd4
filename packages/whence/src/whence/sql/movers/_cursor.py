"""A text's tokens under a cursor: words are compared, names and places read, spans taken from the text as it was.

It must not know a parser or statements. Spans are offsets into the text that was given.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from whence.sql.text import scan

if TYPE_CHECKING:
    from collections.abc import Iterator

_SKIPPED = ("space", "comment")
_PLACE = re.compile(r"[^\s(),;]+")
_ESCAPES = re.compile(r"\\(.)", re.DOTALL)
_BACKSLASH = frozenset(("mysql", "bigquery", "spark", "databricks", "hive", "singlestore", "clickhouse", "snowflake"))
_NAMES = ("word", "quoted")


class Word(NamedTuple):
    """A token that means something: `upper` is its text in capitals, for words only; others have it as it is."""

    kind: str
    text: str
    upper: str
    start: int
    end: int


class Cursor:
    """Reads a text token after token. Beyond the end every word is empty."""

    def __init__(self, text: str, dialect: str) -> None:
        self.text = text
        self.dialect = dialect
        self.words: list[Word] = []
        self.at = 0
        start = 0
        for token in scan(text, dialect):
            end = start + len(token.text)
            if token.kind not in _SKIPPED:
                upper = token.text.upper() if token.kind == "word" else token.text
                self.words.append(Word(token.kind, token.text, upper, start, end))
            start = end

    def word(self, ahead: int = 0) -> Word:
        """Return a token without moving."""
        index = self.at + ahead
        return self.words[index] if 0 <= index < len(self.words) else Word("", "", "", len(self.text), len(self.text))

    def sees(self, *words: str) -> bool:
        """Whether these words come next."""
        return all(self.word(i).upper == word for i, word in enumerate(words))

    def take(self, *words: str) -> bool:
        """Move past these words if they come next."""
        if not self.sees(*words):
            return False
        self.at += len(words)
        return True

    def take_any(self, words: frozenset[str] | tuple[str, ...]) -> str:
        """Move past the next word if it is one of these; return it, or nothing."""
        upper = self.word().upper
        if upper not in words:
            return ""
        self.at += 1
        return upper

    @property
    def is_done(self) -> bool:
        """Whether nothing is left."""
        return self.at >= len(self.words)

    def rest(self) -> str:
        """Return the text from here on."""
        return self.text[self.word().start :]

    def find(self, *words: str, depth: int = 0) -> int | None:
        """Return the index of the next place at this depth of parentheses where one of these words stands."""
        return next((i for i, word, level in self.levels() if level == depth and word.upper in words), None)

    def levels(self) -> Iterator[tuple[int, Word, int]]:
        """Yield index, token and depth of parentheses, from here on; brackets have the depth outside of them."""
        level = 0
        for index in range(self.at, len(self.words)):
            word = self.words[index]
            if word.text == ")":
                level -= 1
            yield index, word, level
            if word.text == "(":
                level += 1

    def group(self) -> str | None:
        """Move past a parenthesis and return what is in it; None when none comes next."""
        if self.word().text != "(":
            return None
        begin = self.word().end
        for index, word, level in self.levels():
            if word.text == ")" and level == 0:
                self.at = index + 1
                return self.text[begin : word.start]
        self.at = len(self.words)
        return self.text[begin:]

    def name(self) -> list[tuple[str, bool]]:
        """Move past a dotted name and return its parts, each with whether it was quoted; empty when none comes next."""
        parts: list[tuple[str, bool]] = []
        while self._names():
            word = self.word()
            if word.text == "[":  # brackets where the dialect has none
                parts.append((self.word(1).text, True))
                self.at += 3
                if not self.take("."):
                    break
                continue
            is_quoted = word.text[:1] in '"`['
            plain = word.text[1:-1] if is_quoted else word.text
            split = is_quoted and self.dialect == "bigquery" and word.text[0] == "`"
            parts += [(part, is_quoted) for part in plain.split(".")] if split else [(plain, is_quoted)]
            self.at += 1
            if not self.take("."):
                break
            while self.take("."):  # db..table
                parts.append(("", False))
        return parts

    def _names(self) -> bool:
        word = self.word()
        if word.text == "[":
            return self.word(1).kind == "word" and self.word(2).text == "]"
        return word.kind in _NAMES or (word.kind == "string" and word.text[:1] in '"`')

    def literal(self) -> str | None:
        """Move past a string and return what it stands for; None when none comes next."""
        value = literal_value(self.word(), self.dialect)
        if value is not None:
            self.at += 1
        return value

    def bare(self) -> str:
        """Move past a place written without quotes (`@stage/path/`) and return it."""
        match = _PLACE.match(self.text, self.word().start)
        if match is None:
            return ""
        while not self.is_done and self.word().start < match.end():
            self.at += 1
        return match.group()


def literal_value(word: Word, dialect: str) -> str | None:
    """Return what a string token stands for, None when it is no string."""
    if word.kind != "string":
        return None
    text = word.text
    dollar = re.match(r"\$\w*\$", text)
    if dollar is not None:
        return text[dollar.end() : -dollar.end()] if text.endswith(dollar.group()) else text[dollar.end() :]
    quote = re.search(r"['\"]", text)
    if quote is None:
        return text
    mark = quote.group()
    inner = text[quote.end() : -1] if text.endswith(mark) else text[quote.end() :]
    if dialect in _BACKSLASH and text[:1].lower() != "r":
        inner = _ESCAPES.sub(r"\1", inner) if "\\" in inner else inner
    return inner.replace(mark * 2, mark)
