"""The requests to DataHub's metadata service, and what its answers mean for each event.

Proposals of many events go in one request, at most 200 and 15 MiB, each aspect once (`_requests.py`); where a server
has no such route, or refuses a request, they are divided until the one to blame is found, so that it costs
neither its neighbours in the event nor other events. A CREATE that is refused because the aspect exists has done what
it is for; a PATCH that is refused because there is nothing to patch becomes a CREATE.

With `async=true` (the default) the server answers as soon as it has queued the proposals, and a later refusal is seen
in its own log only; with `async=false` it answers when they are written.

Must not: wait between tries, keep events, or take longer than `_ROUNDS` time-outs for one batch.
"""

from __future__ import annotations

import json
import random
import time
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from whence.emit.sinks._exchange import Answer, ExchangeError, HttpPost
from whence.emit.sinks._interface import Fault, Outcome, Refused, Retry, SinkSpec, Taken
from whence.emit.sinks._verdict import NO_ROUTE, Kind, Verdict, judge
from whence.emit.sinks.datahub._events import Translator
from whence.emit.sinks.datahub._names import Names
from whence.emit.sinks.datahub._proposals import united
from whence.emit.sinks.datahub._requests import Unit, packed, pieces
from whence.emit.sinks.datahub._told import UnreadableError
from whence.errors import SinkError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from whence.emit._settings import SinkSettings
    from whence.emit.sinks.datahub._proposals import Proposal

_ROUNDS = 6
_MAX_REASON = 600
_ACTION = "/aspects?action=ingestProposal"
_SOMETHING = "/aspects/urn%3Ali%3Acorpuser%3Adatahub?aspect=corpUserKey&version=0"
_INSTANCE = "platform_instance"
_NOT_TRIED = Retry("the batch took too long and goes on later")
_EXISTS = frozenset({HTTPStatus.CONFLICT, HTTPStatus.PRECONDITION_FAILED})


