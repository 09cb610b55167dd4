"""One engine in a process of its own: a question a line in, an answer a line out. Also runs in rivals' environments.

The clock is the process's CPU time, so that a busy machine counts less. Each call gets a text that the engine has not
seen (a comment with a number behind it), so that no memory of answers helps. A module may have `prepare()`, called
before the clock starts, and `finish(result)`, called after it stopped.
"""

from __future__ import annotations

import contextlib
import importlib
import io
import itertools
import json
import sys
import time
from types import SimpleNamespace
from typing import Any

_NUMBERS = itertools.count()


def answer(module: Any, function: Any, question: dict[str, Any]) -> dict[str, Any]:
    """Call the engine as often as was asked; return its times in ms and its last answer."""
    times: list[float] = []
    result: Any = None
    arguments = [question.get(key) for key in ("dialect", "default_db", "default_schema", "schema")]
    for _ in range(question.get("repeat", 1)):
        module.prepare()
        text = f"{question['sql']}\n-- {next(_NUMBERS)}"
        began = time.process_time()
        result = function(text, arguments[0] or "", *arguments[1:])
        times.append((time.process_time() - began) * 1000)
    return {"ms": times, "result": module.finish(result) if question.get("wants_result") else None}


def main(name: str) -> None:
    where, _, attribute = name.partition(":")
    module = importlib.import_module(where)
    function = getattr(module, attribute)
    hooks = SimpleNamespace(
        prepare=getattr(module, "prepare", lambda: None), finish=getattr(module, "finish", lambda result: result)
    )
    out = sys.stdout
    for line in sys.stdin:
        try:
            with contextlib.redirect_stdout(io.StringIO()):
                told = answer(hooks, function, json.loads(line))
        except Exception as cause:  # noqa: BLE001  an engine may raise anything
            told = {"error": f"{type(cause).__name__}: {str(cause)[:100]}"}
        out.write(json.dumps(told) + "\n")
        out.flush()


if __name__ == "__main__":
    main(sys.argv[1])
