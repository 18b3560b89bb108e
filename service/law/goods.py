"""Codes of a goods nomenclature: digits only inside, dotted outside."""

from __future__ import annotations

import msgspec


class CodeSystem(msgspec.Struct, frozen=True):
    """How an importer writes its codes.

    ``lengths``: the lengths a code or prefix may have, ascending; ``line``: the length of a rate line;
    ``groups``: digits per dotted group (``[4, 2, 2, 2]`` writes ``8471.30.01.00``); ``reserved``: chapters
    whose numbers are not goods (98 and 99 of the US schedule).
    """

    lengths: tuple[int, ...]
    line: int
    groups: tuple[int, ...]
    reserved: tuple[str, ...] = ()

    def digits(self, text: str) -> str:
        """Return the digits of a code written with or without dots.

        Raises ``ValueError`` with the reason when it is not a code of this system.
        """
        code = text.replace(".", "")
        if not code.isascii() or not code.isdigit():
            raise ValueError(f"{text!r} is not a goods code: digits and dots only")
        if len(code) not in self.lengths:
            allowed = ", ".join(map(str, self.lengths))
            raise ValueError(f"{text!r} has {len(code)} digits, not one of {allowed}")
        if "." in text and text != self.dotted(code):
            raise ValueError(f"{text!r} is dotted in the wrong places; write {self.dotted(code)}")
        return code

    def dotted(self, code: str) -> str:
        """Write the digits with dots."""
        parts, at = [], 0
        for size in self.groups:
            if at >= len(code):
                break
            parts.append(code[at : at + size])
            at += size
        return ".".join(parts)
