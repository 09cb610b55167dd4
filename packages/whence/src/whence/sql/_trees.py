"""Text to sqlglot's syntax trees, without a word in the log, with a parser and tokenizer that each thread keeps.

Making a parser and a tokenizer costs a fifth of what they then take for a query. It must not know lineage.
"""

from __future__ import annotations

import logging
import re
from threading import local
from typing import TYPE_CHECKING

from sqlglot import Dialect
from sqlglot import parser as parser_module
from sqlglot.errors import ParseError, TokenError

if TYPE_CHECKING:
    from sqlglot import Parser, Tokenizer, exp
    from sqlglot.errors import SqlglotError

IS_COMPILED = not (parser_module.__file__ or "").endswith(".py")
"""Whether sqlglot is the compiled one, `whence[fast]`: its recursion is on the native stack."""

_NEVER_CLOSED = re.compile(r"Missing (\S+) from \d+:(\d+)\Z")


class _Own(local):
    """What each thread has for itself."""

    def __init__(self) -> None:
        self.is_parsing = False
        self.kept: dict[str, tuple[Tokenizer, Parser]] = {}


_own = _Own()


class _Quiet(logging.Filter):
    """Keeps sqlglot from logging the text of statements that we parse; the host's own parsing is not touched."""

    def filter(self, record: logging.LogRecord) -> bool:  # noqa: ARG002  the signature is logging's
        return not _own.is_parsing


logging.getLogger("sqlglot").addFilter(_Quiet())


def trees(text: str, dialect: str) -> list[exp.Expr]:
    """Return the tree of each statement of a text; "" is standard SQL.

    Raises sqlglot's `ParseError` or `TokenError` for a text it cannot read, and `RecursionError`.
    """
    tokenizer, parser = _own.kept.pop(dialect, None) or _made(dialect)
    _own.is_parsing = True
    try:
        found = parser.parse(tokenizer.tokenize(text), text)
    finally:
        _own.is_parsing = False
    parser.reset()  # else they would hold the text and its tokens until the next one
    tokenizer.tokenize("")
    _own.kept[dialect] = tokenizer, parser  # one that failed is not kept
    return [tree for tree in found if tree is not None]


def unread_at(failure: SqlglotError, text: str) -> tuple[int, int] | None:
    """Return where the word stands that the parser did not take, or a quote that is never closed."""
    if isinstance(failure, TokenError):
        quote = _NEVER_CLOSED.match(str(failure.__context__))  # the compiled one names no cause
        return (int(quote.group(2)), int(quote.group(2)) + len(quote.group(1))) if quote else None
    error = failure.errors[0] if isinstance(failure, ParseError) and failure.errors else {}
    line, word = error.get("line"), error.get("highlight")
    if not line or not word:
        return None
    at = 0
    for _ in range(line - 1):
        at = text.find("\n", at) + 1
    start = text.rfind(word, at, at + error["col"])  # the column is that of the word's last letter
    return (start, start + len(word)) if start >= 0 else None


def _made(dialect: str) -> tuple[Tokenizer, Parser]:
    known = Dialect.get_or_raise(dialect or None)
    return known.tokenizer(), known.parser()
