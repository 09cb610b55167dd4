"""DataHub URNs: both ways for every platform whose URN tells the whole name."""

from hypothesis import given
from hypothesis import strategies as st

from whence.errors import NamingError
from whence.model import (
    PLATFORMS,
    DatasetUrn,
    dataset_for_urn,
    dataset_id,
    dataset_urn,
    field_urn,
    parse_dataset_urn,
    parse_field_urn,
)
from whence.model._template import part_names

# no percent sign: DataHub does not encode it, so a name that holds an escape is not told from an encoded one
TEXTS = st.text(st.sampled_from(",()␟ é한-_") | st.sampled_from("abcXYZ019"), min_size=1, max_size=10)
# platforms whose URN has all parts of the name, in their letters
WHOLE = [
    row
    for row in PLATFORMS.values()
    if set(part_names(row.dataset)) <= set(part_names(row.urn_name)) and row.name != "snowflake"
]


@given(st.sampled_from(WHOLE), st.data())
def test_names_go_there_and_back(row, data):
    parts = {part: data.draw(TEXTS, part) for part in {*part_names(row.namespace), *part_names(row.dataset)}}
    name = dataset_id(row.name, **parts)
    urn = dataset_urn(name)
    assert urn.startswith(f"urn:li:dataset:(urn:li:dataPlatform:{row.urn_platform},")
    assert dataset_for_urn(urn, namespace=name.namespace) == name


@given(TEXTS, TEXTS, st.sampled_from(["PROD", "DEV"]))
def test_urns_are_taken_apart_as_they_were_made(platform, name, env):
    urn = DatasetUrn(platform, name, env)
    assert parse_dataset_urn(str(urn)) == urn
    assert parse_field_urn(field_urn(str(urn), name)) == (urn, name)


@given(st.text(max_size=30) | st.text(max_size=20).map("urn:li:dataset:(urn:li:dataPlatform:{},PROD)".format))
def test_any_text_is_read_or_refused(text):
    try:
        parsed = parse_dataset_urn(text)
    except NamingError:
        return
    assert parsed.platform
    assert parsed.name
