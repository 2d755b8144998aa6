"""SVG files: documents, elements, path data, and pictures embedded as PNG.

A figure is a separate file, shown by `<img>`, and not SVG inside the page. Browsers therefore load
it lazily and cache it. Reader modes and feed readers keep it. It has its own style sheet, although
the Content-Security-Policy allows the page no inline style.
"""

from __future__ import annotations

import base64
import struct
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from html import escape

import numpy as np
from numpy.typing import NDArray

from ginn.figures.theme import INK, Colours, paint, style_sheet
from ginn.network.run import Float64

FONT = 'system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif'
# The number of opacities of an embedded picture's pixels. More cannot be distinguished by eye.
LEVELS = 16

Attributes = Mapping[str, str | float]


@dataclass(frozen=True)
class Svg:
    """An SVG file: its text, and the width and height (CSS pixels) that it is drawn for."""

    text: str
    width: float
    height: float


def document(
    width: float,
    height: float,
    title: str,
    description: str,
    colours: Colours,
    body: Iterable[str],
    window: tuple[float, float, float, float] | None = None,
) -> Svg:
    """An SVG file of these elements, with a title and a description for screen readers.

    `window` is the rectangle (left, top, width, height) of the drawing that the file shows, by
    default the whole drawing.
    """
    view_box = " ".join(f"{each:g}" for each in window or (0, 0, width, height))
    text = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:g}" height="{height:g}" '
        f'viewBox="{view_box}" role="img" aria-labelledby="title description" '
        f"font-family='{FONT}' fill=\"none\">\n"
        f'<title id="title">{escape(title)}</title>\n'
        f'<desc id="description">{escape(description)}</desc>\n'
        f"<style>{style_sheet(colours)}</style>\n" + "\n".join(body) + "\n</svg>\n"
    )
    return Svg(text, width, height)


def element(name: str, attributes: Attributes, content: str = "") -> str:
    """An element with these attributes, in their order; `content` is SVG or escaped text.

    A number is written with at most six significant digits. A caller that needs fewer decimals
    passes text, such as from `tenths`.
    """
    written = "".join(
        f' {key}="{value if isinstance(value, str) else format(value, "g")}"'
        for key, value in attributes.items()
    )
    return f"<{name}{written}>{content}</{name}>" if content else f"<{name}{written}/>"


def tenths(value: float) -> str:
    """A number as text with one decimal."""
    return f"{value:.1f}"


def path_data(
    points: Iterable[tuple[float, float]], decimals: int = 1, closed: bool = False
) -> str:
    """The path data of one polyline through these points."""
    joined = " ".join(f"{x:.{decimals}f},{y:.{decimals}f}" for x, y in points)
    return f"M{joined}{'Z' if closed else ''}"


def backdrop(kind: str, width: float, height: float) -> str:
    """A rectangle under the whole figure; `kind` is "paper", "black" or "full-black".

    In both themes, full black is the colour INK of the light theme.
    """
    fill = INK.light if kind == "full-black" else paint(kind)["fill"]
    return element("rect", {"class": kind, "width": width, "height": height, "fill": fill})


def embedded_picture(
    opacity: Float64, kind: str, width: float, height: float, pixelated: bool = False
) -> str:
    """An image element with a white picture whose opacity is `opacity` (rows, columns) in [0, 1].

    The rectangle under it has another colour, so that one picture is enough for both themes. `kind`
    is the element's class. A `pixelated` picture shows its pixels as squares.
    """
    attributes: dict[str, str | float] = {"class": kind, "width": width, "height": height}
    return embedded_png(opacity_png(opacity), attributes, pixelated)


def embedded_png(png: bytes, attributes: Attributes, pixelated: bool = False) -> str:
    """An image element with this PNG. A `pixelated` picture shows its pixels as squares."""
    data = base64.b64encode(png).decode("ascii")
    rendered = {"image-rendering": "pixelated"} if pixelated else {}
    return element("image", {**attributes, **rendered, "href": f"data:image/png;base64,{data}"})


def opacity_png(opacity: Float64) -> bytes:
    """A white PNG whose opacity (rows, columns) in [0, 1] is rounded to one of `LEVELS` steps.

    It has four bits for each pixel, and a palette of white in several opacities (PNG, third
    edition: 11.2.1 IHDR, 11.2.2 PLTE, 11.3.1.1 tRNS).
    """
    columns = opacity.shape[1]
    levels = np.rint(opacity * (LEVELS - 1)).astype(np.uint8)
    even = np.pad(levels, ((0, 0), (0, columns % 2)))  # two pixels a byte
    packed = ((even[:, ::2] << 4) | even[:, 1::2]).astype(np.uint8)
    alpha = np.rint(np.linspace(0, 255, LEVELS)).astype(np.uint8)
    return _indexed_png(packed, columns, 4, b"\xff\xff\xff" * LEVELS, alpha.tobytes())


def colours_png(indices: NDArray[np.uint8], palette: NDArray[np.uint8]) -> bytes:
    """A PNG with the colours (COLOURS, 3) of a palette at these indices (rows, columns)."""
    return _indexed_png(indices, indices.shape[1], 8, palette.tobytes())


def _indexed_png(
    packed: NDArray[np.uint8], columns: int, depth: int, palette: bytes, alpha: bytes = b""
) -> bytes:
    """A PNG of rows (rows, bytes) of indices, each of `depth` bits, in a palette."""
    scanlines = np.pad(packed, ((0, 0), (1, 0)))  # filter type 0 before each
    chunks = [
        (b"IHDR", struct.pack(">IIBBBBB", columns, len(packed), depth, 3, 0, 0, 0)),
        (b"PLTE", palette),
        *([(b"tRNS", alpha)] if alpha else []),
        (b"IDAT", zlib.compress(scanlines.tobytes(), 9)),
        (b"IEND", b""),
    ]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        for name, data in chunks
    )
