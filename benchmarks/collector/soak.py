"""Whether memory stands still (goal C7): statements, S3 objects and runs for N minutes, resident memory at their ends.

soak.py [MINUTES]       3 by default, 60 for the goal; from the end of the warm-up to the end it must grow under 2 MB

One process with all hooks does rounds: a run with statements on an SQLite engine (known ones, and each time some that
were never seen), objects put and read at a moto server of its own, a nested run and a failed one. Events go to a file
that is emptied as it grows, and to an HTTP port where nobody listens, whose spool is capped: so the ways of trouble are
in it, too. It first sees more statements than the caches hold. Resident memory is read after a collection of garbage,
ten times after the warm-up (the first tenth, at least half of a short one) and ten times at the end; the medians are
compared. The same rounds with collection off are the reference: what the libraries themselves grow is not ours.
"""

from __future__ import annotations

import gc
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2] / "tests"))

import boto3
import sqlalchemy as sa
from moto_server import MotoServer

import whence

HERE = Path(__file__)
MINUTES = float(sys.argv[1]) if sys.argv[1:2] not in ([], ["play"]) else 3.0
LIMIT_MB = 2.0
ROUND_S = 0.02
FILE_MAX_BYTES = 8 << 20
SAMPLES = 10
COURSE = 20
STATEMENTS = 6000


def resident_mb() -> float:
    """Give the resident memory of this process."""
    gc.collect()
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


class Work:
    """What a service does: a database, a bucket, a file."""

    def __init__(self, folder: Path, endpoint: str) -> None:
        self.folder = folder
        self.text = sa.text
        self.engine = sa.create_engine(f"sqlite:///{folder}/shop.db")
        self.s3 = boto3.client("s3", endpoint_url=endpoint)
        self.s3.create_bucket(Bucket="lake")
        with self.engine.begin() as connection:
            connection.execute(sa.text("CREATE TABLE orders (id INTEGER, amount INTEGER)"))

    def round(self, number: int) -> None:
        """Do a run's work; every number makes statements and keys of its own."""
        with whence.job("outer", flow="soak"):
            with self.engine.begin() as connection:
                connection.execute(self.text("INSERT INTO orders VALUES (:id, 1)"), {"id": number})
                connection.execute(self.text("SELECT amount FROM orders WHERE id = :id"), {"id": number}).all()
                connection.execute(
                    self.text(f"SELECT amount AS a{number % (2 * STATEMENTS)} FROM orders WHERE id = {number}")
                ).all()
                connection.execute(self.text("DELETE FROM orders WHERE id < :id"), {"id": number - 100})
            key = f"events/dt={number % 3650}/part-{number % 100:05}.csv"
            self.s3.put_object(Bucket="lake", Key=key, Body=b"x")
            self.s3.get_object(Bucket="lake", Key=key)["Body"].read()
            self.s3.delete_object(Bucket="lake", Key=key)
            with whence.job("inner"):
                whence.add_input(f"s3://lake/by-hand/{number % 3650}.csv")
        try:
            with whence.job("failing"):
                raise ValueError(f"number {number}")  # noqa: TRY301 - the job has to see it
        except ValueError:
            pass

    def fill(self) -> None:
        """See more statements than any cache holds, so that what is bounded is full before anything is measured."""
        for start in range(0, STATEMENTS, 100):
            with whence.job("fill"), self.engine.begin() as connection:
                for number in range(start, start + 100):
                    connection.execute(self.text(f"SELECT amount AS a{number} FROM orders WHERE id = 0")).all()


def play(folder: Path, endpoint: str, minutes: float) -> None:
    """Do rounds for so long; print the samples of resident memory and the number of rounds."""
    whence.install()
    work = Work(folder, endpoint)
    work.fill()
    events = folder / "events.jsonl"
    begin = time.monotonic()
    end = begin + minutes * 60
    warm = begin + max(minutes * 6, min(60.0, minutes * 30))
    tail = max(minutes * 6, 10.0)
    course: list[float] = []
    early: list[float] = []
    late: list[float] = []
    number = 0
    while (now := time.monotonic()) < end:
        work.round(number)
        number += 1
        if len(early) < SAMPLES and now > warm:
            early.append(resident_mb())
        elif len(late) < SAMPLES and now > end - tail + len(late) * tail / SAMPLES:
            late.append(resident_mb())
        if now > begin + len(course) * minutes * 60 / COURSE:
            course.append(round(resident_mb(), 1))
        if number % 200 == 0 and events.exists() and events.stat().st_size > FILE_MAX_BYTES:
            events.write_text("")
        time.sleep(ROUND_S)
    print(number, statistics.median(early), statistics.median(late), *course)


def measure(folder: Path, endpoint: str, minutes: float, *, disabled: bool) -> tuple[int, float, float]:
    """Play in a process of its own; say the course of its memory."""
    folder.mkdir()
    environ = os.environ | {
        "WHENCE_SINKS": f"file:{folder}/events.jsonl,http://127.0.0.1:9",
        "WHENCE_SPOOL_DIR": str(folder / "spool"),
        "WHENCE_SPOOL_MAX_BYTES": "16MiB",
        "WHENCE_DISABLED": str(disabled).lower(),
    }
    command = [sys.executable, str(HERE), "play", str(folder), endpoint, str(minutes)]
    told = subprocess.run(command, env=environ, check=True, capture_output=True, text=True).stdout.split()
    print(f"  {'disabled' if disabled else 'collecting'}, in the course of {minutes:g} minutes: {' '.join(told[3:])}")
    return int(told[0]), float(told[1]), float(told[2])


def main() -> int:
    """Measure with collection on, then the reference for a tenth of the time (at least as long as the smoke)."""
    folder = Path(tempfile.mkdtemp(prefix="whence-soak-"))
    try:
        with MotoServer(folder) as server:
            os.environ.update(server.environment())
            print(f"{MINUTES:g} minutes; resident MB after the warm-up and at the end")
            rounds, before, after = measure(folder / "on", server.url, MINUTES, disabled=False)
            print(f"  collecting: {rounds} runs of three, {before:.1f} -> {after:.1f} MB, growth {after - before:+.2f}")
            short = max(MINUTES / 10, min(MINUTES, 3.0))
            server.reset()
            idle, low, high = measure(folder / "off", server.url, short, disabled=True)
            print(f"  disabled ({short:g} minutes): {idle} runs, {low:.1f} -> {high:.1f} MB, growth {high - low:+.2f}")
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return int(after - before > LIMIT_MB)


if __name__ == "__main__":
    if sys.argv[1:2] == ["play"]:
        play(Path(sys.argv[2]), sys.argv[3], float(sys.argv[4]))
    else:
        sys.exit(main())
