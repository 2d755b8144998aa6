"""Content-hashed addresses: a page never shows a file of another build."""

from __future__ import annotations

import hashlib


def hashed(address: str, content: bytes) -> str:
    """`address` with a part of the content's SHA-256 before its suffix."""
    stem, _, suffix = address.rpartition(".")
    return f"{stem}-{hashlib.sha256(content).hexdigest()[:10]}.{suffix}"
