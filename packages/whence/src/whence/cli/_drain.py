"""`whence drain`: send what lies in the spool, now, and say what could not be sent and why.

Must not: run beside another drainer; `whence.emit.drain` watches the process that holds the folder instead.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from whence._capture.ends import recover_into_spool
from whence.cli._command import ExitCode, flag_json
from whence.cli._output import print_json, print_table, say
from whence.emit import drain, load_settings, resend_refused

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

    from whence.emit import DrainResult

DESCRIPTION = """Send what lies in the spool folder to its sinks, now, and wait for it. Exit code 1 when some are left.
Programs drain their own spool; this is for what a stopped or killed program left behind."""
EXAMPLE = "  whence drain --timeout 10"


def configure(parser: ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("--spool-dir", metavar="DIR", help="the spool folder (else WHENCE_SPOOL_DIR, else the default)")
    parser.add_argument("--sinks", metavar="URLS", help="where to send, separated by commas (else WHENCE_SINKS)")
    parser.add_argument("--timeout", type=float, default=60.0, metavar="S", help="seconds to try; default: 60")
    parser.add_argument("--resend-refused", action="store_true", help="first put the dead letters back into the spool")
    flag_json(parser)


def run(args: Namespace) -> int:
    """Drain the spool and report."""
    settings = load_settings({"spool_dir": args.spool_dir, "sinks": args.sinks})
    recover_into_spool(settings)  # runs whose process was killed before their last event was complete
    resent = resend_refused(settings.spool_dir) if args.resend_refused else 0
    result = drain(settings, timeout_s=args.timeout)
    if args.json:
        document = {
            "spoolDir": settings.spool_dir,
            "complete": result.is_complete,
            "resent": resent,
            "otherPid": result.other_pid,
            "sinks": [
                {
                    "url": sink.sink,
                    "delivered": sink.delivered,
                    "refused": sink.refused,
                    "left": sink.left_events,
                    "reason": sink.reason or None,
                }
                for sink in result.sinks
            ],
        }
        print_json(document)
    else:
        _show(result, settings.spool_dir)
    return ExitCode.DONE if result.is_complete else ExitCode.NO


def _show(result: DrainResult, folder: str) -> None:
    if not result.sinks:
        say("no sink is configured: set WHENCE_SINKS")
        return
    print_table(
        ["sink", "delivered", "refused", "left", ""],
        [[each.sink, each.delivered, each.refused, each.left_events, each.reason] for each in result.sinks],
    )
    if result.other_pid:
        say(f"process {result.other_pid} was draining {folder} and went on")
    if any(each.refused for each in result.sinks):
        say("refused events lie in the dead letters: `whence doctor` shows them, --resend-refused tries again")
