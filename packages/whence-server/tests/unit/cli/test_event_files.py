from __future__ import annotations

import gzip
import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from whence.cli import CliError
from whence_server.cli.event_files import CHUNK_BYTES, Bad, Found, checked, read_events

A, B = {"a": 1}, {"b": {"c": [1, 2], "text": "고객 ]}"}}


def read(data: bytes) -> list[Found | Bad]:
    return list(read_events(io.BytesIO(data)))


def events(items: list[Found | Bad]) -> list[tuple[int, object]]:
    return [(item.line, json.loads(item.event)) for item in items if isinstance(item, Found)]


def faults(items: list[Found | Bad]) -> list[tuple[int, str]]:
    return [(item.line, item.reason) for item in items if isinstance(item, Bad)]


def test_json_lines_with_empty_lines_and_windows_ends():
    data = f"\ufeff{json.dumps(A)}\r\n\r\n  {json.dumps(B)}".encode()
    assert events(read(data)) == [(1, A), (3, B)]


@pytest.mark.parametrize("indent", [None, 2])
def test_an_array_on_one_line_or_many(indent):
    items = read(json.dumps([A, B, A], indent=indent).encode())
    assert [event for _, event in events(items)] == [A, B, A]
    assert faults(items) == []
    assert [line for line, _ in events(items)] == ([1, 1, 1] if indent is None else [2, 5, 14])


def test_objects_over_several_lines_one_after_another():
    data = (json.dumps(A, indent=2) + "\n" + json.dumps(B, indent=2)).encode()
    assert events(read(data)) == [(1, A), (4, B)]


def test_nothing_is_no_event():
    assert read(b"") == []
    assert read(b"\n \n") == []
    assert read(b"[]") == []


def test_bad_lines_are_told_and_the_others_read():
    lines = [
        json.dumps(A).encode(),
        b"{broken",
        b"17",
        b'"text"',
        b"null",
        b'{"a": "\xff"}',
        b"[1]",
        json.dumps(B).encode(),
    ]
    items = read(b"\n".join(lines))
    assert events(items) == [(1, A), (8, B)]
    told = dict(faults(items))
    assert told[2].startswith("not JSON: ")
    assert told[2].endswith("at column 2")
    assert told[3] == "an event is a JSON object, this is a number"
    assert told[4] == "an event is a JSON object, this is a string"
    assert told[5] == "an event is a JSON object, this is null"
    assert told[6] == "not UTF-8: byte 0xff at column 8"
    assert told[7] == "an event is a JSON object, this is an array"


@pytest.mark.parametrize("value", ["NaN", "Infinity", '"\\ud800"'])
def test_what_the_server_could_not_read_is_no_event(value):
    (item,) = read(f'{{"a": {value}}}'.encode())
    assert isinstance(item, Bad)
    (item,) = read(f'[{{"a": {value}}}]'.encode())
    assert isinstance(item, Bad)


def test_in_an_array_other_values_are_told_and_the_rest_read():
    items = read(b'[{"a": 1}, 5, {"a": 1}]')
    assert events(items) == [(1, A), (1, A)]
    assert faults(items) == [(1, "an event is a JSON object, this is a number")]


def test_after_a_fault_inside_an_array_the_rest_is_not_read_and_that_is_said():
    items = read(b'[\n{"a": 1},\n{"a": 1 "b"},\n{"a": 1}]')
    assert events(items) == [(2, A)]
    ((line, reason),) = faults(items)
    assert line == 3
    assert reason.endswith("the rest of the file was not read")


def test_a_cut_array_gives_what_is_whole():
    items = read(b'[{"a": 1}, {"a": ')
    assert events(items) == [(1, A)]
    assert len(faults(items)) == 1


def test_values_larger_than_what_is_read_at_once():
    large = {"text": "x" * (3 * CHUNK_BYTES), "more": ["고객" * 1000] * 50}
    items = read(json.dumps([A, large, large, A], ensure_ascii=False).encode())
    assert [event for _, event in events(items)] == [A, large, large, A]
    assert events(read(b"\n".join([json.dumps(large).encode()] * 2))) == [(1, large), (2, large)]


def test_bytes_that_are_no_text_inside_an_array_are_told():
    items = read(b'[{"a": 1},\n{"a": "\xff"}]')
    assert "not UTF-8: byte 0xff" in faults(items)[0][1]


def test_deep_nesting_is_told():
    items = read(b"[" + b'{"a":' * 100_000 + b"1" + b"}" * 100_000 + b"]")
    assert [type(item) for item in items] == [Bad]


VALUES = st.recursive(st.none() | st.integers(-9, 9) | st.text(), st.lists)


@given(st.lists(st.dictionaries(st.text(), VALUES, max_size=3)), st.sampled_from([None, 0, 3]), st.booleans())
def test_whatever_is_written_is_read(documents, indent, as_array):
    texts = [json.dumps(each, indent=indent) for each in documents]
    data = ("[" + ",".join(texts) + "]" if as_array else "\n".join(texts)).encode()
    assert [event for _, event in events(read(data))] == documents


def test_gzip_is_known_by_its_first_bytes(tmp_path):
    path = tmp_path / "events.txt"
    path.write_bytes(gzip.compress(b'{"a": 1}\n{"a": 1}'))
    (source,) = checked([str(path)])
    with source.opened() as stream:
        assert events(list(read_events(stream))) == [(1, A), (2, A)]
        assert source.position == source.size


def test_broken_gzip_is_told_after_what_could_be_read(tmp_path):
    path = tmp_path / "events.gz"
    lines = b"".join(b'{"a": %d}\n' % i for i in range(200_000))
    path.write_bytes(gzip.compress(lines)[:-100_000])
    (source,) = checked([str(path)])
    with source.opened() as stream:
        items = list(read_events(stream))
    assert len(events(items)) > 1000
    assert "the gzip data is broken" in faults(items)[-1][1]


def test_a_file_that_cannot_be_read_is_said_before_any_is_taken(tmp_path):
    with pytest.raises(CliError, match="cannot be read: No such file"):
        checked([str(tmp_path / "absent.jsonl")])
    with pytest.raises(CliError, match="folder without"):
        checked([str(tmp_path)])


def test_a_folder_stands_for_the_files_of_events_in_it(tmp_path):
    for name in ("dt=2/b.jsonl.gz", "dt=1/a.jsonl", "dt=1/.a.jsonl.99", "note.txt"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(b"{}")
    sources = checked([str(tmp_path), "-"])
    assert [source.name for source in sources] == [f"{tmp_path}/dt=1/a.jsonl", f"{tmp_path}/dt=2/b.jsonl.gz", "-"]
