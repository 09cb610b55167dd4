"""What a run's end says about the exception that ended it: enough to find the fault, without the values it was about.

Messages of database drivers quote statements, parameters and rows; those of other libraries quote what they choked on.
So: database errors keep their class and code, the first line without quoted values; every message loses quoted text,
long numbers, addresses and URL credentials; the stack trace has places, no source text. It must not touch the
exception: the host gets it back as it was.
"""

from __future__ import annotations

import sys
from contextlib import suppress

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import TracebackType

_MAX_MESSAGE = 1000
_MAX_FRAMES = 50


_STOPPED = frozenset({"CancelledError", "Cancelled", "GreenletExit"})  # asyncio and concurrent.futures, trio, gevent


class ProcessEndedError(Exception):
    """Stands for the end of the process inside a run; never raised."""


def event_type_of(error: BaseException | None) -> str:
    """Return how a run ended: COMPLETE, FAIL, or ABORT when somebody stopped it.

    A generator that its reader left early and `sys.exit()` without an error code did what was wanted of them: COMPLETE.
    """
    if error is None or isinstance(error, GeneratorExit):
        return "COMPLETE"
    if isinstance(error, SystemExit):
        return "COMPLETE" if error.code in (None, 0) else "FAIL"
    if isinstance(error, (KeyboardInterrupt, ProcessEndedError)) or type(error).__name__ in _STOPPED:
        return "ABORT"
    return "FAIL"


def message_of(error: BaseException) -> str:
    """Return the class of the exception and what may be told of its message."""
    try:
        text = _database_message(error) if _is_database_error(error) else cleansed(str(error))
    except Exception:  # noqa: BLE001  a foreign __str__ may raise what it likes
        text = ""
    return f"{type(error).__name__}: {text}" if text else type(error).__name__


def trace_of(error: BaseException) -> str:
    """Return the stack trace in Python's form, without source lines and without the message."""
    lines = ["Traceback (most recent call last):"]
    frames = _frames(error.__traceback__)
    lines.extend(frames[-_MAX_FRAMES:])
    lines.append(type(error).__name__)
    return "\n".join(lines)


def _frames(at: TracebackType | None) -> list[str]:
    frames: list[str] = []
    while at is not None:
        code = at.tb_frame.f_code
        frames.append(f'  File "{code.co_filename}", line {at.tb_lineno}, in {code.co_name}')
        at = at.tb_next
    return frames


def cleansed(text: str) -> str:
    """Return a message without what may be data: quoted text, digits in a row, addresses, credentials in URLs."""
    import re  # noqa: PLC0415  only failed runs pay for it

    text = text.split("\n[SQL:", 1)[0][: _MAX_MESSAGE * 4]
    for pattern, instead in (
        (r"(//)[^/@\s]*@", r"\1"),
        (r"'(?:[^'\\]|''|\\.)*'", "?"),
        (r"(=\s*)\((?:[^()]|\([^()]*\))*\)", r"\1(?)"),
        (r"(:\s*)\"[^\"]*\"", r"\1?"),
        (r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+", "?"),
        (r"\d(?:[ -]?\d){6,}", "?"),
        (r"((?:password|passwd|secret|token|api_?key)\s*[=:]\s*)\S+", r"\1?"),
    ):
        text = re.sub(pattern, instead, text, flags=re.IGNORECASE)
    return text[:_MAX_MESSAGE].strip()


def _is_database_error(error: BaseException) -> bool:
    """Whether a database driver or SQLAlchemy raised it: PEP 249 names the classes."""
    return any(cls.__name__ in ("StatementError", "DatabaseError", "InterfaceError") for cls in type(error).__mro__)


def _database_message(error: BaseException) -> str:
    """Return the code of the database and the first line of its message."""
    cause = getattr(error, "orig", None) or error
    code = getattr(cause, "sqlstate", None) or getattr(cause, "pgcode", None)
    arguments = getattr(cause, "args", ())
    if code is None and arguments and isinstance(arguments[0], int):
        code = str(arguments[0])
    text = next((argument for argument in arguments if isinstance(argument, str)), "")
    first = text.strip().splitlines()[0] if text.strip() else ""
    name = "" if cause is error else f"{type(cause).__name__}: "
    return f"{name}{f'[{code}] ' if code else ''}{cleansed(first)}"


def keep_interrupt() -> None:
    """Let the process end as interrupted (130 in a shell) when Ctrl-C ended it.

    Python forgets that when any text is executed meanwhile, as importing a module with a dataclass does, and remembers
    it when an executed text raises KeyboardInterrupt. In an interactive session an interrupt is not its end.
    """
    if getattr(sys, "last_type", None) is KeyboardInterrupt and not hasattr(sys, "ps1"):
        with suppress(KeyboardInterrupt):
            exec("raise KeyboardInterrupt")  # noqa: S102  its own text
