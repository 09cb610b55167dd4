"""Route templates of the frameworks in one form: `/orders/{id}`."""

from __future__ import annotations


def from_angles(template: str) -> str:
    """Return a template of Flask or Django's `path`, such as `/orders/<int:id>`, with braces."""
    import re  # noqa: PLC0415  once per route

    return re.sub(r"<(?:[^<>:]*:)?([^<>]+)>", r"{\1}", template)


def from_pattern(pattern: str) -> str:
    """Return a regular expression of Django's `re_path` as a template: groups become parameters, anchors go."""
    found: list[str] = []
    at = 0
    while at < len(pattern):
        char = pattern[at]
        if char == "(":
            end = _end_of_group(pattern, at)
            group = pattern[at:end]
            if group.startswith("(?P<"):
                found.append(f"{{{group[4 : group.index('>')]}}}")
            elif not group.startswith("(?") or group.startswith("(?:"):
                found.append("{}")
            at = end + (pattern[end : end + 1] in ("?", "*", "+"))
            continue
        if char == "\\" and at + 1 < len(pattern):
            if pattern[at + 1] not in "AZbB":
                found.append(pattern[at + 1])
            at += 2
            continue
        if char not in "^$?":
            found.append(char)
        at += 1
    return "".join(found)


def _end_of_group(pattern: str, start: int) -> int:
    depth = 0
    in_class = False
    at = start
    while at < len(pattern):
        char = pattern[at]
        if char == "\\":
            at += 1
        elif in_class:
            in_class = char != "]"
        elif char == "[":
            in_class = True
            at += pattern[at + 1 : at + 2] == "]"  # stands for itself there
        elif char == "(":
            depth += 1
        elif char == ")":
            depth -= 1
            if not depth:
                return at + 1
        at += 1
    return len(pattern)
