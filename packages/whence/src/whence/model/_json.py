"""What a JSON parser hands over, told apart for the type checker and named for messages."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, TypeGuard


def is_object(value: object) -> TypeGuard[dict[str, Any]]:
    """Say whether the value is a JSON object (a JSON parser makes its keys strings)."""
    return isinstance(value, dict)


def is_array(value: object) -> TypeGuard[list[Any]]:
    """Say whether the value is a JSON array."""
    return isinstance(value, list)


def json_type(value: object) -> str:
    """Return what JSON calls the type of this value, for messages."""
    return _JSON_TYPES.get(type(value), type(value).__name__)


_JSON_TYPES: dict[type, str] = {
    type(None): "null",
    bool: "a boolean",
    int: "a number",
    float: "a number",
    str: "a string",
    list: "an array",
    dict: "an object",
}


def copy_json(value: Any) -> Any:
    """Return a copy of a JSON value that shares no object or array with it.

    Works without recursion, so that an absurdly deep value is copied like any other.
    """
    root: list[Any] = [value]
    pending: list[Any] = [root]  # containers that are ours and still hold the other side's
    while pending:
        container = pending.pop()
        for key, item in enumerate(container) if is_array(container) else container.items():
            if is_object(item):
                mine: Any = dict(item)
            elif is_array(item):
                mine = list(item)
            else:
                continue
            container[key] = mine  # an existing key: the dictionary keeps its size and order while we walk it
            pending.append(mine)
    return root[0]
