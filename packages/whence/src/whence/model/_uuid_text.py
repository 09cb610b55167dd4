"""How a UUID is written: 36 characters, lower-case hexadecimal digits in groups of 8-4-4-4-12 (RFC 9562 section 4)."""

from __future__ import annotations

HEX = frozenset("0123456789abcdef")


def is_uuid(text: str) -> bool:
    """Say whether the text is a UUID in its lower-case form."""
    if len(text) != 36 or text[8] != "-" or text[13] != "-" or text[18] != "-" or text[23] != "-":  # noqa: PLR2004
        return False
    digits = text.replace("-", "")
    return len(digits) == 32 and HEX.issuperset(digits)  # noqa: PLR2004


def dashed(digits: str) -> str:
    """Write 32 hexadecimal digits as a UUID."""
    return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"
