"""Answers that show events of the log."""

from __future__ import annotations

from typing import Literal

from .shape import Answer, JsonObject


class Events(Answer):
    """A page of events, each exactly as it came in."""

    events: list[JsonObject]
    total_count: int


class EventWarning(Answer):
    """What was accepted but not right, and where in the event."""

    code: str
    path: str
    message: str


class WarnedEvent(Answer):
    """An event that was kept with warnings; `about` is the node id of its job or dataset."""

    id: str
    received_at: str
    event_time: str
    kind: Literal["run", "job", "dataset"]
    about: str
    warnings: list[EventWarning]
    fold_error: str | None


class WarnedEvents(Answer):
    """Events kept with warnings, newest first."""

    events: list[WarnedEvent]
    total_count: int


class StoredEvent(Answer):
    """One event with what the server noted about it."""

    id: str
    received_at: str
    kind: Literal["run", "job", "dataset"]
    warnings: list[EventWarning]
    fold_error: str | None
    event: JsonObject
