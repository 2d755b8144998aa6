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


# The schema of a run's file: name, shape, type. K snapshots, n pixels a side. What they mean is in
# the files of words.
RUN_ARRAYS = (
    ("seed", "()", "int64"),
    ("ended", "()", "text"),
    ("iterations", "(K,)", "int64"),
    ("loss", "(K,)", "float64"),
    ("accuracy", "(K,)", "float64"),
    ("learning_rate", "(K,)", "float64"),
    ("layers", "()", "int64"),
    ("weightsL", "(K, out, in)", "float32"),
    ("biasesL", "(K, out)", "float32"),
    ("labels", "(n, n)", "bool"),
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
    """The snapshots of a run and the picture as `.npz`. Equal runs give equal bytes."""
    arrays: dict[str, NDArray[Any]] = run_as_arrays(run)
    arrays |= {"layers": np.array(len(run.weights)), "labels": dataset.labels}
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, array in arrays.items():
            member = zipfile.ZipInfo(f"{name}.npy")  # its date is fixed: 1 January 1980
            member.create_system = 3
            member.compress_type = zipfile.ZIP_DEFLATED
            content = io.BytesIO()
            np.lib.format.write_array(content, array, allow_pickle=False)
            archive.writestr(member, content.getvalue())
    return stream.getvalue()


def outline(schema: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    """Every path in the JSON that a JSON Schema describes, with the type and meaning of its value.

    >>> run = {"properties": {"id": {"type": "string", "description": "A name."}}}
    >>> outline({"properties": {"runs": {"type": "array", "items": {"$ref": "#/$defs/Run"}}},
    ...          "$defs": {"Run": run}})
    [('runs', 'list', ''), ('runs[].id', 'text', 'A name.')]
    """
    return list(_outlined("", schema, schema.get("$defs", {})))


def _outlined(
    path: str, schema: Mapping[str, Any], models: Mapping[str, Any]
) -> Iterator[tuple[str, str, str]]:
    """The outline of the value at `path`; `models` are the schemas that others refer to."""
    meaning, suffix = schema.get("description", ""), ""
    schema = _resolved(schema, models)
    if path:
        yield path, _kind(schema, models), meaning
    if schema.get("type") == "array":
        schema, suffix = _resolved(schema["items"], models), "[]"
    for name, each in schema.get("properties", {}).items():
        yield from _outlined(f"{path}{suffix}.{name}".removeprefix("."), each, models)


def _resolved(schema: Mapping[str, Any], models: Mapping[str, Any]) -> Mapping[str, Any]:
    """The schema to which a reference leads, also where null is allowed. Others are unchanged."""
    for each in schema.get("anyOf", ()):
        if each.get("type") != "null":
            schema = each
    return models[schema["$ref"].rpartition("/")[2]] if "$ref" in schema else schema


def _kind(schema: Mapping[str, Any], models: Mapping[str, Any]) -> str:
    """The type of a value in JSON, in plain words."""
    kinds = {"boolean": "true or false", "string": "text", "integer": "number", "array": "list"}
    kind = str(schema.get("type", "object"))
    if kind == "array":
        entry = _resolved(schema["items"], models)
        return "list" if "properties" in entry else f"list of {_kind(entry, models)}"
    return kinds.get(kind, kind)
