"""Social cards and icons of the site, as PNG.

Pillow draws them, because social networks and home screens take no SVG. The drawing is made larger
and then reduced, which smooths its lines.
"""

from __future__ import annotations

import io
import unicodedata
from collections.abc import Callable
from functools import cache

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from ginn.figures.network_figure import Scene, whiteness
from ginn.figures.raster import LINE, OUTPUT_LINE, OVERSAMPLING, network_picture
from ginn.figures.theme import INK, MUTED, PAPER, RULE, Colours
from ginn.files import TEMPLATES, read_bytes

WIDTH, HEIGHT = 1200, 630  # px, the size that social networks ask for
MARGIN = 56
TITLE_SIZES = (72, 64, 56, 48, 40)  # px; the first size at which the title fits is used
MOST_LINES = 5
CARD_SHADES = 128
Typeface = Callable[[int], ImageFont.FreeTypeFont | ImageFont.ImageFont]  # by size in px
# The side of the picture as a share of the icon's side. A launcher may cut a maskable icon to a
# circle with a diameter of 0.8 of the side (W3C manifest). That takes the picture's corners only.
ICON_SHARE = 0.72


def social_card(scene: Scene, title: str, site_title: str, colours: Colours) -> bytes:
    """A PNG of `WIDTH` x `HEIGHT`: a title on the left, a network's boundaries on the right.

    A system's typefaces would differ from one machine to another, so the program has its own. A
    title with letters that they lack is left out, and the network is then in the middle.
    """
    title, site_title = (unicodedata.normalize("NFC", each) for each in (title, site_title))
    card = Image.new("RGB", (WIDTH, HEIGHT), PAPER.light)
    typeface = typeface_for(title + site_title)
    edges = [WIDTH - HEIGHT] if typeface else [(WIDTH - HEIGHT) // 2, (WIDTH + HEIGHT) // 2]
    card.paste(scene_picture(scene, colours, HEIGHT), (edges[0], 0))
    draw = ImageDraw.Draw(card)
    for edge in edges:
        draw.line([(edge, 0), (edge, HEIGHT)], fill=RULE.light, width=2)
    if typeface:
        room = WIDTH - HEIGHT - 2 * MARGIN
        size, lines = fitted(title, room, typeface)
        for number, line in enumerate(lines):
            place = (MARGIN, MARGIN + number * round(1.2 * size))
            draw.text(place, line, fill=INK.light, font=typeface(size))
        small = wrapped(site_title, 28, room, typeface) if site_title != title else []
        for number, line in enumerate(reversed(small)):
            place = (MARGIN, HEIGHT - MARGIN - (number + 1) * 34)
            draw.text(place, line, fill=MUTED.light, font=typeface(28))
    # A palette of CARD_SHADES colours halves the file, without a visible difference.
    return _png(card.quantize(CARD_SHADES, dither=Image.Dither.NONE))


def typeface_for(text: str) -> Typeface | None:
    """The first typeface with every letter of a text; a missing letter is drawn as a box."""
    letters = {each for each in text if not each.isspace()}
    for typeface in (ImageFont.load_default, _further):
        font = typeface(40)
        box = bytes(font.getmask("\U0010ffff"))
        if all(bytes(font.getmask(letter)) != box for letter in letters):
            return typeface
    return None


@cache
def _further(size: int) -> ImageFont.FreeTypeFont:
    """DejaVu Sans, with more of the scripts that are written from left to right."""
    content = read_bytes(TEMPLATES / "fonts" / "DejaVuSans.ttf", "a typeface")
    return ImageFont.truetype(io.BytesIO(content), size)


def scene_picture(scene: Scene, colours: Colours, side: int) -> Image.Image:
    """The drawing of `network_figure.scene_svg`, light theme, as `side` x `side` pixels."""
    large = side * OVERSAMPLING
    white = np.rint(255 * whiteness(scene)).astype(np.uint8)
    smooth = Image.Resampling.NEAREST if scene.background == "target" else Image.Resampling.BICUBIC
    corner = np.array(scene.detail.corner)
    span = scene.dataset.pixels / scene.detail.zoom
    left, top = (float(each) * scene.dataset.pixels for each in corner)
    box = (left, top, left + span, top + span)
    mask = Image.fromarray(white).resize((large, large), smooth, box)
    lines = (
        (shades.light, OUTPUT_LINE if kind == "output" else LINE, neurons)
        for kind, shades, neurons in scene.layers(colours)
    )
    zoom = scene.detail.zoom
    return network_picture(mask, scene.boundaries, scene.snapshot, lines, side, corner, zoom)


def fitted(text: str, room: int, typeface: Typeface) -> tuple[int, list[str]]:
    """The largest size (px) at which a title fits `MOST_LINES` lines of `room` px, and the lines.

    A word that is wider than `room` in the smallest size is broken. If the title does not fit even
    in the smallest size, its end is replaced by an ellipsis.
    """
    for size in TITLE_SIZES:
        lines = wrapped(text, size, room, typeface)
        if len(lines) <= MOST_LINES and all(
            typeface(size).getlength(word) <= room for word in text.split()
        ):
            return size, lines
    if len(lines) <= MOST_LINES:
        return size, lines
    last = lines[MOST_LINES - 1]
    while typeface(size).getlength(last + "\u2026") > room:
        last = last.rpartition(" ")[0] or last[:-1]
    return size, [*lines[: MOST_LINES - 1], last + "\u2026"]


def wrapped(text: str, size: int, room: int, typeface: Typeface) -> list[str]:
    """The lines of a text, at most `room` px each; a longer word is broken at the edge."""
    width = typeface(size).getlength
    lines: list[str] = []
    for word in text.split():
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and width(longer) <= room:
            lines[-1] = longer
            continue
        lines.append("")
        for letter in word:
            if lines[-1] and width(lines[-1] + letter) > room:
                lines.append("")
            lines[-1] += letter
    return lines


def icon(labels: NDArray[np.bool_], side: int) -> bytes:
    """The learnt picture as a PNG icon on white ground; `labels` (n, n) is true for white."""
    inner = round(side * ICON_SHARE)
    picture = Image.fromarray(np.where(labels, 255, 0).astype(np.uint8))
    ground = Image.new("L", (side, side), 255)
    ground.paste(picture.resize((inner, inner), Image.Resampling.BOX), (2 * ((side - inner) // 2,)))
    return _png(ground)


def _png(picture: Image.Image) -> bytes:
    stream = io.BytesIO()
    picture.save(stream, "PNG", optimize=True)
    return stream.getvalue()
