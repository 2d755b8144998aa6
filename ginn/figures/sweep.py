"""The sweep of a run: all its recorded snapshots as one moving picture, an animated WebP.

If a run has too many snapshots for `MOST_BYTES`, only every second or every third one is a frame,
or fewer. The last snapshot always is one. The sweep of a draft has about `DRAFT_FRAMES` frames.
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from ginn.dataset.dataset import Dataset
from ginn.figures.raster import LINE, OUTPUT_LINE, OVERSAMPLING, network_picture
from ginn.figures.theme import (
    INK,
    MUTED,
    PAPER,
    RULE,
    Colours,
    legible_colours,
)
from ginn.formatting import percent
from ginn.geometry.boundaries import Boundaries
from ginn.network.forward import probability
from ginn.network.logits import logits
from ginn.network.run import RecordedRun, layer_slices

MOST_BYTES = 3_000_000
SIDE = 420  # px of the square
STRIP = 40  # px of the strip below it, with the iteration, the accuracy and how far the sweep is
BAR, MARGIN, LETTERS = 3, 12, 20  # px in the strip: the bar at its top, its margins, its letters
# Of the WebP encoder: quality from 0 to 100, and method from 0, the fastest, to 6, with the fewest
# bytes.
QUALITY, METHOD = 40, 4
# Of a draft. Frames take most of the time, and half of a frame's time is its encoding.
DRAFT_FRAMES, DRAFT_METHOD = 24, 2
# The duration of the whole sweep without its last frame, and that of its last frame (ms).
DURATION, LAST = 18_000, 2_500
SHORTEST, LONGEST = 40, 120  # ms a frame
SAMPLE = 12  # frames from which the size of the others is estimated
FILE = "sweep.webp"


def sweep(
    boundaries: Boundaries,
    run: RecordedRun,
    layer_colours: Sequence[str],
    output_colour: str,
    dataset: Dataset,
    draft: bool = False,
) -> bytes:
    """The sweep of a run as an animated WebP of at most `MOST_BYTES`, which repeats for ever.

    The colours are those of the settings, `#rrggbb`.
    """
    colours = legible_colours(layer_colours, output_colour, len(run.widths))
    drawn: dict[int, Image.Image] = {}

    def encoded(stride: int) -> bytes:
        """The sweep with every `stride`-th snapshot, whose pictures are drawn once and kept."""
        steps = [*range(0, len(run) - 1, stride), len(run) - 1]
        for step in steps:
            if step not in drawn:
                drawn[step] = frame(boundaries, run, step, colours, dataset)
        return animated([drawn[step] for step in steps], DRAFT_METHOD if draft else METHOD)

    if draft:
        stride = -(-len(run) // DRAFT_FRAMES)
    elif len(run) <= SAMPLE:
        return encoded(1)
    else:
        sample = encoded(len(run) // SAMPLE)
        stride = max(1, int(len(sample) * len(run) / SAMPLE / MOST_BYTES))
    while len(made := encoded(stride)) > MOST_BYTES:
        stride += 1
    return made


def animated(frames: list[Image.Image], method: int) -> bytes:
    """The frames as an animated WebP; see METHOD. Equal frames give equal bytes."""
    each = min(LONGEST, max(SHORTEST, DURATION // len(frames)))
    stream = io.BytesIO()
    frames[0].save(
        stream,
        "WEBP",
        save_all=True,
        append_images=frames[1:],
        duration=[*[each] * (len(frames) - 1), LAST],
        loop=0,
        quality=QUALITY,
        method=method,
    )
    return stream.getvalue()


def frame(
    boundaries: Boundaries, run: RecordedRun, step: int, colours: Colours, dataset: Dataset
) -> Image.Image:
    """One snapshot in light colours: every boundary over the output, and a strip with numbers."""
    picture = Image.new("RGB", (SIDE, SIDE + STRIP), PAPER.light)
    picture.paste(_square(boundaries, run, step, colours, dataset), (0, 0))
    draw = ImageDraw.Draw(picture)
    font = ImageFont.load_default(LETTERS)
    middle = SIDE + STRIP // 2 + 2  # of the strip without its bar
    # A space between thousands is understood in every language.
    iteration = f"{run.iterations[step]:,}".replace(",", " ")
    draw.text((MARGIN, middle), iteration, INK.light, font, "lm")
    accuracy = percent(float(run.accuracy[step]))
    draw.text((SIDE - MARGIN, middle), accuracy, MUTED.light, font, "rm")
    draw.rectangle((0, SIDE, SIDE, SIDE + BAR), fill=RULE.light)
    done = round(SIDE * step / max(1, len(run) - 1))
    draw.rectangle((0, SIDE, done, SIDE + BAR), fill=INK.light)
    return picture


def _square(
    boundaries: Boundaries, run: RecordedRun, step: int, colours: Colours, dataset: Dataset
) -> Image.Image:
    """One snapshot without the strip."""
    large = SIDE * OVERSAMPLING
    logit = logits(*run.at(step), dataset.points())
    white = np.rint(255 * probability(logit)).astype(np.uint8).reshape(dataset.labels.shape)
    mask = Image.fromarray(white).resize((large, large), Image.Resampling.BILINEAR)
    lines = (
        (shades.light, OUTPUT_LINE if shades is colours.output else LINE, range(at.start, at.stop))
        for shades, at in zip(
            (*colours.layers, colours.output), layer_slices(boundaries.widths), strict=True
        )
    )
    return network_picture(mask, boundaries, step, lines, SIDE)


def sweep_as_files(made: bytes) -> dict[str, bytes]:
    """A sweep as a named file, to be stored; `sweep_from_files` is the inverse."""
    return {FILE: made}


def sweep_from_files(files: Mapping[str, bytes]) -> bytes:
    """The sweep that `sweep_as_files` stored as this file."""
    return files[FILE]
