"""A strict judge of what is sent to DataHub, made from the Avro files that acryl-datahub ships; without importing it.

DataHub's own classes let unknown fields, malformed URNs and wrong aspect names pass. Here: the aspect belongs to the
entity, no field is unknown or missing, enums and unions are as on the REST wire, every URN parses and is of a kind that
the field allows, and the change type is one that the aspect can take.
"""

from __future__ import annotations

import json
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import quote

Json = dict[str, Any]
PATCHABLE = {"upstreamLineage", "dataJobInputOutput", "dataJobInfo", "dataFlowInfo", "datasetProperties", "ownership"}
CHANGES = {"UPSERT", "CREATE", "PATCH"}
MAX_URN = 512
_NUMBERS = {
    "int": (int, 1 << 31),
    "long": (int, 1 << 63),
    "float": ((int, float), 1e308),
    "double": ((int, float), 1e308),
}


class Schemas:
    """What the shipped files say: aspects and keys by name."""

    def __init__(self, folder: Path) -> None:
        self.aspects: dict[str, Json] = {}
        self.keys: dict[str, Json] = {}
        self.types: dict[int, dict[str, Any]] = {}
        self.proposal: Json = {}
        for path in sorted(folder.glob("*.avsc")):
            record = json.loads(path.read_text())
            if record["name"] == "MetadataChangeProposal":
                self.proposal = record
            aspect = record.get("Aspect", {})
            if "keyForEntity" in aspect:
                self.keys[aspect["keyForEntity"]] = record
            if "name" in aspect:
                self.aspects[aspect["name"]] = record
            self.types[id(record)] = _named_types(record)


@cache
def schemas() -> Schemas:
    """Read the files of the installed package, once."""
    spec = find_spec("datahub")
    assert spec is not None
    assert spec.submodule_search_locations, "acryl-datahub is not installed"
    return Schemas(Path(spec.submodule_search_locations[0]) / "metadata" / "schemas")


def _named_types(schema: Any, space: str = "", found: dict[str, Any] | None = None) -> dict[str, Any]:
    """Collect the named types of a file by their full and their short name."""
    found = {} if found is None else found
    if isinstance(schema, list):
        for each in schema:
            _named_types(each, space, found)
    elif isinstance(schema, dict):
        space = schema.get("namespace", space)
        if schema.get("type") in ("record", "enum", "fixed"):
            found[schema["name"]] = found[f"{space}.{schema['name']}"] = schema
        for each in schema.get("fields", []):
            _named_types(each["type"], space, found)
        for key in ("type", "items", "values"):
            if isinstance(schema.get(key), (dict, list)):
                _named_types(schema[key], space, found)
    return found


