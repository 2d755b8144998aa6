"""Social cards and icons of the site, as PNG.

Pillow draws them, because social networks and home screens take no SVG. The drawing is made larger
and then reduced, which smooths its lines.
"""

from __future__ import annotations

import io

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from ginn.figures.network_figure import Scene, whiteness
from ginn.figures.theme import INK, MUTED, PAPER, PICTURE_BLACK, PICTURE_WHITE, RULE, Colours

WIDTH, HEIGHT = 1200, 630  # px, the size that social networks ask for
MARGIN = 56
OVERSAMPLING = 2
TITLE_SIZES = (72, 64, 56, 48, 40)  # px; the first size at which the title fits is used
MOST_LINES = 5
LINE, OUTPUT_LINE = 0.0034, 0.0064  # fractions of the picture's side
CARD_SHADES = 128
# The side of the picture as a share of the icon's side. A launcher may cut a maskable icon to a
# circle with a diameter of 0.8 of the side (W3C manifest). That takes the picture's corners only.
ICON_SHARE = 0.72


def social_card(scene: Scene, title: str, site_title: str, colours: Colours) -> bytes:
    """A PNG of `WIDTH` x `HEIGHT`: a title on the left, a network's boundaries on the right.

    Pillow's own typeface has the letters of western Europe; others are drawn as boxes.
    """
    card = Image.new("RGB", (WIDTH, HEIGHT), PAPER.light)
    card.paste(scene_picture(scene, colours, HEIGHT), (WIDTH - HEIGHT, 0))
    draw = ImageDraw.Draw(card)
    draw.line([(WIDTH - HEIGHT, 0), (WIDTH - HEIGHT, HEIGHT)], fill=RULE.light, width=2)
    room = WIDTH - HEIGHT - 2 * MARGIN
    size, lines = fitted(title, room)
    for number, line in enumerate(lines):
        place = (MARGIN, MARGIN + number * round(1.2 * size))
        draw.text(place, line, fill=INK.light, font=ImageFont.load_default(size))
    if site_title != title:
        small = wrapped(site_title, 28, room)
        for number, line in enumerate(reversed(small)):
            place = (MARGIN, HEIGHT - MARGIN - (number + 1) * 34)
            draw.text(place, line, fill=MUTED.light, font=ImageFont.load_default(28))
    # A palette of CARD_SHADES colours halves the file, without a visible difference.
    return _png(card.quantize(CARD_SHADES, dither=Image.Dither.NONE))


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
    picture = Image.new("RGB", (large, large), PICTURE_BLACK.light)
    picture.paste(PICTURE_WHITE.light, (0, 0, large, large), mask)
    draw = ImageDraw.Draw(picture)
    scale = large * scene.detail.zoom
    for kind, shades, neurons in scene.layers(colours):
        width = round(large * (OUTPUT_LINE if kind == "output" else LINE))
        for neuron in neurons:
            for polyline in scene.boundaries.polylines(scene.snapshot, neuron):
                points = [(x, y) for x, y in ((polyline.vertices - corner) * scale).tolist()]
                points += points[:1] if polyline.closed else []
                if len(points) > 1:
                    draw.line(points, fill=shades.light, width=width, joint="curve")
    return picture.resize((side, side), Image.Resampling.BOX)


def fitted(text: str, room: int) -> tuple[int, list[str]]:
    """The largest size (px) at which a title fits `MOST_LINES` lines of `room` px, and the lines.

    If the title is too long for the smallest size, its end is replaced by an ellipsis.
    """
    for size in TITLE_SIZES:
        lines = wrapped(text, size, room)
        if len(lines) <= MOST_LINES and all(_width(line, size) <= room for line in lines):
            return size, lines
    kept = lines[:MOST_LINES]
    return size, [*kept[:-1], kept[-1] + "\u2026"] if len(lines) > MOST_LINES else kept


def wrapped(text: str, size: int, room: int) -> list[str]:
    """The lines of a text, at most `room` px each; a longer word has a line of its own."""
    lines: list[str] = []
    for word in text.split():
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and _width(longer, size) <= room:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines


def icon(labels: NDArray[np.bool_], side: int) -> bytes:
    """The learnt picture as a PNG icon on white ground; `labels` (n, n) is true for white."""
    inner = round(side * ICON_SHARE)
    picture = Image.fromarray(np.where(labels, 255, 0).astype(np.uint8))
    ground = Image.new("L", (side, side), 255)
    ground.paste(picture.resize((inner, inner), Image.Resampling.BOX), (2 * ((side - inner) // 2,)))
    return _png(ground)


def _width(text: str, size: int) -> float:
    return ImageFont.load_default(size).getlength(text)


def _png(picture: Image.Image) -> bytes:
    stream = io.BytesIO()
    picture.save(stream, "PNG", optimize=True)
    return stream.getvalue()
