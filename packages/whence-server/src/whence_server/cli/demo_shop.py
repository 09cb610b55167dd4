"""The demo's shop: where its files lie, which database it uses, and running its programs.

Must not: know what the programs do, or import what they import. They are ordinary programs that are told by their
environment where the spool lies and where events go.
"""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from whence.cli import CliError
from whence.emit import drain, settings_from

if TYPE_CHECKING:
    from collections.abc import Mapping

    from whence.emit import Settings

PROGRAMS = ("nightly.py", "fraud.py")
NAMESPACE = "shop"
EXTRA = "whence-server[demo]"
LOCAL_POSTGRES = "postgresql+psycopg://whence:whence@127.0.0.1:5432/whence"
"""What `compose.yaml` would start; nobody else's server has this user, so nothing of anybody else's is touched."""
DRAIN_S = 30.0
FOREIGN_SETTINGS = ("WHENCE_", "OPENLINEAGE_", "OL_", "MARQUEZ_")


class Shop(NamedTuple):
    """The demo's folder and what goes on in it."""

    folder: Path
    programs: Path
    database_url: str
    database_note: str

    @property
    def files(self) -> Path:
        """Where the shop's own files lie."""
        return self.folder / "shop"


class Ran(NamedTuple):
    """A program of the shop that ran to its end."""

    program: str
    lines: list[str]
    seconds: float


def open_shop(folder: Path, environ: Mapping[str, str] = os.environ) -> Shop:
    """Make the folder and choose the database: PostgreSQL if one is reachable, else SQLite in the folder."""
    programs = Path(__file__).parent / "shop"
    if not (programs / PROGRAMS[0]).is_file():
        raise CliError(
            "the demo's programs are not part of this installation", advice="run it from a clone: `make demo`"
        )
    if importlib.util.find_spec("sqlalchemy") is None:
        raise CliError("the demo's shop uses SQLAlchemy, which is not installed", advice=f"pip install '{EXTRA}'")
    folder = folder.resolve()
    try:
        (folder / "shop").mkdir(parents=True, exist_ok=True)
    except OSError as cause:
        raise CliError(
            f"the demo cannot make its folder {folder / 'shop'}: {cause.strerror}", advice="name another with --data"
        ) from cause
    url, note = choose_database(programs, folder, environ)
    return Shop(folder, programs, url, note)


def choose_database(programs: Path, folder: Path, environ: Mapping[str, str]) -> tuple[str, str]:
    """Give the database's SQLAlchemy URL, and in words which one it is and why."""
    sqlite = f"sqlite:///{folder / 'shop' / 'shop.db'}"
    wanted = environ.get("WHENCE_DEMO_DATABASE_URL")
    fault = _fault_of(programs, wanted or LOCAL_POSTGRES)
    if fault is None:
        name = "PostgreSQL of WHENCE_DEMO_DATABASE_URL" if wanted else "PostgreSQL on 127.0.0.1:5432"
        return wanted or LOCAL_POSTGRES, f"{name}, schema whence_demo"
    if wanted:
        return sqlite, f"SQLite, because WHENCE_DEMO_DATABASE_URL cannot be used: {fault}"
    return sqlite, "SQLite (set WHENCE_DEMO_DATABASE_URL for PostgreSQL)"


def _fault_of(programs: Path, url: str) -> str | None:
    asked = subprocess.run(  # noqa: S603 - our own program, on our own interpreter
        [sys.executable, programs / "database.py"],
        env={**os.environ, "SHOP_DATABASE_URL": url},
        capture_output=True,
        text=True,
        check=False,
    )
    if asked.returncode == 0:
        return None
    return asked.stdout.strip() or asked.stderr.strip().rpartition("\n")[2]


def settings_of(shop: Shop, server_url: str) -> Settings:
    """Give the settings under which the shop's programs run."""
    return settings_from({"sinks": server_url, "spool_dir": str(shop.folder / "spool"), "namespace": NAMESPACE})


def run_program(shop: Shop, program: str, server_url: str) -> Ran:
    """Run one of the shop's programs to its end; raises `CliError` when it fails."""
    settings = settings_of(shop, server_url)
    theirs = {name: value for name, value in os.environ.items() if not name.startswith(FOREIGN_SETTINGS)}
    environment = theirs | {
        "WHENCE_SINKS": server_url,
        "WHENCE_SPOOL_DIR": settings.spool_dir,
        "WHENCE_NAMESPACE": settings.namespace,
        "SHOP_DATABASE_URL": shop.database_url,
        "PYTHONUTF8": "1",
    }
    began = time.monotonic()
    ran = subprocess.run(  # noqa: S603 - our own program, on our own interpreter
        [sys.executable, shop.programs / program, shop.files],
        env=environment,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    if ran.returncode:
        raise CliError(f"the demo's {program} ended with code {ran.returncode}", advice=ran.stderr.strip()[-2_000:])
    return Ran(program, ran.stdout.splitlines(), time.monotonic() - began)


def deliver(shop: Shop, server_url: str) -> None:
    """Wait until the server has every event of the shop's programs; raises `CliError` when it does not take them."""
    result = drain(settings_of(shop, server_url), DRAIN_S)
    for sink in result.sinks:
        if sink.left_events or sink.refused:
            raise CliError(
                f"the demo's events did not all arrive: {sink.left_events} are left, {sink.refused} were refused",
                advice=sink.reason or f"the dead letters in {shop.folder / 'spool'} say why",
            )
