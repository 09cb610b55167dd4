"""What parsers refuse or leave opaque, read from its words: files, stages, tasks, routines; at the end, guesses."""

from __future__ import annotations

from whence.sql.movers._read import fallback, read

__all__ = ["fallback", "read"]
