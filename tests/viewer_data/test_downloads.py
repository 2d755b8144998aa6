"""The downloads: the file of a run, the outline of the facts, and the program that draws a run."""

from __future__ import annotations

import io
import itertools
import json
import re
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from support.runs import trained_run
from support.sample_report import bottle, make_report, traced

from ginn.analysis.facts import facts_as_json, facts_schema
from ginn.network.forward import pre_activations, probability
from ginn.viewer_data import downloads


@cache
def download() -> bytes:
    """The file of the trained run."""
    return downloads.run_file(trained_run(), bottle())


def test_run_file_holds_the_run_and_the_labels_to_the_bit() -> None:
    run = trained_run()
    with np.load(io.BytesIO(download()), allow_pickle=False) as arrays:
        assert int(arrays["layers"]) == len(run.weights)
        for layer in range(len(run.weights)):
            assert np.array_equal(arrays[f"weights{layer}"], run.weights[layer])
            assert np.array_equal(arrays[f"biases{layer}"], run.biases[layer])
        assert np.array_equal(arrays["loss"], run.loss)
        assert np.array_equal(arrays["labels"], bottle().labels)


def test_run_arrays_name_every_array_with_its_type_and_axes() -> None:
    with np.load(io.BytesIO(download())) as arrays:
        found = {
            re.sub(r"^(weights|biases)\d+$", r"\1L", name): (array.ndim, array.dtype)
            for name, array in arrays.items()
        }
    named = {
        name: (len(re.findall(r"\w+", shape)), kind) for name, shape, kind in downloads.RUN_ARRAYS
    }
    assert found.keys() == named.keys()
    for name, (axes, kind) in found.items():
        assert axes == named[name][0], name
        assert (kind.kind == "U") if named[name][1] == "text" else kind == named[name][1]


def test_run_file_of_the_same_run_is_the_same_bytes() -> None:
    assert downloads.run_file(trained_run(), bottle()) == download()


def values_at(path: str, value: Any) -> list[Any]:
    """The values at a path of the outline. Each list in the path can give several values."""
    found = [value]
    for step in path.split("."):
        name = step.removesuffix("[]")
        found = [each[name] for each in found if each is not None]
        if step.endswith("[]"):
            found = [entry for each in found if each is not None for entry in each]
    return found


def test_outline_of_the_facts_leads_to_values_of_its_types() -> None:
    facts = json.loads(json.dumps(facts_as_json(make_report().facts)))
    outline = {path: kind for path, kind, _ in downloads.outline(facts_schema())}
    assert outline["experiment.pixels"] == "number"
    assert outline["experiment.full_runs[].failed"] == "true or false"
    kinds = {"number": (int, float), "text": str, "true or false": bool, "object": dict}
    for path, kind in outline.items():
        for value in values_at(path, facts):
            expected = kinds.get(kind, list)
            assert value is None or isinstance(value, expected), path


@pytest.mark.parametrize(
    ("schema", "kind"),
    [({"type": "boolean"}, "true or false"), ({"type": "string"}, "text"),
     ({"type": "number"}, "number"), ({"type": "integer"}, "number"),
     ({"anyOf": [{"type": "null"}, {"type": "number"}]}, "number"),
     ({"type": "array", "items": {"type": "integer"}}, "list of number"),
     ({"type": "array", "items": {"type": "array", "items": {"type": "boolean"}}},
      "list of list of true or false"),
     ({"type": "object", "additionalProperties": {"type": "number"}}, "object")],
)  # fmt: skip
def test_outline_names_the_type_of_a_value(schema: dict[str, Any], kind: str) -> None:
    assert downloads.outline({"properties": {"a": schema}}) == [("a", kind, "")]


@pytest.fixture(scope="module")
def redrawn(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Path]:
    """What the program prints, and the picture it makes, in a folder without GINN."""
    folder = tmp_path_factory.mktemp("reader")
    (folder / "run.npz").write_bytes(download())
    shutil.copy(downloads.PROGRAM, folder)
    done = subprocess.run(
        [sys.executable, "-I", "redraw.py", "run.npz", "picture.png"],
        cwd=folder, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout, folder / "picture.png"


def test_program_prints_the_accuracy_of_the_network(redrawn: tuple[str, Path]) -> None:
    run, dataset = trained_run(), bottle()
    weights, biases = ([a[-1] for a in arrays] for arrays in (run.weights, run.biases))
    logit = pre_activations(tuple(weights), tuple(biases), dataset.points())[-1]
    right = ((logit.reshape(dataset.labels.shape) > 0) == dataset.labels).mean()
    assert f"accuracy {right:.6f}, recorded {run.accuracy[-1]:.6f}" in redrawn[0]


def grown(marked: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """The pixels that are at most two rows and two columns from a marked pixel."""
    padded = np.pad(marked, 2)
    return np.lib.stride_tricks.sliding_window_view(padded, (5, 5)).any(axis=(2, 3))


def test_program_draws_the_boundaries_where_they_are(redrawn: tuple[str, Path]) -> None:
    run = trained_run()
    with Image.open(redrawn[1]) as image:
        picture = np.asarray(image.convert("RGB")).astype(int)
    side = len(picture)
    coloured = np.ptp(picture, axis=2) > 0
    near = np.zeros_like(coloured)
    last = len(run) - 1
    for neuron in range(traced().neurons):
        for polyline in traced().polylines(last, neuron):
            ends = polyline.vertices * side
            ends = np.concatenate([ends, ends[:1]]) if polyline.closed else ends
            for start, end in itertools.pairwise(ends):
                steps = np.linspace(0, 1, int(4 * np.hypot(*(end - start))) + 2)[:, None]
                column, row = np.clip(start + steps * (end - start), 0, side - 1).astype(int).T
                near[row, column] = True
    assert coloured.mean() > 0.02
    assert not (coloured & ~grown(near)).any()
    # The program draws on a grid, so it misses the few places where an area has no pixel's centre.
    assert (near & ~grown(coloured)).sum() < 0.01 * near.sum()
    # Pixels without a line show the probability of white.
    row, column = np.argwhere(~coloured)[:: side * 3].T
    points = np.stack([column + 0.5, row + 0.5], axis=1) / side
    weights, biases = ([a[-1] for a in arrays] for arrays in (run.weights, run.biases))
    white = probability(pre_activations(tuple(weights), tuple(biases), points)[-1][:, 0])
    assert np.abs(picture[row, column, 0] - (200 + 55 * white)).max() <= 1
