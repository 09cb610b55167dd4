"""Play scenarios in this process, under one collector: `_paths_play.py PACKAGE NAME...`.

All are prepared, then the hooks are installed, then each is played. What a scenario raises is said and costs only it.
"""

from __future__ import annotations

import sys
import traceback
from importlib import import_module

from _paths_scenarios import SCENARIOS, World


def main(package: str, names: list[str]) -> int:
    """Play the scenarios; 1 when one of them raised."""
    world = World(package)
    chosen = {each.name: each.play(world) for each in SCENARIOS if each.name in names}
    for play in chosen.values():
        next(play)
    world.api.install_all_hooks()
    failed = 0
    for name, play in chosen.items():
        try:
            next(play, None)
        except Exception:  # noqa: BLE001  the other scenarios go on
            print(f"{name}: {traceback.format_exc()}", file=sys.stderr)
            failed = 1
    import_module(f"{package}.emitter").flush_emit(20)
    return failed


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2:]))
