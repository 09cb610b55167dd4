from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from whence.emit.sinks import Fault, Refused, Retry, Taken
from whence.emit.sinks._exchange import Answer
from whence.emit.sinks._verdict import Kind, judge, retry_after_s

NOW = datetime(2026, 11, 21, 10, 0, 0, tzinfo=UTC)


def answer(status, body=b"", **headers):
    return Answer(status, {name.replace("_", "-"): value for name, value in headers.items()}, body)


def report(*failed, **summary):
    return answer(200, json.dumps({"status": "partial_success", "summary": summary, "failed_events": failed}).encode())


@pytest.mark.parametrize("status", [200, 201, 202, 204, 299])
def test_success(status):
    assert judge(answer(status), 2) == (Kind.DONE, Taken(), (Taken(), Taken()))


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"  ",
        b"OK",
        b"[]",
        b"5",
        b'{"status": "success", "summary": {"received": 2, "successful": 2, "failed": 0}}',
        b"{}",
    ],
)
def test_success_whatever_the_body_says_beside_failed_events(body):
    assert judge(answer(200, body), 1).outcomes == (Taken(),)


def test_failed_events_have_their_own_outcome():
    verdict = judge(
        report(
            {"index": 0, "reason": "bad", "retriable": False},
            {"index": 2, "reason": "busy", "retriable": True},
            {"index": 3, "reason": None},
            failed=3,
        ),
        5,
    )
    assert verdict.kind is Kind.DONE
    assert verdict.outcomes == (Refused("bad"), Taken(), Retry("busy"), Refused("no reason given"), Taken())


@pytest.mark.parametrize(
    "unclear",
    [
        report(failed=1),
        report({"index": 9, "reason": "x"}),
        report({"index": -1, "reason": "x"}),
        report({"index": "0", "reason": "x"}),
        report("x", failed=1),
        report({"index": 0, "reason": "x"}, failed=2),
        report({"index": 0, "reason": "x"}, {"index": 0, "reason": "y"}),
        answer(200, b'{"summary": {"failed": 1}, "failed_events": "two"}'),
    ],
)
def test_an_answer_that_does_not_say_who_failed(unclear):
    assert judge(unclear, 2).kind is Kind.UNCLEAR


def test_a_summary_that_is_none_is_not_looked_at():
    assert judge(answer(200, b'{"summary": [], "failed_events": [{"index": 0, "reason": "x"}]}'), 1).outcomes == (
        Refused("x"),
    )
    assert judge(answer(200, b'{"summary": {"failed": "many"}}'), 1).outcomes == (Taken(),)


def test_a_web_page_is_no_lineage_endpoint():
    verdict = judge(answer(200, b"<html>", content_type="text/html; charset=utf-8"), 1)
    assert verdict.kind is Kind.DOUBTFUL
    assert verdict.outcome == Retry("HTTP 200 with a web page: no lineage endpoint", fault=Fault.SETTINGS)


@pytest.mark.parametrize("status", [408, 425, 429, 502, 503, 504, 507, 520, 599])
def test_a_server_that_is_down(status):
    assert judge(answer(status), 1) == (Kind.DOWN, Retry(f"HTTP {status}"), ())


def test_a_500_may_be_the_events_fault():
    assert judge(answer(500), 1) == (Kind.DOUBTFUL, Retry("HTTP 500"), ())


@pytest.mark.parametrize("status", [301, 302, 307, 308, 401, 402, 403, 404, 405, 407, 410, 415, 501])
def test_a_fault_that_a_person_must_mend(status):
    verdict = judge(answer(status), 1)
    assert (verdict.kind, verdict.outcome.fault) == (Kind.DOUBTFUL, Fault.SETTINGS)


def test_a_redirect_says_where_to():
    verdict = judge(answer(301, location="https://host/"), 1)
    assert verdict.outcome.reason == "HTTP 301; it points to https://host/"


@pytest.mark.parametrize("status", [400, 406, 409, 411, 413, 422, 431, 451])
def test_refused_for_good(status):
    assert judge(answer(status), 1) == (Kind.REFUSED, Refused(f"HTTP {status}"), ())


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b'{"code": 422, "message": "no job"}', ": no job"),
        (b'{"detail": ["a"]}', ": ['a']"),
        (b'{"error": "bad_request"}', ": bad_request"),
        (b'{"x": 1}', ': {"x": 1}'),
        (b'["a"]', ': ["a"]'),
        (b"plain\n text", ": plain text"),
        (b"<html>lots</html>", ""),
        (b"\xff\xfe", ": \ufffd\ufffd"),
        (b"x" * 1000, ": " + "x" * 300),
    ],
)
def test_the_reason_is_what_the_server_said(body, said):
    assert judge(answer(400, body), 1).outcome == Refused(f"HTTP 400{said}")


def test_a_wish_to_wait_travels_along():
    assert judge(answer(429, retry_after="7"), 1).outcome == Retry("HTTP 429", 7.0)
    dated = answer(503, retry_after="Sat, 21 Nov 2026 10:00:30 GMT")
    assert judge(dated, 1, now=NOW).outcome == Retry("HTTP 503", 30.0)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        (None, None),
        ("0", 0.0),
        (" 120 ", 120.0),
        ("Sat, 21 Nov 2026 10:01:00 GMT", 60.0),
        ("Saturday, 21-Nov-26 10:01:00 GMT", 60.0),
        ("Sat Nov 21 10:01:00 2026", 60.0),
        ("Sat, 21 Nov 2026 09:00:00 GMT", 0.0),
        ("-5", None),
        ("soon", None),
        ("", None),
    ],
)
def test_retry_after_in_seconds_or_as_a_date(text, seconds):
    assert retry_after_s(text, NOW) == seconds


def test_what_only_a_person_can_mend_is_said_in_words():
    verdict = judge(Answer(401, {}, b'{"message": "who are you"}'), 1)
    assert isinstance(verdict.outcome, Retry)
    assert verdict.outcome.reason == "HTTP 401, it does not take these credentials, or wants some: who are you"
