"""Load a picture, a drawing in TOML or an image file, as a dataset."""

from __future__ import annotations

from pathlib import Path

from ginn.config.validation import read_document
from ginn.dataset.dataset import Dataset
from ginn.dataset.drawing import dataset_of_drawing
from ginn.dataset.image import ImageReading, dataset_of_image
from ginn.errors import AuthorError
from ginn.files import read_bytes

# Above the size of an uncompressed picture of 64 million pixels with four 16-bit channels.
MOST_PICTURE_BYTES = 600_000_000
EXPECTED = "a picture (.toml, .png, .jpg, ...)"


def load_picture(path: Path, pixels: int, reading: ImageReading | None = None) -> Dataset:
    """The dataset of a drawing or an image file, on `pixels` x `pixels` pixels.

    Raises AuthorError for a file that is missing, cannot be read, or shows one colour only.
    """
    reading = reading or ImageReading()
    if path.suffix.lower() != ".toml":
        data = read_bytes(path, EXPECTED, MOST_PICTURE_BYTES)
        dataset = dataset_of_image(data, path, pixels, reading)
    elif reading != ImageReading():
        raise AuthorError(
            "threshold, fit or parts set for a drawing",
            "these keys for image files only; a drawing names its own parts",
            "remove them from report.toml",
            path=path,
        )
    else:
        dataset = dataset_of_drawing(read_document(path, EXPECTED), pixels)
    if dataset.labels.all() or not dataset.labels.any():
        colour = "white" if dataset.labels.all() else "black"
        raise AuthorError(
            f"only {colour} on {pixels} x {pixels} pixels",
            "both black and white",
            "choose a picture with more contrast, or another threshold",
            path=path,
        )
    return dataset
