"""Run the benchmarks one after another, each in a process of its own, so that none warms another's caches.

benchmarks/run.py [NAME ...]      names of folders beside this file; all of them without a name
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
NAMES = ("capture", "collector", "spool", "ingest", "reads", "sql")


def scripts(name: str) -> list[Path]:
    """List the scripts of a benchmark: every module of its folder but helpers (an underscore) and adapters."""
    folder = HERE / name
    if not folder.is_dir():
        sys.exit(f"there is no benchmark {name!r}: choose from {', '.join(NAMES)}")
    return sorted(path for path in folder.glob("*.py") if not path.name.startswith(("_", "adapter")))


def main(names: list[str]) -> int:
    """Run the named benchmarks; give 1 when one of them failed."""
    failed = 0
    for name in names or NAMES:
        for script in scripts(name):
            print(f"\n== {script.relative_to(HERE)}", flush=True)
            failed |= subprocess.run([sys.executable, str(script)], check=False).returncode != 0
    return int(failed)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
