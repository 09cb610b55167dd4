"""What routes that take events in need: the limits, the committer, the meter. Lies on `app.state.intake`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from whence_server.ingest.committer import CommitLimits, Committer
from whence_server.ingest.events import Batch, decode_batch
from whence_server.ingest.meter import IngestMeter

if TYPE_CHECKING:
    from collections.abc import Sequence

    from whence_server.settings import ServerSettings
    from whence_server.stores.base import Incoming, Kept, Store


class Intake:
    """The way in of one application."""

    def __init__(self, store: Store, settings: ServerSettings) -> None:
        self.max_event_bytes = settings.max_event_bytes
        self.max_body_bytes = settings.max_body_bytes
        self.meter = IngestMeter()
        limits = CommitLimits(waiting_events=settings.max_waiting_events, waiting_bytes=settings.max_waiting_bytes)
        self.committer = Committer(store, self.meter, limits)

    async def commit(self, events: Sequence[Incoming]) -> list[Kept]:
        """Keep events; returns when they are on disk. See Committer.commit."""
        return await self.committer.commit(events)

    async def commit_batch(self, body: bytes) -> tuple[Batch, list[Kept]]:
        """Decode and keep a batch. See Committer.commit_batch and decode_batch."""
        return await self.committer.commit_batch(body, lambda body: decode_batch(body, self.max_event_bytes))
