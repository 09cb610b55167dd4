"""Programs for tests from Maven Central, once a machine, in a cache outside of the repository.

Standard library only: `.ci/run` has them fetched before anything is installed. What is missing raises
FileNotFoundError.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

_TRIES = 3


def cached(name: str, make: Callable[[Path], Path]) -> Path:
    """Give the folder of a program; `make` gets an empty folder and returns the one in it that is to be kept.

    Several processes may ask at once: one makes it, the others wait.
    """
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "whence-tests"
    home = cache / name
    cache.mkdir(parents=True, exist_ok=True)
    with (cache / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not home.is_dir():
            with tempfile.TemporaryDirectory(dir=cache) as folder:
                make(Path(folder)).rename(home)
    return home


def maven(folder: Path, project: str, *arguments: str) -> None:
    """Run Maven on a project in a folder, with a repository of its own: two Mavens at once may spoil one they share.

    Raises FileNotFoundError when `mvn` is absent, RuntimeError when it fails three times.
    """
    program = shutil.which("mvn")
    if program is None:
        raise FileNotFoundError("Maven's mvn is not on this machine (apt-get install maven)")
    (folder / "pom.xml").write_text(project)
    command = [program, "-q", "-B", "--strict-checksums", f"-Dmaven.repo.local={folder / 'repository'}", *arguments]
    for _ in range(_TRIES):
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
        if done.returncode == 0:
            return
    raise RuntimeError(f"Maven failed in {' '.join(arguments)}: {(done.stdout + done.stderr)[-2000:]}")
