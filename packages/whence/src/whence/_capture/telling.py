"""How what is known of a run goes into its events, and who is told: the emitter, and those who watch runs end.

The host's threads and the background both call this. It must not wait, parse or read files: that is done by then, or is
for the background to do. What an event looks like is said in `run_events`.
"""

from __future__ import annotations

from whence._capture import run_events
from whence._capture.failure import message_of, trace_of
from whence.model import now_us

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from whence._capture.troubles import Troubles
    from whence._datasets.fold import RunLineage
    from whence._datasets.given import Given
    from whence._datasets.objects import RunObjects, Touches
    from whence._datasets.paths import PathRules
    from whence.context import Run
    from whence.emit import Emitter, Settings


class Teller:
    """Completes the events of runs and emits them. Safe in threads."""

    def __init__(self, settings: Settings, emitter: Emitter, troubles: Troubles) -> None:
        self.watchers: list[Callable[[Run, dict[str, Any]], None]] = []  # told each run's last event
        self.describers: list[Callable[[str, str], dict[str, Any]]] = []  # namespace, name -> facets of a place
        self._settings = settings
        self._emitter = emitter
        self._troubles = troubles
        self._rules: PathRules | None = None

    def emit(self, event: dict[str, Any]) -> None:
        """Emit an event that is complete."""
        self._emitter.emit(event)

    # --- the events of a run

    def start(self, run: Run, given: list[Given]) -> None:
        """Emit START, with the inputs of a hand-made run; their files are read."""
        event = run_events.event(run, "START", run.started_us)
        run_events.add_given(event, given)
        self.emit(event)

    def start_late(self, run: Run) -> None:
        """Emit the START that a run held back: somebody refers to it, or it has something to tell. Never raises."""
        run.is_told = True
        try:
            self.start(run, [])
        except Exception as failure:  # noqa: BLE001  border
            self._troubles.say("start", f"a START event could not be made: {type(failure).__name__}")

    def progress(self, run: Run, event: dict[str, Any]) -> None:
        """Emit what a run did so far; a START that it held back comes first."""
        if not run.is_told:
            self.start_late(run)
        self.emit(event)

    def end(self, run: Run, event: dict[str, Any]) -> None:
        """Emit a run's last event and pass it on, unless the run was to be told only if it did anything."""
        if not self._is_worth_telling(run, event):
            return
        self.emit(event)
        for watcher in self.watchers:
            try:
                watcher(run, event)
            except Exception as failure:  # noqa: BLE001  border
                self._troubles.say("watcher", f"a run's end could not be passed on: {type(failure).__name__}")

    def _is_worth_telling(self, run: Run, event: dict[str, Any]) -> bool:
        if run.is_told and not run.is_late:
            return True
        has_facts = _has_facts(event)
        if has_facts and not run.is_told:
            self.start_late(run)
        return has_facts

    # --- what is in them

    def path_rules(self) -> PathRules:
        """Return the rules by which paths become datasets."""
        from whence._datasets.paths import PathRules  # noqa: PLC0415  only runs with objects, and the background, pay for it

        if self._rules is None:
            self._rules = PathRules(self._settings.path_rules)
        return self._rules

    def new_objects(self) -> RunObjects:
        """Return where files and objects of a run are gathered."""
        from whence._datasets.objects import RunObjects  # noqa: PLC0415  as above

        return RunObjects(self.path_rules())

    def add_few(self, event: dict[str, Any], touched: Touches) -> None:
        """Add a few objects to an event that needs nothing else of the background. Never raises."""
        try:
            if touched:
                run_events.add_inferred(event, self.add_objects(event, self.new_objects().add(touched)))
                self.describe(event)
        except Exception as failure:  # noqa: BLE001  border: the end of the run matters more
            text = f"what a run did with files and objects could not be told: {type(failure).__name__}"
            self._troubles.say("objects", text)

    def add_objects(self, event: dict[str, Any], objects: RunObjects) -> set[tuple[str, str]]:
        """Add objects to an event; return the inputs of which nothing passed the program."""
        if objects.failures:
            text = f"{objects.failures} files or objects were not understood and are left out"
            self._troubles.say("object", text)
        return run_events.add_objects(event, objects)

    def add_lineage(
        self, event: dict[str, Any], lineage: RunLineage, unread: set[tuple[str, str]] | None = None
    ) -> None:
        """Add what statements did; of the inputs `unread` nothing passed the program."""
        run_events.add_lineage(event, lineage, self._settings.sql_text, unread or set())

    def describe(self, event: dict[str, Any]) -> None:
        """Add what others know of the places in an event."""
        run_events.describe(event, self.describers)


def late_event(run: Run) -> dict[str, Any]:
    """Return an event, without datasets, for what happened after the last event of its run."""
    return run_events.event(run, "OTHER", max(now_us(), run.ended_us))


def error_facets(error: BaseException | None) -> dict[str, Any]:
    """Return the run facets that say what ended a run; none when it ended as it should."""
    if error is None or isinstance(error, GeneratorExit) or (isinstance(error, SystemExit) and not error.code):
        return {}
    return {"errorMessage": run_events.error_facet(message_of(error), trace_of(error))}


def _has_facts(event: dict[str, Any]) -> bool:
    """Whether an event says more than that its run exists."""
    return bool(event["inputs"] or event["outputs"] or "extractionError" in event["run"]["facets"])