class Judge:
    """Collects what is wrong with a value, with the place."""

    def __init__(self, types: dict[str, Any]) -> None:
        self.faults: list[str] = []
        self._types = types

    def value(
        self, value: Any, schema: Any, place: str, kinds: set[str] | None = None, *, is_urn: bool = False
    ) -> None:
        """Judge a value by a schema; `kinds` are the entities that URNs in it may be of."""
        schema = self._types.get(schema, schema) if isinstance(schema, str) else schema
        if isinstance(schema, list):
            self._union(value, schema, place, kinds, is_urn=is_urn)
            return
        kind = schema if isinstance(schema, str) else schema["type"]
        is_urn = is_urn or (isinstance(schema, dict) and "Urn" in str(schema.get("java", "")))
        if kind == "record":
            self.record(value, schema, place, kinds)
        elif kind == "enum":
            self._expect(value in schema["symbols"], f"{place}: {value!r} is none of {schema['symbols']}")
        elif kind == "array":
            self._expect(isinstance(value, list), f"{place}: no array")
            for number, each in enumerate(value if isinstance(value, list) else []):
                self.value(each, schema["items"], f"{place}[{number}]", kinds, is_urn=is_urn)
        elif kind == "map":
            self._expect(isinstance(value, dict), f"{place}: no map")
            for key, each in (value if isinstance(value, dict) else {}).items():
                self.value(each, schema["values"], f"{place}.{key}")
        elif isinstance(kind, (dict, list)):
            self.value(value, kind, place, kinds, is_urn=is_urn)
        else:
            self._primitive(value, kind, place, kinds, is_urn=is_urn)

    def _primitive(self, value: Any, kind: str, place: str, kinds: set[str] | None, *, is_urn: bool) -> None:
        if kind == "string":
            self._expect(isinstance(value, str), f"{place}: {value!r} is no text")
            if is_urn and isinstance(value, str):
                self.urn(value, place, kinds)
        elif kind == "boolean":
            self._expect(isinstance(value, bool), f"{place}: {value!r} is no boolean")
        elif kind in _NUMBERS:
            types, limit = _NUMBERS[kind]
            fits = isinstance(value, types) and not isinstance(value, bool) and abs(value) < limit
            self._expect(fits, f"{place}: {value!r} is no {kind}")
        else:
            # Rest.li writes bytes as text, a character each: what is not ASCII would arrive as something else
            is_bytes = kind == "bytes" and isinstance(value, str) and value.isascii()
            self._expect(is_bytes, f"{place}: {value!r} is no {kind}")

    def record(self, value: Any, schema: Json, place: str, kinds: set[str] | None = None) -> None:
        """Judge a record: every field is known, what is needed is there; what is optional is left out, never null."""
        if not isinstance(value, dict):
            self.faults.append(f"{place}: no object")
            return
        fields = {field["name"]: field for field in schema["fields"]}
        self.faults += [f"{place}: the field {name!r} is unknown" for name in value.keys() - fields.keys()]
        for name, field in fields.items():
            if name not in value:
                is_optional = "default" in field or (isinstance(field["type"], list) and "null" in field["type"])
                self._expect(is_optional, f"{place}: the field {name!r} is missing")
                continue
            allowed = _kinds(field) or (kinds if name == "destinationUrn" else None)
            self.value(value[name], field["type"], f"{place}.{name}", allowed, is_urn="Urn" in field)

    def _union(self, value: Any, schema: list[Any], place: str, kinds: set[str] | None, *, is_urn: bool) -> None:
        choices = [each for each in schema if each != "null"]
        if value is None:
            self.faults.append(f"{place}: null; what is optional is left out")
        elif len(choices) == 1:
            self.value(value, choices[0], place, kinds, is_urn=is_urn)
        elif not isinstance(value, dict) or len(value) != 1:
            self.faults.append(f"{place}: {value!r} is no union; one of several types needs its name")
        else:
            ((name, inner),) = value.items()
            named = {_union_name(each): each for each in choices}
            self._expect(name in named, f"{place}: {name!r} is none of {sorted(named)}")
            if name in named:
                self.value(inner, named[name], place, kinds, is_urn=is_urn)

    def urn(self, text: str, place: str, kinds: set[str] | None = None) -> None:
        """Judge a URN."""
        try:
            entity, _ = parse_urn(text)
        except ValueError as fault:
            self.faults.append(f"{place}: {fault}")
            return
        self._expect(not kinds or entity in kinds, f"{place}: {text} is a {entity}, not one of {sorted(kinds or ())}")

    def _expect(self, holds: bool, fault: str) -> None:  # noqa: FBT001
        if not holds:
            self.faults.append(fault)


def _union_name(schema: Any) -> str:
    if isinstance(schema, str):
        return schema
    return f"{schema.get('namespace', '')}.{schema['name']}".replace(".pegasus2avro", "")


def _kinds(field: Json) -> set[str]:
    """Return the entities that a field's relationships allow, over all its paths."""
    relationship = field.get("Relationship", {})
    entries = [relationship, *(each for each in relationship.values() if isinstance(each, dict))]
    return {kind for entry in entries for kind in entry.get("entityTypes", [])}


