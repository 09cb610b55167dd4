"""`whence doctor`: what is installed, hooked, configured, reachable and spooled here.

Must not: change anything, send an event, or show a secret. It looks with the eyes of a program that is started here and
now: the same environment, the same configuration file.
"""

from __future__ import annotations

import platform
import sys
from typing import TYPE_CHECKING, Any

from whence.cli._command import ExitCode, flag_json, version_of
from whence.cli._hooks import hook_states
from whence.cli._output import bold, clean, print_json, print_table, say
from whence.cli._sinks import reach
from whence.emit import load_settings, refused_events, spool_state
from whence.emit.sinks import sink_key
from whence.errors import SpoolError

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace
    from collections.abc import Iterator

    from whence.cli._hooks import HookState
    from whence.cli._sinks import Reach
    from whence.emit import Settings, SpoolState

DESCRIPTION = """Show what a program started here, now, would find: Python, packages, hooks, settings, sinks, spool.
What is wrong is listed last; exit code 1 when there is something that a person should mend."""
EXAMPLE = "  WHENCE_SINKS=http://localhost:8300 whence doctor"
DISTRIBUTIONS = ("whence", "whence-server", "sqlglot")
ALWAYS_SHOWN = frozenset({"sinks", "spool_dir", "namespace"})
LETTERS_SHOWN = 3
TEXT_SHOWN = 100

Json = dict[str, Any]


def configure(parser: ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument(
        "--timeout", type=float, default=3.0, metavar="S", help="seconds to wait for a sink; default: 3"
    )
    flag_json(parser)


def run(args: Namespace) -> int:
    """Look around and report."""
    settings = load_settings()
    sinks = [reach(sink, timeout_s=args.timeout) for sink in settings.sinks]
    spool = _spool(settings)
    hooks = list(hook_states())
    report: Json = {
        "python": {"version": platform.python_version(), "executable": sys.executable, "platform": platform.platform()},
        "packages": [{"name": name, "version": version_of(name)} for name in DISTRIBUTIONS],
        "hooks": [
            {"name": h.name, "library": h.library, "version": h.version, "possible": h.is_possible, "detail": h.detail}
            for h in hooks
        ],
        "settings": [r._asdict() for r in settings.rows() if r.origin != "default" or r.name in ALWAYS_SHOWN],
        "sinks": [{"url": each.url, "reachable": each.is_reachable, "detail": each.detail} for each in sinks],
        "spool": spool,
        "problems": [*broken_hooks(hooks), *problems_of(settings, sinks, spool)],
    }
    if args.json:
        print_json(report)
    else:
        show(report)
    return ExitCode.NO if report["problems"] else ExitCode.DONE


def _spool(settings: Settings) -> Json:
    """Look into the spool folder; a folder that may not be read is told as its `fault`."""
    try:
        return spool_report(settings, spool_state(settings.spool_dir))
    except (SpoolError, OSError) as fault:
        return {"folder": settings.spool_dir, "exists": True, "fault": str(fault), "sinks": [], "refused": []}


def spool_report(settings: Settings, state: SpoolState) -> Json:
    """Say what lies in the spool folder, for each sink what it has not taken, and the last dead letters."""
    letters = refused_events(settings.spool_dir)
    sinks = [
        {
            "url": sink.url,
            "waiting": state.waiting_events.get(sink_key(sink), state.events),
            "refused": state.refused_events.get(sink_key(sink), 0),
        }
        for sink in settings.sinks
    ]
    return {
        "folder": state.folder,
        "exists": state.exists,
        "writable": state.is_writable,
        "bytes": state.bytes,
        "events": state.events,
        "oldestSeconds": None if state.oldest_s is None else round(state.oldest_s, 1),
        "drainerPid": state.drainer_pid,
        "counters": dict(state.counters),
        "sinks": sinks,
        "refused": [
            {"at": each.refused_at, "sink": each.sink, "reason": each.reason} for each in letters[-LETTERS_SHOWN:]
        ],
        "fault": None,
    }


def broken_hooks(hooks: list[HookState]) -> Iterator[str]:
    """Yield the hooks that are installed and do not load."""
    return (each.detail for each in hooks if not each.library)


def problems_of(settings: Settings, sinks: list[Reach], spool: Json) -> Iterator[str]:
    """Yield what a person should mend. A default sink that is not there is none: nobody asked for it."""
    yield from settings.warnings
    if settings.origins.get("sinks"):
        yield from (
            f"the sink {each.url} takes no events now: {each.detail}" for each in sinks if not each.is_reachable
        )
    if not settings.sinks:
        yield "no sink is configured: events stay in the spool; set WHENCE_SINKS"
    if spool["fault"]:
        yield spool["fault"]
    elif spool["exists"] and not spool["writable"]:
        yield f"the spool folder {spool['folder']} may not be written: events are kept in memory only"
    for each in spool["sinks"]:
        if each["waiting"] and spool["drainerPid"] is None:
            yield f"{each['waiting']:,} events wait for {each['url']} and no program sends them: `whence drain`"
        if each["refused"]:
            yield f"{each['refused']:,} events were refused by {each['url']}: see the dead letters in {spool['folder']}"


def show(report: Json) -> None:
    """Show the report to a person."""
    python = report["python"]
    say(f"{bold('Python')} {python['version']} at {python['executable']} on {python['platform']}")
    packages = [f"{each['name']} {each['version'] or 'not installed'}" for each in report["packages"]]
    say(f"{bold('Packages')} {', '.join(packages)}")
    say()
    print_table(
        ["hook", "library", ""],
        [[h["name"], f"{h['library']} {h['version'] or ''}".strip(), h["detail"]] for h in report["hooks"]],
    )
    say()
    print_table(["setting", "value", "origin"], [[r["name"], r["value"], r["origin"]] for r in report["settings"]])
    say()
    words = {True: "reachable", False: "not reachable"}
    print_table(["sink", "", ""], [[each["url"], words[each["reachable"]], each["detail"]] for each in report["sinks"]])
    say()
    _show_spool(report["spool"])
    say()
    for problem in report["problems"]:
        say(f"! {clean(problem)}")
    if not report["problems"]:
        lonely = not any(each["reachable"] for each in report["sinks"])
        say("nothing to mend" + ("; start a server with `whence serve`, or set WHENCE_SINKS" if lonely else ""))


def _show_spool(spool: Json) -> None:
    if not spool["exists"] or spool["fault"]:
        say(f"{bold('Spool')} {spool['folder']}: {spool['fault'] or 'not there yet, so nothing waits'}")
        return
    by = f", sent by process {spool['drainerPid']}" if spool["drainerPid"] is not None else ""
    say(f"{bold('Spool')} {spool['folder']}: {spool['events']:,} events in {spool['bytes']:,} bytes{by}")
    for each in spool["sinks"]:
        say(f"  {each['waiting']:,} wait for {each['url']}, {each['refused']:,} refused by it")
    for name, count in spool["counters"].items():
        say(f"  {name}: {count:,}")
    for each in spool["refused"]:
        say(f"  refused {each['at']} by {each['sink']}: {clean(each['reason'])[:TEXT_SHOWN]}")
