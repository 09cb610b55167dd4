"""UUIDs made from text: the same parts always give the same id, on every machine.

Used where an id must be derived and not drawn: run ids that are no UUID, versions. Version 5 of RFC 9562 (SHA-1 over
a namespace and a name) under one namespace of our own. It must not draw random numbers.
"""

from __future__ import annotations

from hashlib import sha1

from whence.model._uuid_text import DIGITS, HEX, dashed, is_uuid

# uuid5(NAMESPACE_URL, "https://whence.dev/ids"), written out; changing it would change every derived id.
_NAMESPACE = bytes.fromhex("8b4cf77385d95f6cbb271d701e3edba2")


def named_uuid(*parts: str) -> str:
    """Return the UUID (version 5) of these parts. Parts are kept apart: ("a", "bc") and ("ab", "c") differ."""
    name = "".join(f"{len(part)}:{part}" for part in parts).encode("utf-8", "surrogatepass")
    digest = sha1(_NAMESPACE + name, usedforsecurity=False).digest()
    value = int.from_bytes(digest[:16], "big") & ~(0xF << 76) & ~(0x3 << 62) | (5 << 76) | (2 << 62)
    return dashed(f"{value:032x}")


def canonical_run_id(text: str) -> tuple[str, bool]:
    """Return (run id as a lower-case UUID, whether the text was one).

    A UUID without dashes or in braces counts as the same run; any other text becomes the UUID named after it.
    """
    lower = text.lower()
    if is_uuid(lower):
        return lower, True
    bare = lower.removeprefix("urn:uuid:").strip("{}").replace("-", "")
    if len(bare) == DIGITS and HEX.issuperset(bare):
        return dashed(bare), False
    return named_uuid("run", text), False
