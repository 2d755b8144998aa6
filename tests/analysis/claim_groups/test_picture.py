"""The findings about the picture: which rows it has, and its series."""

from __future__ import annotations

import math

import numpy as np
import pytest
from support.measured import four_runs, picture_findings, without_corners
from support.sample_report import bottle

from ginn.analysis.claim_groups.picture import FEWEST_CORRELATED, mirror_series
from ginn.analysis.claims.part_errors import part_errors
from ginn.analysis.claims.symmetry import MirrorScores
from ginn.analysis.findings import NOTHING
from ginn.dataset.dataset import Axis, Dataset, Part

BOTH: tuple[Axis, ...] = ("left-right", "top-bottom")


def test_findings_of_a_picture_without_a_top_have_no_row_about_it() -> None:
    found = picture_findings(without_corners(bottle()), ())
    assert "Failed runs and the top" not in [row.name for row in found.rows]
    assert found.evidence.parts is None


def test_mirror_series_of_few_runs_has_no_correlation() -> None:
    scores = [
        MirrorScores(np.array([0.5 + k / 100, math.nan]), np.array([0.4, 0.4]), 1 / (k + 1))
        for k in range(FEWEST_CORRELATED)
    ]
    seeds = range(len(scores))
    enough = mirror_series(seeds, scores, scores, ("left-right",))
    assert enough.correlation == enough.correlation_low == enough.correlation_high == (-1.0, None)
    assert enough.untrained[1] is None
    assert mirror_series(seeds[1:], scores[1:], scores[1:], BOTH).correlation == (None, None)


def test_part_error_series_has_the_parts_and_then_the_top() -> None:
    drawn = picture_findings(bottle(), ("cap", "neck")).evidence.parts
    assert drawn
    assert drawn.full.failed == (False, True, False, False)
    assert drawn.screenings.failed == (True, False, True, False)
    own = part_errors(four_runs()[2], bottle(), ("cap", "neck"))
    expected = [*own.wrong.values(), own.top, own.band]
    assert drawn.full.wrong[2] == pytest.approx(expected, rel=1e-3)
    assert drawn.names[-2:] == ("top", "rows of the top")
    assert len(drawn.names) == len(expected)


def test_mirror_series_of_a_picture_with_both_axes_has_no_other_score() -> None:
    scores = [MirrorScores(np.array([0.5]), np.array([0.4]), 0.1)] * 2
    assert mirror_series([0, 1], scores, scores, ("top-bottom",)).other == (0.4,)
    assert mirror_series([0, 1], scores, scores, BOTH).other == (None,)


@pytest.mark.parametrize(("axis", "words"), [(1, "left-right"), (0, "top-bottom")])
def test_findings_of_a_symmetric_picture_are_about_its_axis(axis: int, words: str) -> None:
    found = picture_findings(with_bars(axis), ())
    assert [row.name for row in found.rows] == ["Mirrored boundaries", "Better is more symmetric"]
    assert found.evidence.symmetry
    assert found.evidence.symmetry.axis == words


def test_findings_of_a_picture_without_an_axis_have_no_row_and_no_series_about_it() -> None:
    """Nearly all pixels are white and equal their mirror images. The black pixels do not."""
    labels = np.ones((40, 40), dtype=np.bool_)
    labels[10:20, 5] = False
    labels[15, 34] = False
    assert (labels == labels[:, ::-1]).mean() > 0.98
    found = picture_findings(Dataset(labels, (Part("all", True, labels),)), ())
    assert found == NOTHING


def with_bars(axis: int) -> Dataset:
    """Two black bars of different lengths, symmetric about one axis of the picture only."""
    labels = np.ones((40, 40), dtype=np.bool_)
    labels[5:8, 10:30] = labels[20:23, 15:25] = False
    labels = labels if axis else labels.T
    return Dataset(labels, (Part("bars", False, ~labels), Part("ground", True, labels)))
