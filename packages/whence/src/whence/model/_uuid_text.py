"""How a UUID is written: 36 characters, lower-case hexadecimal digits in groups of 8-4-4-4-12 (RFC 9562 section 4)."""

from __future__ import annotations

LENGTH = 36
DIGITS = 32
HEX = frozenset("0123456789abcdef")


def is_uuid(text: str) -> bool:
    """Say whether the text is a UUID in its lower-case form."""
    if len(text) != LENGTH or text[8] != "-" or text[13] != "-" or text[18] != "-" or text[23] != "-":
        return False
    digits = text.replace("-", "")
    return len(digits) == DIGITS and HEX.issuperset(digits)


def dashed(digits: str) -> str:
    """Write 32 hexadecimal digits as a UUID."""
    return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"
