import uuid

import pytest

from whence.model import canonical_run_id, named_uuid

OURS = uuid.uuid5(uuid.NAMESPACE_URL, "https://whence.dev/ids")


def test_is_the_standard_version_5():
    assert named_uuid("run", "run_id") == str(uuid.uuid5(OURS, "3:run6:run_id"))
    assert uuid.UUID(named_uuid()).version == 5


def test_keeps_parts_apart():
    assert named_uuid("a", "bc") != named_uuid("ab", "c")
    assert named_uuid("a", "b") == named_uuid("a", "b")


def test_takes_any_text():
    assert named_uuid("주문", "\ud800") != named_uuid("주문", "\ud801")


def test_a_uuid_stays_itself_in_small_letters():
    text = "CD613E30-D8F1-4ADF-91B7-584A2265B1F5"
    assert canonical_run_id(text) == (text.lower(), True)


@pytest.mark.parametrize(
    "text",
    [
        "cd613e30d8f14adf91b7584a2265b1f5",
        "{CD613E30-D8F1-4ADF-91B7-584A2265B1F5}",
        "urn:uuid:cd613e30-d8f1-4adf-91b7-584a2265b1f5",
    ],
)
def test_other_spellings_of_a_uuid_are_the_same_run(text):
    assert canonical_run_id(text) == ("cd613e30-d8f1-4adf-91b7-584a2265b1f5", False)


@pytest.mark.parametrize("text", ["run_id", "child-run-id", "1", "zd613e30d8f14adf91b7584a2265b1f5"])
def test_other_texts_get_a_uuid_of_their_own(text):
    run_id, was_uuid = canonical_run_id(text)
    assert not was_uuid
    assert run_id == named_uuid("run", text)
