"""The engines that are measured, each as a process of its own in its own virtual environment, outside the tree.

`python benchmarks/sql/_rivals.py` makes the environments (some 400 MB, once): in $WHENCE_RIVALS, else in the folder for
temporary files. A process reads one JSON line a question and answers one JSON line; what it is asked for and how its
clock runs is in `_engine_process.py`.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from typing import Self

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
FOLDER = Path(os.environ.get("WHENCE_RIVALS") or Path(tempfile.gettempdir()) / "whence-rivals")
CORPUS = Path(os.environ.get("WHENCE_CORPUS") or "/work/shared/corpus") / "sql"


class Engine(NamedTuple):
    """An engine: the packages of its environment, and the function it is asked through."""

    packages: tuple[str, ...]
    function: str
    timeout_s: float = 60.0


SQLGLOT = "30.30.0"
COMPILED = (f"sqlglot[c]=={SQLGLOT}",)
PURE = (f"sqlglot=={SQLGLOT}",)  # not our own environment, which may have the compiled one
ENGINES = {
    "parse, compiled": Engine(COMPILED, "adapters:sqlglot_parse"),
    "parse, pure Python": Engine(PURE, "adapters:sqlglot_parse"),
    "whence, compiled": Engine(COMPILED, "_cold:default"),
    "whence, pure Python": Engine(PURE, "_cold:default"),
    "sqlglot lineage, compiled": Engine(COMPILED, "adapters:sqlglot_default"),
    "sqlglot lineage, tuned, compiled": Engine(COMPILED, "adapters:sqlglot_full"),
    "openlineage-sql": Engine(("openlineage-sql==1.54.0",), "adapters:openlineage"),
    "datahub": Engine(("acryl-datahub[sql-parser]==1.7.0.17",), "adapters:datahub"),
    "sqllineage": Engine(("sqllineage==1.5.9",), "adapters:sqllineage_wrapped"),
}
UNIT = "parse, compiled"


class EngineProcess:
    """A running engine. It is started again when it died or did not answer in time, which counts as an error."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._engine = ENGINES[name]
        self._process: subprocess.Popen[str] | None = None

    def ask(self, **question: Any) -> dict[str, Any]:
        """Return its answer, or {"error": why}."""
        process = self._process or self._started()
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            process.stdin.write(json.dumps(question) + "\n")
            process.stdin.flush()
            line = _line_within(process, self._engine.timeout_s)
        except BrokenPipeError:
            line = ""
        if line:
            return dict(json.loads(line))
        code = process.poll()
        self.close()
        return {"error": f"died with {code}" if code is not None else f"more than {self._engine.timeout_s:.0f} s"}

    def _started(self) -> subprocess.Popen[str]:
        command = [python_of(self._engine), str(HERE / "_engine_process.py"), self._engine.function]
        paths = os.pathsep.join([str(CORPUS), str(HERE), str(ROOT / "packages/whence/src")])
        environment = {**os.environ, "PYTHONPATH": paths, "PYTHONHASHSEED": "0", "DATAHUB_TELEMETRY_ENABLED": "false"}
        self._process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            env=environment,
        )
        return self._process

    def close(self) -> None:
        """End the process."""
        if self._process is not None:
            self._process.kill()
            self._process.communicate()
            self._process = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _line_within(process: subprocess.Popen[str], seconds: float) -> str:
    import select  # noqa: PLC0415  not there on every system

    assert process.stdout is not None
    ready, _, _ = select.select([process.stdout], [], [], seconds)
    return process.stdout.readline() if ready else ""


def _folder(packages: tuple[str, ...]) -> Path:
    return FOLDER / "-".join("".join(c if c.isalnum() or c in ".=" else "_" for c in package) for package in packages)


def python_of(engine: Engine) -> str:
    """Return the interpreter of an engine."""
    return str(_folder(engine.packages) / "bin" / "python")


def is_installed(name: str) -> bool:
    """Whether the engine's environment is there."""
    return Path(python_of(ENGINES[name])).exists()


def install() -> None:
    """Make the environments that are not there yet."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    for packages in sorted({engine.packages for engine in ENGINES.values()}):
        folder = _folder(packages)
        if (folder / "bin" / "python").exists():
            continue
        print(f"installing {', '.join(packages)} into {folder}", flush=True)
        uv = [str(ROOT / "tools" / "uv"), "--no-config"]
        made = folder.with_name(folder.name + ".part")
        subprocess.run([*uv, "venv", "-q", "--clear", "--python", sys.executable, str(folder)], check=True, cwd=FOLDER)
        try:
            command = [*uv, "pip", "install", "-q", "--python", str(folder / "bin" / "python"), *packages]
            subprocess.run(command, check=True, cwd=FOLDER)
        except subprocess.CalledProcessError:
            folder.rename(made)  # not taken for a whole one
            raise


if __name__ == "__main__":
    install()
