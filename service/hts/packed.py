"""Files that may be gzipped."""

from __future__ import annotations

import gzip
import zlib
from pathlib import Path


class PackedError(ValueError):
    """A ``.gz`` that is broken."""


def unpacked(path: Path) -> tuple[Path, bytes]:
    """Return the name of a file without ``.gz``, and its bytes unpacked; raises ``PackedError``, ``OSError``."""
    data = path.read_bytes()
    if path.suffix != ".gz":
        return path, data
    try:
        return Path(path.stem), gzip.decompress(data)
    except (EOFError, OSError, zlib.error) as error:
        raise PackedError(f"{path.name} cannot be unpacked: {error}") from error
