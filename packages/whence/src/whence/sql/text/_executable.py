"""MySQL's comments that run: of `/*!50001 VIEW v AS SELECT a FROM t */`, as dumps have it, only the marks are no SQL.

The marks are blanked out with equal length. What is meant for one version only is read as if it ran. It must not look
at other comments. Source: MySQL 9.1 manual, 11.7 (comments); MariaDB Knowledge Base, comment syntax.
"""

from __future__ import annotations

import re
from functools import lru_cache

from whence.sql.text._dialects import MYSQL
from whence.sql.text._scan import comment_pattern, double_pattern, name_pattern, string_pattern


@lru_cache(maxsize=8)
def _finder(dialect: str) -> re.Pattern[str]:
    opaque = (string_pattern(dialect), double_pattern(dialect), name_pattern(dialect), comment_pattern(dialect))
    version = r"\d*+" if dialect in MYSQL else r"\d{5,6}+"
    return re.compile(rf"(?P<opens>/\*M?!{version})|(?P<ends>\*/)|{'|'.join(opaque)}", re.DOTALL)


def has_executable(sql: str, dialect: str) -> bool:
    """Whether a text of MySQL or its kin holds comments that run; with a version, also where no dialect was said."""
    return dialect in ("", *MYSQL) and ("/*!" in sql or "/*M!" in sql)


def opened(sql: str, dialect: str) -> str:
    """Return the text with blanks for the marks of comments that run."""
    pieces: list[str] = []
    at = depth = 0
    for match in _finder(dialect).finditer(sql):
        kind = match.lastgroup
        if kind == "opens":
            depth += 1
        elif kind == "ends" and depth:
            depth -= 1
        else:
            continue
        pieces.append(sql[at : match.start()])
        pieces.append(" " * len(match.group()))
        at = match.end()
    return "".join((*pieces, sql[at:]))
