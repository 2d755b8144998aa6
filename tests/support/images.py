"""Image files as bytes, valid and invalid."""

from __future__ import annotations

import io
import struct
import zlib
from typing import Any

import numpy as np
from PIL import Image

SQUARE = np.pad(np.zeros((8, 8), dtype=np.uint8), 8, constant_values=255)
NOISE = np.random.default_rng(0).integers(0, 255, (64, 64), dtype=np.uint8)


def encoded(picture: Image.Image, kind: str = "PNG", **options: Any) -> bytes:
    """An image as a file of the format `kind`."""
    stream = io.BytesIO()
    picture.save(stream, kind, **options)
    return stream.getvalue()


def image_of(levels: object, kind: str = "PNG", mode: str = "") -> bytes:
    """An image file with these levels, in a mode if one is given."""
    picture = Image.fromarray(np.asarray(levels))
    return encoded(picture.convert(mode) if mode else picture, kind)


def moving(kind: str) -> bytes:
    """An image file of two frames."""
    frames = [Image.fromarray(SQUARE), Image.fromarray(255 - SQUARE)]
    return encoded(frames[0], kind, save_all=True, append_images=frames[1:])


def bomb(side: int) -> bytes:
    """A small PNG whose few bytes would unpack to `side` x `side` pixels."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        code = zlib.crc32(kind + data)
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", code)

    header = struct.pack(">IIBBBBB", side, side, 8, 0, 0, 0, 0)
    rows = zlib.compress(bytes(1000))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows)
