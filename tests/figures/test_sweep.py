"""The moving picture of a run: its frames, their order and their size."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image
from support.sample_report import make_report

from ginn.figures import sweep
from ginn.figures.theme import legible_colours

COLOURS = ("#2f55e0", "#ff4320", "#40c688"), "#453a4d"


def made(draft: bool = False) -> tuple[bytes, int]:
    """The sweep of a shown run, and its number of snapshots."""
    report = make_report()
    name = report.facts.experiment.shown_runs[0].id
    run = report.snapshots[name]
    return sweep.sweep(report.boundaries[name], run, *COLOURS, report.dataset, draft), len(run)


def frames(content: bytes) -> list[Image.Image]:
    picture = Image.open(io.BytesIO(content))
    found = []
    for at in range(picture.n_frames):
        picture.seek(at)
        found.append(picture.convert("RGB"))
    return found


def test_sweep_has_every_snapshot_and_repeats() -> None:
    content, snapshots = made()
    picture = Image.open(io.BytesIO(content))
    assert picture.info["loop"] == 0
    assert picture.n_frames == snapshots
    assert len(content) <= sweep.MOST_BYTES
    assert made()[0] == content


def test_sweep_too_large_has_fewer_frames_and_ends_with_the_last_snapshot(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    whole, snapshots = made()
    limit = len(whole) * 2 // 3
    monkeypatch.setattr(sweep, "MOST_BYTES", limit)
    monkeypatch.setattr(sweep, "SAMPLE", 3)
    content, _ = made()
    assert len(content) <= limit
    fewer = frames(content)
    assert 2 <= len(fewer) < snapshots
    last, expected = (np.asarray(each[-1]).astype(int) for each in (fewer, frames(whole)))
    assert np.abs(last - expected).mean() < 4


@pytest.mark.parametrize("most", [2, 3, 1_000])
def test_sweep_of_a_draft_has_few_frames_and_ends_with_the_last_snapshot(
    monkeypatch: pytest.MonkeyPatch, most: int
) -> None:
    whole, snapshots = made()
    monkeypatch.setattr(sweep, "DRAFT_FRAMES", most)
    fewer = frames(made(draft=True)[0])
    assert min(most, snapshots) <= len(fewer) <= most + 1
    last, expected = (np.asarray(each[-1]).astype(int) for each in (fewer, frames(whole)))
    assert np.abs(last - expected).mean() < 4


def test_frame_shows_boundaries_where_they_are() -> None:
    report = make_report()
    name = report.facts.experiment.shown_runs[0].id
    run, boundaries = report.snapshots[name], report.boundaries[name]
    step = len(run) - 1
    colours = legible_colours(*COLOURS, len(run.widths))
    drawn = sweep.frame(boundaries, run, step, colours, report.dataset)
    assert drawn.size == (sweep.SIDE, sweep.SIDE + sweep.STRIP)
    pixels = np.asarray(drawn).astype(int)
    # The ground is light and nearly grey.
    grey = (np.ptp(pixels, axis=2) < 25) & (pixels.min(axis=2) > 170)
    for neuron in range(boundaries.neurons):
        for polyline in boundaries.polylines(step, neuron):
            middles = polyline.vertices[:-1] + np.diff(polyline.vertices, axis=0) / 2
            column, row = np.clip(middles * sweep.SIDE, 0, sweep.SIDE - 1).astype(int).T
            nearby = [
                ~grey[max(0, r - 1) : r + 2, max(0, c - 1) : c + 2].all()
                for r, c in zip(row, column, strict=True)
            ]
            assert np.mean(nearby) > 0.9
