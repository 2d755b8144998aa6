"""The downloads: the snapshots of each shown run, the Facts, and a program that reads a run.

Snapshots are NumPy's `.npz`, and Facts are JSON. `RUN_ARRAYS` and `outline` describe them. The
program, `redraw.py`, is not imported: readers get it as it is.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ginn.dataset.dataset import Dataset
from ginn.files import hashed
from ginn.network.run import RecordedRun, run_as_arrays

PROGRAM = Path(__file__).with_name("redraw.py")

# The deepest level of the Facts in the outline. Below it, all parts and all runs are alike.
DEEPEST = 5

# The schema of a run's file: name, shape, type, meaning. K snapshots, n pixels a side.
RUN_ARRAYS = (
    ("seed", "()", "int64", "the seed of this run's random numbers"),
    ("ended", "()", "text", "empty, or why the run stopped early"),
    ("iterations", "(K,)", "int64", "iterations of training before each snapshot"),
    ("loss", "(K,)", "float64", "mean cross-entropy over the whole picture, in nats"),
    ("accuracy", "(K,)", "float64", "share of the pixels that are right"),
    ("learning_rate", "(K,)", "float64", "Adam's learning rate"),
    ("layers", "()", "int64", "layers of weights: the hidden ones and the output"),
    ("weightsL", "(K, out, in)", "float32", "weights of layer L, from 0; inputs are x and y"),
    ("biasesL", "(K, out)", "float32", "biases of layer L"),
    ("labels", "(n, n)", "bool", "the picture, row by row from the top: true is white"),
)


@dataclass(frozen=True)
class Download:
    """A file to download: `name` as a reader saves it, `address` relative to the site's root."""

    name: str
    address: str
    content: bytes

    @staticmethod
    def of(name: str, content: bytes, folder: str) -> Download:
        """The download of this content, under a content-hashed address in a folder."""
        return Download(name, hashed(f"{folder}/{name}", content), content)


def run_file(run: RecordedRun, dataset: Dataset) -> bytes:
    """The snapshots of a run and the picture as a compressed `.npz`, the same for the same run."""
    arrays: dict[str, NDArray[Any]] = run_as_arrays(run)
    arrays |= {"layers": np.array(len(run.weights)), "labels": dataset.labels}
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, array in arrays.items():
            member = zipfile.ZipInfo(f"{name}.npy")  # dated 1980, the format's first day
            member.create_system = 3
            member.compress_type = zipfile.ZIP_DEFLATED
            content = io.BytesIO()
            np.lib.format.write_array(content, array, allow_pickle=False)
            archive.writestr(member, content.getvalue())
    return stream.getvalue()


def outline(facts: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Every path in the Facts with the type of its value. A list is described by its first entry.

    >>> outline({"runs": [{"id": "a", "loss": 0.1}], "pixels": 200})
    [('runs', 'list'), ('runs[].id', 'text'), ('runs[].loss', 'number'), ('pixels', 'number')]
    """
    return list(_outlined("", facts))


def _outlined(path: str, value: Any) -> Iterator[tuple[str, str]]:
    """The outline of `value`, whose path is `path`."""
    if path:
        yield path, _kind(value)
    if path.count(".") >= DEEPEST:
        return
    if isinstance(value, Mapping):
        for name, each in value.items():
            yield from _outlined(f"{path}.{name}" if path else name, each)
    elif isinstance(value, list | tuple) and value and isinstance(value[0], Mapping):
        for entry in list(_outlined("", value[0])):
            yield f"{path}[].{entry[0]}", entry[1]


def _kind(value: Any) -> str:
    """The type of a value in JSON, in plain words."""
    kinds = {bool: "true or false", str: "text", type(None): "null"}
    kinds |= {int: "number", float: "number", list: "list", tuple: "list"}
    if isinstance(value, list | tuple) and value and not isinstance(value[0], Mapping):
        return f"list of {_kind(value[0])}"
    return kinds.get(type(value), "object")