class DataHubSink:
    """Sends to one metadata service over one connection."""

    def __init__(self, settings: SinkSettings) -> None:
        url = settings.url.removeprefix("datahub+").partition("?")[0]
        options = settings.options
        instances = {
            name.removeprefix(_INSTANCE).removeprefix("."): text
            for name, text in options.items()
            if name == _INSTANCE or name.startswith(f"{_INSTANCE}.")
        }
        self._translator = Translator(Names(options.get("env", "PROD"), instances))
        self._http = HttpPost(url, timeout_s=settings.timeout_s)
        self._place = settings.url
        self._base = urlsplit(url).path.rstrip("/")
        self._path = self._base + _ACTION
        self._tail = b',"async":"%s"}' % options.get("async", "true").encode()
        self._budget_s = settings.timeout_s * _ROUNDS
        self._headers = {
            "Content-Type": "application/json",
            "X-RestLi-Protocol-Version": "2.0.0",
            "User-Agent": "whence",
            "Connection": "keep-alive",
        }
        if settings.authorization:
            self._headers["Authorization"] = settings.authorization
        self._has_batch = True
        self._halt: Outcome | None = None
        self._has_passed = False
        self._end = 0.0

    def send(self, batch: Sequence[bytes]) -> list[Outcome]:
        """Post what the events change and find out about each of them."""
        self._halt = None
        self._has_passed = False
        self._end = time.monotonic() + self._budget_s
        outcomes: dict[int, Outcome] = {}
        units: list[Unit] = []
        for number, event in enumerate(batch):
            try:
                unit = Unit(number, self._translator.proposals(event))
            except UnreadableError as fault:
                outcomes[number] = Refused(str(fault))
                continue
            outcomes[number] = Taken()  # what changes nothing has arrived
            units += [unit] if unit.proposals else []
        for group in packed(units):
            outcomes |= self._deliver(group)
        return [outcomes[number] for number in range(len(batch))]

    def look(self) -> str:
        """Ask for the service's version, and for something that needs the token; or raise."""
        said = self._ask("/config")
        try:
            versions: Any = json.loads(said.body)
            version = versions["versions"]["acryldata/datahub"]["version"]
        except (ValueError, KeyError, TypeError):
            raise SinkError(self._place, f"HTTP {said.status}, which is no answer of DataHub's service") from None
        if self._ask(_SOMETHING).status == HTTPStatus.UNAUTHORIZED:  # 403: it may not read, and need not
            raise SinkError(self._place, f"it refuses requests; {self._about_token()}")
        return f"DataHub {version}; {self._about_token()}"

    def _ask(self, path: str) -> Answer:
        try:
            return self._http.get(self._base + path, self._headers)
        except ExchangeError as fault:
            raise SinkError(self._place, fault.reason) from fault

    def _about_token(self) -> str:
        return "with the token given" if "Authorization" in self._headers else "no token was given (DATAHUB_GMS_TOKEN)"

    def close(self) -> None:
        """Close the connection."""
        self._http.close()

    def _deliver(self, units: list[Unit]) -> dict[int, Outcome]:
        if self._is_halted():
            return self._all(units, self._halt or _NOT_TRIED)
        if not self._has_batch:
            return self._each(units)
        status, verdict = self._post_together(units)
        if verdict.kind is Kind.DONE:
            self._has_passed = True
            return self._all(units, Taken())
        return self._look_closer(units, status, verdict)

    def _look_closer(self, units: list[Unit], status: int, verdict: Verdict) -> dict[int, Outcome]:
        """Find out what becomes of events whose common request was not taken."""
        if status in NO_ROUTE or _is_unknown_action(verdict):
            outcomes = self._each(units)
            self._has_batch = all(isinstance(outcome, Retry) for outcome in outcomes.values())
            return outcomes
        if self._must_halt(verdict):
            return self._all(units, verdict.outcome)
        is_well = verdict.kind is Kind.REFUSED or self._has_passed
        if len(units) == 1:  # a failure with an answer may be one proposal's
            return self._each(units) if is_well or status else self._all(units, verdict.outcome)
        return self._divide(units) if is_well else self._doubt(units, verdict)

    def _divide(self, units: list[Unit]) -> dict[int, Outcome]:
        half = len(units) // 2
        return {**self._deliver(units[:half]), **self._deliver(units[half:])} if half else self._deliver(units)

    def _doubt(self, units: list[Unit], verdict: Verdict) -> dict[int, Outcome]:
        """Ask about one event, any: when something of it passes, the rest is divided; else all wait."""
        chosen = random.randrange(len(units))  # noqa: S311 - no secret
        outcomes = self._deliver(units[chosen : chosen + 1])
        rest = [*units[:chosen], *units[chosen + 1 :]]
        if not self._has_passed and any(isinstance(outcome, Retry) for outcome in outcomes.values()):
            self._halt = verdict.outcome
            return self._all(units, verdict.outcome)
        return outcomes | self._divide(rest)

    def _each(self, units: list[Unit]) -> dict[int, Outcome]:
        return {unit.number: self._one_by_one(unit) for unit in units}

    def _one_by_one(self, unit: Unit) -> Outcome:
        """Post an event's proposals alone, all of them: what can be taken is taken, the event says what could not."""
        refused: list[str] = []
        failed: Retry | None = None
        for proposal in unit.proposals:
            if self._is_halted():
                return self._halt or _NOT_TRIED
            status, verdict = self._post(b'{"proposal":' + proposal.body, self._path)
            is_done = verdict.kind is Kind.DONE or _has_been(proposal, status, verdict)
            if is_done or self._is_created_instead(proposal, status, verdict):
                self._has_passed = True
            elif verdict.kind is Kind.REFUSED and isinstance(verdict.outcome, Refused):
                refused.append(f"{proposal.change} {proposal.aspect} of {proposal.urn}: {verdict.outcome.reason}")
            elif self._must_halt(verdict) or (failed and not self._has_passed):
                self._halt = verdict.outcome
            elif isinstance(verdict.outcome, Retry):
                failed = verdict.outcome
        if self._halt is not None:
            return self._halt
        return failed or (Refused("; ".join(refused)[:_MAX_REASON]) if refused else Taken())

    def _is_created_instead(self, proposal: Proposal, status: int, verdict: Verdict) -> bool:
        """Create the whole aspect where a PATCH was refused; say whether there was none."""
        may_lack = verdict.kind is Kind.REFUSED or status == HTTPStatus.INTERNAL_SERVER_ERROR
        if not may_lack or proposal.whole_body is None:
            return False
        _, created = self._post(b'{"proposal":' + proposal.whole_body, self._path)
        return created.kind is Kind.DONE

    def _must_halt(self, verdict: Verdict) -> bool:
        """End the attempt when the server is down, or when only a person can mend it."""
        outcome = verdict.outcome
        if verdict.kind is Kind.DOWN or (isinstance(outcome, Retry) and outcome.fault is Fault.SETTINGS):
            self._halt = outcome
        return self._halt is not None

    def _is_halted(self) -> bool:
        """Say whether the attempt is over: the server is down, or a batch has had its time."""
        if self._halt is None and time.monotonic() > self._end:
            self._halt = _NOT_TRIED
        return self._halt is not None

    def _all(self, units: list[Unit], outcome: Outcome) -> dict[int, Outcome]:
        return {unit.number: outcome for unit in units}

    def _post_together(self, units: list[Unit]) -> tuple[int, Verdict]:
        """Post what these events change, in as many requests as the limits ask for; the first that fails decides."""
        status, verdict = 0, Verdict(Kind.DONE, Taken())
        proposals = united(proposal for unit in units for proposal in unit.proposals)
        for bodies in pieces([proposal.body for proposal in proposals]):
            body = b'{"proposals":[' + b",".join(bodies) + b"]"
            status, verdict = self._post(body, f"{self._path}Batch")
            if verdict.kind is not Kind.DONE:
                break
        return status, verdict

    def _post(self, body: bytes, path: str) -> tuple[int, Verdict]:
        try:
            answer: Answer = self._http.post(path, body + self._tail, self._headers)
        except ExchangeError as fault:
            if fault.is_slow:
                return 0, Verdict(Kind.DOUBTFUL, Retry(fault.reason))
            return 0, Verdict(Kind.DOWN, Retry(fault.reason, fault=Fault.SETTINGS if fault.is_settings else Fault.DOWN))
        verdict = judge(answer, 1)
        if answer.status in {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN} and isinstance(verdict.outcome, Retry):
            said = f"{verdict.outcome.reason} ({self._about_token()})"
            verdict = verdict._replace(outcome=Retry(said, verdict.outcome.after_s, Fault.SETTINGS))
        return answer.status, verdict


def _has_been(proposal: Proposal, status: int, verdict: Verdict) -> bool:
    """Say whether a CREATE was refused because the aspect exists."""
    if proposal.change != "CREATE" or not isinstance(verdict.outcome, Refused | Retry):
        return False
    return status in _EXISTS or "already exists" in verdict.outcome.reason


def _is_unknown_action(verdict: Verdict) -> bool:
    """Say whether an older server does not know the batch route; it tells so with status 400."""
    return isinstance(verdict.outcome, Refused) and "ingestProposalBatch" in verdict.outcome.reason


SPEC = SinkSpec(name="datahub", schemes=("datahub+http", "datahub+https"), open=DataHubSink)
