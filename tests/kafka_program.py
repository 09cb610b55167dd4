"""Apache Kafka for tests: its program from Maven Central, once a machine, in a cache outside of the repository.

    python3 tests/kafka_program.py      fetches it, so that it is there when the tests want it (`.ci/run` does)

Needs `java` (17 or newer) and, the first time, `mvn`.
Measured on 2 cores, quiet and busy: 10 and 21 s for 57 MB, of which 44 MB (Kafka) are kept.
"""

from __future__ import annotations

import shutil
import subprocess
from typing import TYPE_CHECKING

from maven_cache import cached, maven

if TYPE_CHECKING:
    from pathlib import Path

VERSION = "4.3.1"
NODES = (1, 2)
"""Node 1 is broker and controller, node 2 a further broker."""
JAVA_FLAGS = ("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-XX:-UsePerfData", "-Xmx256m")
"""For a start in 2.5 s instead of 4.3. A class archive would make it 1.4, and costs 4.5 s to write: not worth it here.
"""
_CLUSTER = "whence-tests-000000000"
_POM = f"""<project xmlns="http://maven.apache.org/POM/4.0.0">
<modelVersion>4.0.0</modelVersion>
<groupId>whence</groupId><artifactId>kafka-for-tests</artifactId><version>1</version><packaging>pom</packaging>
<dependencies>
<dependency><groupId>org.apache.kafka</groupId><artifactId>kafka_2.13</artifactId><version>{VERSION}</version></dependency>
<dependency><groupId>org.slf4j</groupId><artifactId>slf4j-simple</artifactId><version>1.7.36</version></dependency>
</dependencies>
</project>
"""


def kafka_home() -> Path:
    """Give the folder with Kafka's `libs` and each node's fresh `storage-<node>`, fetched when it is not there.

    Raises FileNotFoundError when `java` or `mvn` is needed and absent, RuntimeError when Maven fails three times.
    """
    if shutil.which("java") is None:
        raise FileNotFoundError("java is not on this machine (apt-get install maven)")
    return cached(f"kafka-{VERSION}", _make)


def java_command(home: Path, program: str) -> list[str]:
    """Give the command that runs a program of Kafka's; it says only errors, to standard error."""
    log = "-Dorg.slf4j.simpleLogger.defaultLogLevel=error"
    return ["java", *JAVA_FLAGS, log, "-cp", f"{home / 'libs'}/*", program]


def _make(folder: Path) -> Path:
    home = folder / "kafka"
    (home / "libs").mkdir(parents=True)
    copy = ["dependency:copy-dependencies", "-DincludeScope=runtime", f"-DoutputDirectory={home / 'libs'}"]
    maven(folder, _POM, *copy)
    for node in NODES:
        _format(home, node)
    return home


def _format(home: Path, node: int) -> None:
    """Write a node's empty storage, with the features of this version of Kafka."""
    storage = home / f"storage-{node}"
    settings = {
        "process.roles": "broker,controller" if node == NODES[0] else "broker",
        "node.id": node,
        "controller.quorum.voters": f"{NODES[0]}@127.0.0.1:1",
        "controller.listener.names": "CONTROLLER",
        "listeners": "PLAINTEXT://127.0.0.1:2" + (",CONTROLLER://127.0.0.1:1" if node == NODES[0] else ""),
        "log.dirs": storage,
    }
    file = home / f"format-{node}.properties"
    file.write_text("".join(f"{name}={value}\n" for name, value in settings.items()))
    command = [*java_command(home, "kafka.tools.StorageTool"), "format", "-t", _CLUSTER, "-c", str(file)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise RuntimeError(f"Kafka's storage could not be formatted: {(done.stdout + done.stderr)[-2000:]}")


if __name__ == "__main__":
    print(kafka_home())
