"""The files that the viewer loads: names, keys, and what the headers and the index say."""

from __future__ import annotations

import json
import re
from dataclasses import replace

import numpy as np
import pytest
from support.decode_chunks import decode_boundaries, decode_weights
from support.runs import drifting_run

from ginn.analysis.outcomes import NamedSnapshot, RunFacts
from ginn.geometry.boundaries import trace
from ginn.geometry.motion import motion
from ginn.viewer_data import boundary_chunks, viewer_files
from ginn.viewer_data.sprite_sheets import RunSheets
from ginn.viewer_data.viewer_files import ViewedExperiment, ViewedRun, run_files

FACTS = RunFacts("seed-3", 3, "good-1", "Good run 1", False, 0.0123, 0.987, {}, 0, 0, "", 1)
BOTTLE = ViewedExperiment("bottle", "The bottle", (4, 3), ("#1f6feb",), "#000000")
NAMES = (("seed-3/a.webp",), ("seed-3/b.webp", "seed-3/c.webp"), ("seed-3/out.webp",))


def viewed(snapshots: int) -> ViewedRun:
    """A run of widths 4 and 3 with all that the viewer shows of it."""
    run = drifting_run((4, 3), snapshots, 3)
    boundaries = trace(run)
    named = (NamedSnapshot("steepest", 7),)
    sheets = RunSheets(NAMES, {})
    return ViewedRun(FACTS, run, boundaries, motion(boundaries), named, sheets)


def received(content: bytes) -> tuple[str, object]:
    """The key and the value that a script passes to the viewer."""
    match = re.fullmatch(r"GINN\.receive\((.*)\);\n", content.decode())
    assert match
    key, value = json.loads(f"[{match[1]}]")
    return key, value


def test_run_files_header_states_the_run_and_names_all_files() -> None:
    shown = viewed(70)
    name, files = run_files(shown, 20, snapshots_a_chunk=32)
    key, header = received(files[name])
    assert key == "seed-3/run"
    assert isinstance(header, dict)
    assert header["iterations"] == shown.run.iterations.tolist()
    assert header["widths"] == [4, 3]
    assert header["regions"] == shown.boundaries.regions.tolist()
    np.testing.assert_allclose(np.transpose(header["motion"]), shown.motion, rtol=0.005)
    assert np.shape(header["motion"]) == (3, 70)
    assert header["named_snapshots"] == [{"name": "steepest", "step": 7}]
    assert header["loss"][0] == 0.7
    assert (header["kind"], header["number"]) == (FACTS.kind, FACTS.number)
    assert set(files) == {name, header["overview"]["file"], *header["chunks"], *header["weights"]}
    layers, output = header["sprites"]["layers"], header["sprites"]["output"]
    assert [each["files"] for each in (*layers, output)] == [list(names) for names in NAMES]
    assert (layers[1]["rows"], output["tile"]) == (4, 20)


def test_run_files_chunks_hold_consecutive_snapshots() -> None:
    shown = viewed(70)
    name, files = run_files(shown, 20, snapshots_a_chunk=32)
    _, header = received(files[name])
    assert isinstance(header, dict)
    assert len(header["chunks"]) == len(header["weights"]) == 3
    for number, (boundaries, weights) in enumerate(
        zip(header["chunks"], header["weights"], strict=True)
    ):
        key, text = received(files[boundaries])
        assert key == f"seed-3/boundaries-{number:03d}"
        assert boundaries.startswith(f"{key}.")
        chunk = decode_boundaries(str(text))
        assert (chunk.first, len(chunk)) == (32 * number, min(32, 70 - 32 * number))
        key, text = received(files[weights])
        assert key == f"seed-3/weights-{number:03d}"
        of_weights = decode_weights(str(text))
        expected = shown.run.weights[1][32 * number : 32 * (number + 1)].reshape(-1, 12)
        np.testing.assert_array_equal(of_weights.values[:, 12 : 12 + 12], expected)
        assert of_weights.first == 32 * number


def test_run_files_overview_has_every_sixteenth_snapshot() -> None:
    shown = viewed(70)
    name, files = run_files(shown, 20)
    _, header = received(files[name])
    assert isinstance(header, dict)
    overview = header["overview"]
    assert overview["stride"] == viewer_files.OVERVIEW_STRIDE == 16
    _, text = received(files[overview["file"]])
    chunk = decode_boundaries(str(text))
    assert (chunk.first, len(chunk)) == (0, 5)
    for number in range(5):
        alone = boundary_chunks.boundary_chunk(shown.boundaries, 16 * number, 1)
        first, end = chunk.line_offsets[[number * 8, (number + 1) * 8]]
        vertices = slice(*chunk.polyline_offsets[[first, end]])
        np.testing.assert_array_equal(chunk.positions[vertices], alone.positions)
        np.testing.assert_array_equal(chunk.causes[vertices], alone.causes)
        np.testing.assert_array_equal(chunk.corners[number * 8 : (number + 1) * 8], alone.corners)


def test_run_files_name_changes_with_the_content_alone() -> None:
    shown = viewed(3)
    name, files = run_files(shown, 20)
    assert run_files(viewed(3), 20) == (name, files)
    shown.boundaries.vertices[0] = 1 - shown.boundaries.vertices[0]
    other, changed = run_files(shown, 20)
    # The files of weights have the same names, and other files do not.
    assert all("/weights-" in same for same in set(files) & set(changed))
    assert len(set(files) - set(changed)) == 3
    assert name.split(".")[0] == other.split(".")[0]


def test_viewer_files_index_holds_the_experiment_and_its_runs_in_order() -> None:
    labels = np.eye(20, dtype=np.bool_)
    first, second = viewed(3), viewed(9)
    second = replace(second, facts=replace(FACTS, id="seed-1", ended="no longer finite"))
    made = viewer_files.viewer_files(BOTTLE, labels, [first, second])
    key, index = received(made.files[made.index])
    assert key == "index"
    assert isinstance(index, dict)
    assert [run["id"] for run in index["runs"]] == ["seed-3", "seed-1"]
    assert [run["snapshots"] for run in index["runs"]] == [3, 9]
    assert [run["ended"] for run in index["runs"]] == ["", "Stopped early: no longer finite."]
    assert [run["loss"] for run in index["runs"]] == [FACTS.loss] * 2
    assert all(run["header"] in made.files for run in index["runs"])
    assert index["version"] == boundary_chunks.VERSION
    assert index["target"] in made.files
    assert (index["pixels"], index["widths"]) == (20, [4, 3])
    back = viewer_files.viewer_files_from_files(viewer_files.viewer_files_as_files(made))
    assert back == made


@pytest.mark.parametrize("corner", [False, True])
def test_labels_text_is_lengths_of_black_and_white_in_turn(corner: bool) -> None:
    labels = np.array([[corner, True], [True, False]])
    lengths = "ADB" if corner else "BCB"  # black, white, black; A is 0
    assert viewer_files.labels_text(labels).split(";")[1] == lengths
