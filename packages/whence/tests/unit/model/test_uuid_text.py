import uuid

import pytest

from whence.model import is_uuid
from whence.model._uuid_text import dashed


def test_a_uuid_in_small_letters_is_one():
    assert is_uuid(str(uuid.uuid4()))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "run_id",
        "CD613E30-D8F1-4ADF-91B7-584A2265B1F5",
        "cd613e30d8f14adf91b7584a2265b1f5",
        "cd613e30-d8f1-4adf-91b7-584a2265b1f",
        "cd613e30-d8f1-4adf-91b7-584a2265b1fg",
        "cd613e30-d8f1-4adf-91b7-584a2265b-f5",
        "cd613e30xd8f1-4adf-91b7-584a2265b1f5",
        "cd613e30-d8f1x4adf-91b7-584a2265b1f5",
        "cd613e30-d8f1-4adfx91b7-584a2265b1f5",
        "cd613e30-d8f1-4adf-91b7x584a2265b1f5",
        "{d613e30-d8f1-4adf-91b7-584a2265b1f}",
    ],
)
def test_other_texts_are_not(text):
    assert not is_uuid(text)


def test_dashed():
    value = uuid.uuid4()
    assert dashed(value.hex) == str(value)
