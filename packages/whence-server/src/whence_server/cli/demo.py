"""`whence demo`: a small shop's jobs run for real, a server draws the graph, questions are answered.

Must not: replay anything. The shop's programs (examples/shop) generate files, load them into a database, train a model;
what the server knows, it knows from the events that these programs sent over their spool.
"""

from __future__ import annotations

import os
import sys
import time
import webbrowser
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from whence.cli import ExitCode, bold, flag_json, print_json, say
from whence_server.cli.demo_questions import Answered, ask_all
from whence_server.cli.demo_shop import PROGRAMS, Ran, Shop, deliver, open_shop, run_program
from whence_server.cli.ports import any_free_port, check_port, fault_of, free_port_after
from whence_server.cli.server_process import running_server
from whence_server.cli.termination import clean_end_on_sigterm

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

DESCRIPTION = """Run a small shop: its Python jobs load CSV files with personal data into a database (PostgreSQL if one
is reachable, else SQLite), add them up with SQL, write a training file and train a model; one of them fails once. Then
ask the server where the model comes from, and stay up with the web UI until Ctrl-C."""
EXAMPLE = """  whence demo
  whence demo --once --port 0 --data /tmp/demo"""
HOST = "127.0.0.1"
PORT = 8300
Talk = Callable[[str], None]


def configure(parser: ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument(
        "--data", default="whence-demo", metavar="DIR", help="where everything lies; default: ./whence-demo"
    )
    parser.add_argument("--port", type=int, metavar="PORT", help=f"default: {PORT} or the next free one; 0: any")
    parser.add_argument("--once", "--no-serve", action="store_true", help="end after the answers")
    parser.add_argument("--no-browser", action="store_true", help="do not open a browser")
    flag_json(parser)


def run(args: Namespace) -> int:
    """Run the demo."""
    with clean_end_on_sigterm():
        _play(args)
    return ExitCode.DONE


def _play(args: Namespace) -> None:
    talk = _silent if args.json else say
    port = _port(args.port)
    shop = open_shop(Path(args.data))
    talk(f"{bold('The shop')} lies in {shop.files}, its database is {shop.database_note}.")
    with running_server(HOST, port, data=shop.folder / "server", log=shop.folder / "server.log") as connection:
        talk(f"{bold('The server')} runs at {connection.url}, its log is {shop.folder / 'server.log'}.\n")
        ran = [_run(shop, program, connection.url, talk) for program in PROGRAMS]
        deliver(shop, connection.url)
        url = f"http://localhost:{port}"
        answered = ask_all(connection, str(shop.files), url)
        if args.json:
            print_json(_document(shop, url, ran, answered))
        else:
            _show(answered)
        if not args.once:
            _stay(url, talk, browser=not args.no_browser)


def _silent(_text: str) -> None:
    """Say nothing: standard output belongs to the JSON document."""


def _port(asked: int | None) -> int:
    """Give the port to use: the one that was asked for, or else the first free one from 8300 on."""
    if asked is None:
        return PORT if fault_of(HOST, PORT) is None else free_port_after(HOST, PORT) or PORT
    if asked:
        check_port(HOST, asked)
        return asked
    return any_free_port(HOST)


def _run(shop: Shop, program: str, server_url: str, talk: Talk) -> Ran:
    ran = run_program(shop, program, server_url)
    talk(f"{bold(program)} ({ran.seconds:.1f} s)")
    for line in ran.lines:
        talk(f"  {line}")
    return ran


def _show(answered: list[Answered]) -> None:
    for each in answered:
        say(f"\n{bold(each.question)}\n$ {each.command}")
        each.show(each.answer)


def _document(shop: Shop, url: str, ran: list[Ran], answered: list[Answered]) -> dict[str, Any]:
    return {
        "url": url,
        "data": str(shop.folder),
        "database": shop.database_note,
        "programs": [each._asdict() for each in ran],
        "questions": [{"question": a.question, "command": a.command, "answer": a.answer} for a in answered],
    }


def _stay(url: str, talk: Talk, *, browser: bool) -> None:
    """Stay up until Ctrl-C or SIGTERM."""
    talk(f"\nThe graph is at {bold(url)} until Ctrl-C.")
    if browser and _has_screen():
        webbrowser.open(url)
    try:
        while True:
            time.sleep(3600)
    except KeyboardInterrupt:
        talk("\nThe server has ended; `whence demo` again shows the same graph.")


def _has_screen() -> bool:
    """Tell whether a person with a graphical browser sits here."""
    if not sys.stdout.isatty():
        return False
    return sys.platform in {"darwin", "win32"} or bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
