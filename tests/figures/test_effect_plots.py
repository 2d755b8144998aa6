"""The small plots of a claim's effects: positions on one scale, and effects without numbers."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from ginn.analysis.effects import Effect
from ginn.figures.effect_plots import MARGIN, WIDTH, effect_plots

Ends = st.tuples(*[st.floats(-1e6, 1e6, width=32)] * 3).map(sorted)


def effect(low: float | None, value: float | None, high: float | None, without: float) -> Effect:
    """An effect with these numbers."""
    return Effect("x", value, low, high, without, 5, 0.1, True)


def places(plot: str) -> tuple[float, float, float, float]:
    """The x of a plot's line of no effect, of the ends of the interval, and of the value."""
    none = re.search(r'"no-effect" d="M([\d.]+) ', plot)
    interval = re.search(r'"interval" d="M([\d.]+) [\d.]+H([\d.]+)"', plot)
    value = re.search(r'cx="([\d.]+)"', plot)
    assert none
    assert interval
    assert value
    return float(none[1]), float(interval[1]), float(interval[2]), float(value[1])


@given(st.lists(st.tuples(Ends, st.sampled_from([0.0, 0.5])), min_size=1, max_size=6))
def test_plots_of_one_claim_share_their_scale(drawn: list[tuple[list[float], float]]) -> None:
    effects = [effect(*ends, without) for ends, without in drawn]
    found = [places(plot) for plot in effect_plots(effects)]
    assert len({none for none, *_ in found}) == 1
    none = found[0][0]
    for each, (_, low, high, value) in zip(effects, found, strict=True):
        assert MARGIN <= low <= value <= high <= WIDTH - MARGIN
        assert each.value is not None
        # Positions are rounded to a tenth of a pixel, so they can be equal.
        if each.value > each.without:
            assert value >= none
        if each.value < each.without:
            assert value <= none
    pairs = sorted(
        (e.value - e.without, at[3])
        for e, at in zip(effects, found, strict=True)
        if e.value is not None
    )
    assert [at for _, at in pairs] == sorted(at for _, at in pairs)


def test_plot_of_an_effect_without_a_value_is_empty() -> None:
    assert effect_plots([effect(None, None, None, 0.0)]) == [""]


def test_plot_of_an_effect_without_an_interval_has_a_dot_alone() -> None:
    (plot,) = effect_plots([effect(None, 2.0, None, 0.0)])
    assert "interval" not in plot
    assert "circle" in plot
