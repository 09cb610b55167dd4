"""Put 37 ways of moving data through whence.aileron and through aileron-meta-collector, each in a process of its own.

paths.py [--ours] [NAME ...]      without the rival; only scenarios whose name has one of these words

Both have the same program but for the import, the same servers and the same judge: right are the right datasets under
the right run, which ended well. The rival's environment is made once by uv, in $WHENCE_RIVALS or the folder for
temporary files. Goal: at least 36 of 37.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from _paths_judge import faults
from _paths_scenarios import SCENARIOS
from _paths_servers import stage

GOAL = 36
RIVAL = "aileron-meta-collector==0.1.36"
BESIDE = (
    "sqlalchemy[asyncio]>=2",
    "psycopg[binary]",
    "pandas",
    "boto3",
    "s3fs",
    "pyathena",
    "awswrangler",
    "pyarrow",
    "fastapi",
    "httpx",
)
FOLDER = Path(os.environ.get("WHENCE_RIVALS") or Path(tempfile.gettempdir()) / "whence-rivals") / "aileron"


def rival() -> Path:
    """Return the rival's Python, made at the first call."""
    python = FOLDER / "bin" / "python"
    mark = FOLDER / "complete"
    if not mark.exists():
        subprocess.run(["uv", "venv", "-q", "--clear", str(FOLDER)], check=True)
        subprocess.run(["uv", "pip", "install", "-q", "--python", str(python), RIVAL, *BESIDE], check=True)
        mark.touch()
    return python


def main() -> int:
    """Play everything and print the table; 1 when ours is below the goal."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*")
    parser.add_argument("--ours", action="store_true", help="without the rival")
    options = parser.parse_args()
    chosen = [each for each in SCENARIOS if not options.names or any(name in each.name for name in options.names)]
    collectors = {"whence.aileron": Path(sys.executable)}
    if not options.ours:
        collectors["aileron_meta_collector"] = rival()
    right = dict.fromkeys(collectors, 0)
    with stage() as here:
        for each in chosen:
            for package, python in collectors.items():
                played = here.play(python, package, [each.name])
                found = faults(each, played.catalogue)
                right[package] += not found
                last = f"; the program: {played.errors.strip().splitlines()[-1]}" if played.errors else ""
                print(f"{each.name:45} {package:24} {'right' if not found else '; '.join(found) + last}", flush=True)
    print()
    for package, count in right.items():
        print(f"{package:24} {count} of {len(chosen)}")
    return int(right["whence.aileron"] < len(chosen) - (len(SCENARIOS) - GOAL))


if __name__ == "__main__":
    sys.exit(main())
