"""Name forms: text with parts in braces, filled in and read back (`{database}.{schema}.{table}`).

It must not know any platform; the forms themselves are in the naming table.
"""

from __future__ import annotations

from whence.errors import NamingError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping


def part_names(form: str) -> tuple[str, ...]:
    """Return the names of the parts in a form, in order."""
    return tuple(piece.partition("}")[0] for piece in form.split("{")[1:])


def fill(form: str, parts: Mapping[str, str | None]) -> str:
    """Fill in a form. Raises NamingError when a part is missing or empty."""
    first, *rest = form.split("{")
    text = first
    for piece in rest:
        name, _, literal = piece.partition("}")
        value = parts.get(name)
        if not value:
            raise NamingError(form, f"the name form {form} lacks {name}; give {', '.join(part_names(form))}")
        text += value + literal
    return text


def fill_known(form: str, parts: Mapping[str, str | None]) -> str:
    """Fill in a form that starts with a part, leaving out each missing part with the text after it (`public.orders`).

    Raises NamingError when the last part is missing.
    """
    *_, last = part_names(form)
    for name in part_names(form):
        if not parts.get(name) and name != last:
            before, _, after = form.partition("{" + name + "}")
            form = before + after[after.index("{") :]
    return fill(form, parts)


def match(form: str, text: str) -> dict[str, str] | None:
    """Read the parts of a text that has this form, None when it has not.

    Each part ends at the first place where the text after it in the form occurs; the last one takes the rest.
    """
    first, *rest = form.split("{")
    if not text.startswith(first):
        return None
    parts: dict[str, str] = {}
    at = len(first)
    for index, piece in enumerate(rest):
        name, _, literal = piece.partition("}")
        is_last = index == len(rest) - 1
        end = len(text) - len(literal) if is_last else text.find(literal, at)
        if end <= at or not text.startswith(literal, end):
            return None
        parts[name] = text[at:end]
        at = end + len(literal)
    return parts if at == len(text) else None
