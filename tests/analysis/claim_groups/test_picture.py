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
    enough = mirror_series(seeds, scores, scores)
    assert enough.correlation == enough.correlation_low == enough.correlation_high == (-1.0, None)
    assert enough.untrained[1] is None
    assert mirror_series(seeds[1:], scores[1:], scores[1:]).correlation == (None, None)


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