def parse_urn(text: str) -> tuple[str, list[str]]:
    """Take a URN apart: (entity, parts), nested ones parsed too. Raises ValueError for one not well made."""
    if text != text.strip() or len(quote(text, safe=":(),")) > MAX_URN:
        raise ValueError(f"{text!r} has blanks at its ends or more than {MAX_URN} bytes")
    pieces = text.split(":", 3)
    if len(pieces) != 4 or pieces[:2] != ["urn", "li"] or not pieces[2].isalnum() or not pieces[3]:
        raise ValueError(f"{text!r} is no URN")
    entity, body = pieces[2:]
    parts = _tuple_parts(body, text) if body.startswith("(") else [body]
    key = schemas().keys.get(entity)
    if key is not None and len(parts) != len(key["fields"]) and entity not in ("corpuser", "dataPlatform"):
        raise ValueError(f"{text!r} has {len(parts)} parts, a {entity} has {len(key['fields'])}")
    for part, field in zip(parts, key["fields"] if key else [{}] * len(parts), strict=False):
        if part.startswith("urn:li:"):
            parse_urn(part)
        elif not part or any(char in part for char in "(),␟"):
            raise ValueError(f"{text!r} has the part {part!r}, which is empty or not escaped")
        kind = field.get("type")
        if isinstance(kind, dict) and kind.get("type") == "enum" and part not in kind["symbols"]:
            raise ValueError(f"{text!r} has {part!r}, which is none of {kind['symbols']}")
        if "Urn" in field and not part.startswith("urn:li:"):
            raise ValueError(f"{text!r} has {part!r} where a URN is needed")
    return entity, parts


def _tuple_parts(body: str, text: str) -> list[str]:
    if not body.endswith(")"):
        raise ValueError(f"{text!r} does not close its parenthesis")
    parts, depth, start = [], 0, 1
    for place, char in enumerate(body[1:-1], 1):
        depth += (char == "(") - (char == ")")
        if depth < 0:
            raise ValueError(f"{text!r} closes a parenthesis too many")
        if char == "," and depth == 0:
            parts.append(body[start:place])
            start = place + 1
    if depth:
        raise ValueError(f"{text!r} does not close its parenthesis")
    return [*parts, body[start:-1]]


def faults_of_aspect(entity: str, aspect: str, value: Any) -> list[str]:
    """Judge the value of an aspect of an entity."""
    known, key = schemas(), schemas().keys.get(entity)
    if key is None:
        return [f"{entity} is no entity"]
    allowed = [*key["Aspect"]["entityAspects"], key["Aspect"]["name"]]
    if aspect not in allowed:
        return [f"{aspect} is no aspect of a {entity}"]
    schema = known.aspects[aspect]
    judge = Judge(known.types[id(schema)])
    judge.record(value, schema, aspect)
    return judge.faults


def faults_of_proposal(proposal: Any) -> list[str]:
    """Judge a proposal as it came over the wire."""
    known = schemas()
    judge = Judge(known.types[id(known.proposal)])
    judge.record(proposal, known.proposal, "proposal")
    if judge.faults:
        return judge.faults
    judge.urn(proposal["entityUrn"], "entityUrn", {proposal["entityType"]})
    change, aspect = proposal["changeType"], proposal["aspectName"]
    is_series = known.aspects.get(aspect, {}).get("Aspect", {}).get("type") == "timeseries"
    if change not in CHANGES or (is_series and change != "UPSERT") or (change == "PATCH" and aspect not in PATCHABLE):
        judge.faults.append(f"{aspect} cannot take a {change}")
    content = "application/json-patch+json" if change == "PATCH" else "application/json"
    if proposal["aspect"]["contentType"] != content:
        judge.faults.append(f"a {change} is sent as {proposal['aspect']['contentType']}")
    value = json.loads(proposal["aspect"]["value"])
    if change == "PATCH":
        return judge.faults + _patch_faults(aspect, value)
    return judge.faults + faults_of_aspect(proposal["entityType"], aspect, value)


def _patch_faults(aspect: str, operations: Any) -> list[str]:
    """Judge a JSON patch by itself; what it leads to is judged by who applies it."""
    fields = {field["name"] for field in schemas().aspects[aspect]["fields"]}
    faults: list[str] = []
    for each in operations:
        if each.keys() != {"op", "path", "value"} or each["op"] not in ("add", "remove", "replace"):
            faults.append(f"{each} is no operation")
        elif each["path"].split("/")[0] or each["path"].split("/")[1] not in fields:
            faults.append(f"the path {each['path']} leads to no field of {aspect}")
    return faults or ([] if operations else ["an empty patch"])
