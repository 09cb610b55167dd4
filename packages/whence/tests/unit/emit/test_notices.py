from __future__ import annotations

import logging

from whence.emit._notices import Notices


def test_each_condition_is_said_once_until_it_is_mended(caplog):
    notices = Notices()
    with caplog.at_level(logging.INFO, "whence.emit"):
        notices.mend("a", "never broken")
        for _ in range(2):
            notices.warn("a", "%s is broken", "a")
        notices.warn("b", "b is broken")
        for _ in range(2):
            notices.mend("a", "a is well")
        notices.warn("a", "a is broken again")
    assert [record.message for record in caplog.records] == [
        "a is broken",
        "b is broken",
        "a is well",
        "a is broken again",
    ]
