"""How many acknowledged events are lost (goal C5): writers killed, forked and ended, under a server in every weather.

loss.py [TRIALS [EVENTS]]       200 trials and 100,000 events by default: it goes on until both are reached

A trial starts three writers on one spool folder and sends them SIGKILL (each fifth: SIGTERM) within 0.4 s; each tenth
lets two programs fork instead, by `os.fork` and by multiprocessing, and end. The weather changes from trial to trial:
30 % of the requests answered 503, 500 or 429, an outage over several trials, requests that are never answered. Then
what is left is drained. A writer notes an id after `emit` has returned; each noted id must be in a request that was
answered 2xx. The negative control is the same with a sink that skips what was refused: it must see loss.

Events that a sink refuses for good would lie in the dead letters; here a 500 is the weather's fault and not the
event's, so `event_tries` is out of reach.
"""

from __future__ import annotations

import random
import shutil
import signal
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2] / "tests"))

from spool_harness import FINE, WRITERS, Answer, Receiver, Trial, kill, write_skipping_sink

from whence.emit import refused_events, spool_state

TRIALS = int(sys.argv[1]) if len(sys.argv) > 1 else 200
EVENTS = int(sys.argv[2]) if len(sys.argv) > 2 else 100_000
CONTROL_TRIALS = max(TRIALS // 20, 3)
SHARE = 0.3
HUNG_SHARE = 0.02
WEATHERS = ("503", "429", "outage", "outage", "500", "hung", "503", "fine")


class Weather:
    """What the server answers at the moment."""

    def __init__(self, seed: int) -> None:
        self._rng = random.Random(seed)
        self.now = "fine"

    def answer(self) -> Answer | None:
        """Decide about one request; None is never answered."""
        if self.now == "outage":
            return 503, {}
        if self.now == "hung":
            return None if self._rng.random() < HUNG_SHARE else FINE
        if self.now == "fine" or self._rng.random() >= SHARE:
            return FINE
        return int(self.now), {"Retry-After": "0"} if self.now == "429" else {}


def forks(trial: Trial) -> int:
    """Let two programs fork and end by themselves; gives the number of processes."""
    programs = [trial.start(mode, 60) for mode in ("fork", "spawn")]
    for program in programs:
        program.wait()
    return 2 * len(programs)


def kills(trial: Trial, how: signal.Signals, rng: random.Random) -> int:
    """Kill writers at a random moment; gives the number of processes."""
    before = len(trial.noted())
    writers = [trial.start() for _ in range(WRITERS)]
    trial.wait_for_notes(before + 1)
    time.sleep(rng.uniform(0.0, 0.4))
    kill(writers, how)
    return len(writers)


def run(folder: Path, sinks: str, receiver: Receiver, weather: Weather, trials: int, **settings: str) -> Trial:
    """Do trials until there are enough of them and of events; drain what is left in fine weather."""
    trial = Trial(folder, sinks, WHENCE_TIMEOUT_S="1", WHENCE_EVENT_TRIES="1000000", **settings)
    rng = random.Random(200)
    processes: Counter[str] = Counter()
    number, least = 0, EVENTS if trials == TRIALS else 0
    while number < trials or len(trial.noted()) < least:
        weather.now = WEATHERS[number % len(WEATHERS)]
        if number % 10 == 9:
            processes["forked"] += forks(trial)
        else:
            how = signal.SIGTERM if number % 5 == 4 else signal.SIGKILL
            processes[how.name] += kills(trial, how, rng)
        number += 1
        if number % 20 == 0:
            print(f"  {number} trials, {len(trial.noted())} acknowledged, answers {dict(receiver.answers)}", flush=True)
    weather.now = "503"
    if not trial.drain(600):
        print("  the spool was not drained within 600 s")
    print(f"  {number} trials; processes: {dict(processes)}")
    return trial


def main() -> int:
    """Run the trials and the control; give 1 when an event was lost or the control saw none."""
    folder = Path(tempfile.mkdtemp(prefix="whence-loss-"))
    try:
        weather = Weather(1)
        with Receiver(weather.answer) as receiver:
            print("whence:")
            trial = run(folder / "whence", receiver.url, receiver, weather, TRIALS)
            noted, lost = trial.noted(), trial.lost(receiver)
            twice = sum(count > 1 for count in receiver.accepted.values())
            unequal = sum(len(bodies) > 1 for bodies in receiver.bodies.values())
            dead = len(refused_events(str(trial.spool)))
            left = spool_state(str(trial.spool)).events
        print(f"  {len(noted)} acknowledged, {len(lost)} LOST, {dead} in the dead letters, {left} left in the spool")
        print(f"  {twice} accepted more than once, {unequal} of these not byte-equal; answers {dict(receiver.answers)}")
        write_skipping_sink(folder / "plugin")
        sys.path.insert(0, str(folder / "plugin"))
        weather = Weather(2)
        with Receiver(weather.answer) as receiver:
            print("negative control (a sink that skips what was refused):")
            path = str(folder / "plugin")
            control = run(
                folder / "control", f"skipping+{receiver.url}", receiver, weather, CONTROL_TRIALS, PYTHONPATH=path
            )
            seen = len(control.lost(receiver))
        print(f"  {len(control.noted())} acknowledged, {seen} lost: the harness can see loss")
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return int(bool(lost) or unequal > 0 or not seen)


if __name__ == "__main__":
    sys.exit(main())
