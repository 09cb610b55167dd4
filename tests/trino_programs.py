"""Where Trino's programs are: its libraries from Maven Central, downloaded once a machine, and a Java that runs them.

`python tests/trino_programs.py` downloads them (224 MB) ahead of time, as `.ci/run` does beside other work: it needs
the standard library only, and mvn. What is missing raises FileNotFoundError.
"""

from __future__ import annotations

import os
import re
import shutil
import tarfile
import zipfile
from pathlib import Path

from maven_cache import cached, maven

VERSION = "476"
CONNECTORS = ("memory", "tpch")
_JAVA = 24
_ARTIFACT = (
    "<artifactItem><groupId>io.trino</groupId><artifactId>{}</artifactId>"
    "<version>{}</version><type>{}</type></artifactItem>"
)
_PROJECT = """<project>
<modelVersion>4.0.0</modelVersion><groupId>whence</groupId><artifactId>trino</artifactId><version>1</version>
<packaging>pom</packaging><build><plugins><plugin><artifactId>maven-dependency-plugin</artifactId><configuration>
<artifactItems>{}</artifactItems><outputDirectory>{}</outputDirectory>
</configuration></plugin></plugins></build></project>
"""


def java() -> Path:
    """Return the program of a Java that Trino runs on, the newest of this machine."""
    homes = [Path(os.environ.get("JAVA_HOME", "/nonexistent")), *Path("/usr/lib/jvm").glob("*")]
    known = {home: _version(home) for home in homes}
    newest = max(known, key=known.__getitem__)
    if known[newest] < _JAVA:
        raise FileNotFoundError(f"Trino {VERSION} needs Java {_JAVA} or newer: none is in JAVA_HOME or /usr/lib/jvm")
    return newest / "bin" / "java"


def _version(home: Path) -> int:
    release, program = home / "release", home / "bin" / "java"
    found = re.search(r'^JAVA_VERSION="(\d+)', release.read_text(), re.MULTILINE) if release.exists() else None
    return int(found[1]) if found and program.exists() else 0


def libraries() -> Path:
    """Return the folder with Trino's `lib` and a folder of each connector in `plugin`; download it if need be."""
    return cached(f"trino-{VERSION}", _make)


def _make(folder: Path) -> Path:
    names = [("trino-server-core", "tar.gz"), *((f"trino-{name}", "zip") for name in CONNECTORS)]
    items = "".join(_ARTIFACT.format(name, VERSION, kind) for name, kind in names)
    maven(folder, _PROJECT.format(items, folder), "dependency:copy")
    return _unpack(folder)


def _unpack(folder: Path) -> Path:
    """Unpack what a server needs: not the launchers, nor the connectors that the archive brings itself."""
    home = folder / "home"
    (home / "lib").mkdir(parents=True)
    with tarfile.open(folder / f"trino-server-core-{VERSION}.tar.gz") as archive:
        for member in archive:
            parts = member.name.split("/")
            if parts[1:2] == ["lib"] and member.isfile():
                with archive.extractfile(member) as source, (home / "lib" / parts[-1]).open("wb") as target:
                    shutil.copyfileobj(source, target)
            elif parts[1:2] == ["plugin"]:
                break  # nothing of use behind it
    for name in CONNECTORS:
        with zipfile.ZipFile(folder / f"trino-{name}-{VERSION}.zip") as archive:
            archive.extractall(folder / name)
        shutil.move(folder / name / f"trino-{name}-{VERSION}", home / "plugin" / name)
    return home


if __name__ == "__main__":
    print(libraries())
