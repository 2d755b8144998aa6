"""The downloads: a run is whole, the outline leads to all facts, and the program draws a run."""

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

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from support.runs import trained_run
from support.sample_report import bottle, make_report, traced

from ginn.analysis.facts import facts_as_json
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
        name: (len(re.findall(r"\w+", shape)), kind)
        for name, shape, kind, _ in downloads.RUN_ARRAYS
    }
    assert found.keys() == named.keys()
    for name, (axes, kind) in found.items():
        assert axes == named[name][0], name
        assert (kind.kind == "U") if named[name][1] == "text" else kind == named[name][1]


def test_run_file_of_the_same_run_is_the_same_bytes() -> None:
    assert downloads.run_file(trained_run(), bottle()) == download()


def test_outline_leads_to_values_of_the_facts() -> None:
    facts = json.loads(json.dumps(facts_as_json(make_report().facts)))
    outline = dict(downloads.outline(facts))
    assert outline["experiment.pixels"] == "number"
    assert outline["experiment.full_runs[].failed"] == "true or false"
    for path in outline:
        value = facts
        for step in path.split("."):
            value = value[step.removesuffix("[]")]
            value = value[0] if step.endswith("[]") else value


def test_outline_stops_at_its_deepest_level() -> None:
    facts: dict[str, object] = {"end": 1}
    for _ in range(9):
        facts = {"a": facts}
    assert [path for path, _ in downloads.outline(facts)] == [
        "a",
        *(".".join("a" * n) for n in range(2, 7)),
    ]


@pytest.mark.parametrize(
    ("value", "kind"),
    [(True, "true or false"), ("a", "text"), (None, "null"), (0.5, "number"), ([], "list"),
     ([1, 2], "list of number"), ([[True]], "list of list of true or false"), ({}, "object")],
)  # fmt: skip
def test_outline_names_the_type_of_a_value(value: object, kind: str) -> None:
    assert downloads.outline({"a": value}) == [("a", kind)]


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
    """Every pixel within two of a marked one."""
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
    # Corners that no pixel's centre lies in are the few boundaries that a grid does not see.
    assert (near & ~grown(coloured)).sum() < 0.01 * near.sum()
    # Where no line runs the ground is the probability of white.
    row, column = np.argwhere(~coloured)[:: side * 3].T
    points = np.stack([column + 0.5, row + 0.5], axis=1) / side
    weights, biases = ([a[-1] for a in arrays] for arrays in (run.weights, run.biases))
    white = probability(pre_activations(tuple(weights), tuple(biases), points)[-1][:, 0])
    assert np.abs(picture[row, column, 0] - (200 + 55 * white)).max() <= 1
