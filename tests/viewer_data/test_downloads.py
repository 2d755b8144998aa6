"""What a reader takes away is whole, and the program that comes with it redraws a figure."""

from __future__ import annotations

import io
import itertools
import json
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from support.pages import report_pages
from support.report_double import bottle, make_report, traced
from support.runs import trained_run

from ginn.analysis.facts import facts_as_json
from ginn.network.forward import pre_activations, probability
from ginn.viewer_data import downloads


def of_suffix(suffix: str) -> dict[str, bytes]:
    files = report_pages().items()
    return {name: data for name, data in files if re.match(rf"downloads/.*\.{suffix}$", name)}


def test_every_exhibited_run_is_there_to_the_bit() -> None:
    report = make_report()
    runs = of_suffix("npz")
    assert len(runs) == len(report.facts.experiment.shown_runs)
    for run in report.facts.experiment.shown_runs:
        (data,) = (data for name, data in runs.items() if name.startswith(f"downloads/{run.id}-"))
        with np.load(io.BytesIO(data), allow_pickle=False) as arrays:
            snapshots = report.snapshots[run.id]
            assert int(arrays["layers"]) == len(snapshots.weights)
            for layer in range(int(arrays["layers"])):
                assert np.array_equal(arrays[f"weights{layer}"], snapshots.weights[layer])
                assert np.array_equal(arrays[f"biases{layer}"], snapshots.biases[layer])
            assert np.array_equal(arrays["loss"], snapshots.loss)
            assert np.array_equal(arrays["labels"], report.dataset.labels)


def test_the_schema_names_every_array_with_its_type_and_axes() -> None:
    with np.load(io.BytesIO(downloads.run_file(trained_run(), bottle()))) as arrays:
        found = {
            re.sub(r"^(weights|biases)\d+$", r"\1L", name): (array.ndim, array.dtype)
            for name, array in arrays.items()
        }
    told = {
        name: (len(re.findall(r"\w+", shape)), kind)
        for name, shape, kind, _ in downloads.RUN_ARRAYS
    }
    assert found.keys() == told.keys()
    for name, (axes, kind) in found.items():
        assert axes == told[name][0], name
        assert (kind.kind == "U") if told[name][1] == "text" else kind == told[name][1]


def test_the_same_run_gives_the_same_bytes() -> None:
    assert downloads.run_file(trained_run(), bottle()) == downloads.run_file(
        trained_run(), bottle()
    )


def test_the_facts_are_those_of_the_prose_and_the_outline_leads_to_all_of_them() -> None:
    facts = facts_as_json(make_report().facts)
    (data,) = of_suffix("json").values()
    assert json.loads(data) == json.loads(json.dumps(facts))
    outline = dict(downloads.outline(facts))
    assert outline["experiment.pixels"] == "number"
    assert outline["experiment.full_runs[].failed"] == "true or false"
    page = report_pages()["downloads/index.html"].decode()
    for path in outline:
        assert f"<code>{path}</code>" in page
        value = json.loads(data)
        for step in path.split("."):
            value = value[step.removesuffix("[]")]
            value = value[0] if step.endswith("[]") else value


@pytest.fixture(scope="module")
def redrawn(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Path]:
    """What the program prints, and the picture it makes, in a folder without GINN."""
    folder = tmp_path_factory.mktemp("reader")
    (folder / "run.npz").write_bytes(downloads.run_file(trained_run(), bottle()))
    (program,) = of_suffix("py").values()
    (folder / "redraw.py").write_bytes(program)
    done = subprocess.run(
        [sys.executable, "-I", "redraw.py", "run.npz", "picture.png"],
        cwd=folder, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout, folder / "picture.png"


def test_the_program_finds_the_accuracy_that_the_network_has(redrawn: tuple[str, Path]) -> None:
    run, dataset = trained_run(), bottle()
    weights, biases = ([a[-1] for a in arrays] for arrays in (run.weights, run.biases))
    logit = pre_activations(tuple(weights), tuple(biases), dataset.points())[-1]
    right = ((logit.reshape(dataset.labels.shape) > 0) == dataset.labels).mean()
    assert f"accuracy {right:.6f}, recorded {run.accuracy[-1]:.6f}" in redrawn[0]


def grown(marked: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Every pixel within two of a marked one."""
    padded = np.pad(marked, 2)
    return np.lib.stride_tricks.sliding_window_view(padded, (5, 5)).any(axis=(2, 3))


def test_the_program_draws_the_boundaries_where_they_are(redrawn: tuple[str, Path]) -> None:
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
