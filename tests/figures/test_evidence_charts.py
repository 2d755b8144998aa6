"""Charts of the evidence, judged from the SVG: read off its own axes, marks give the data back.

| what | bound | reason |
| --- | --- | --- |
| a mark's place | 0.15 px | one decimal, of mark and tick |
"""

from __future__ import annotations

import math
import re
from dataclasses import replace
from functools import cache
from xml.etree import ElementTree

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.report_double import make_report

from ginn.analysis import evidence
from ginn.analysis.claims.corner_kinks import FARTHEST
from ginn.analysis.evidence import Evidence
from ginn.analysis.outcomes import ExperimentFacts
from ginn.analysis.series import LEVELS
from ginn.figures import axes, network_figure
from ginn.figures.axes import Scale
from ginn.figures.network_figure import FigureError
from ginn.pages.figure_calls import EVIDENCE, NARROW, WIDE, Plates

SVG = "{http://www.w3.org/2000/svg}"
NAMES = tuple(EVIDENCE)
PIXEL = 0.15


def spread_of(*median: float | None) -> evidence.Spread:
    low = tuple(None if each is None else each * 0.8 for each in median)
    return evidence.Spread(median, low, tuple(None if x is None else x * 1.1 for x in median))


def group(*wrong: tuple[float, float, float], failed: tuple[int, ...] = ()) -> evidence.ErrorGroup:
    seeds = tuple(range(len(wrong)))
    return evidence.ErrorGroup(seeds, tuple(seed in failed for seed in seeds), wrong)


def network(title: str, widths: tuple[int, ...], *errors: float) -> evidence.NetworkOutcome:
    return evidence.NetworkOutcome(title, widths, errors, 0, (1,) * len(errors), 40, 4, 0.03, 0.24)


@cache
def measured() -> Evidence:
    """Evidence of a network with three layers, made up; its seeds are those of the report."""
    times = (0, 9, 99, 999_999)
    arms = tuple(
        evidence.InterventionArm(name, 8, learnt, learnt[-1])
        for name, learnt in (
            ("untouched", (0, 0, 1)),
            ("raised", (0, 4, 8)),
            ("elsewhere", (0, 2, 2)),
        )
    )
    return Evidence(
        regions=evidence.RegionCounts(
            (0, 1, 2), times, ((40, 30, 200, 600), (50, 20, 100, 700), (60, 10, 60, 90)),
            (35, 45, 80), 48, 1_177, 2_571_353,
        ),
        shift=evidence.ShiftShares(
            6, times, tuple(spread_of(0.9, None, 0.3, 0.2) for _ in range(3)),
            ((0.6, 0.5, 0.5, 0.4),) * 3,
        ),
        corners=evidence.CornerDistances(
            6, times, tuple(spread_of(FARTHEST / 1.1, 0.2, 0.1, 0.02) for _ in range(3)),
            ((0.4, 0.3, 0.2, 0.05),) * 3, ((0.5, 0.4, 0.3, 0.2),) * 3,
        ),
        duplicate_neurons=evidence.LikenessShares(
            6, LEVELS, 0.9,
            *(tuple(tuple((1 - x) ** (power + layer) for x in LEVELS)
                    for layer in range(3)) for power in (5, 1, 3)),
        ),
        dead_layers=evidence.DeadLayersInScreening(
            "diamond", 10_000, (0, 1, 2, 3), (0, 2, 3, 2), (0.0, 0.25, 1.0, 1.0),
            (0.95, 0.4, 0.1, 0.8),
        ),
        dead_periods=evidence.DeadPeriodsOfRuns(
            "diamond", 999_999,
            (
                evidence.DeadPeriodsOfRun(0, True, ()),
                evidence.DeadPeriodsOfRun(1, True, (evidence.DeadPeriod(2, 99, 999),)),
                evidence.DeadPeriodsOfRun(2, False, (evidence.DeadPeriod(3, 9, None),)),
            ),
        ),
        symmetry=evidence.MirrorSeries(
            (0, 1, 2), (0.02, 0.05, 0.4), ((0.9, 0.8, 0.5), (0.7, 0.6, 0.4), (0.6, None, 0.3)),
            (0.45, 0.4, 0.35), (0.6, 0.5, 0.4),
            (-0.5, None, 0.25), (-0.8, None, -0.1), (-0.1, None, 0.5),
        ),
        interventions=evidence.InterventionSeries(
            evidence.Treatment("raised", 2, 4, (0, 500, 50_000), arms),
            evidence.Treatment(
                "lowered", 1, 4, (0, 500, 50_000), (replace(arms[0], name="lowered"),)
            ),
        ),
        parts=evidence.PartErrorSeries(
            ("cap", "top", "rows of the top"), ("cap",),
            group((0.01, 0.02, 0.03), (0.0, 0.04, 0.05), (0.5, 0.6, 1.0), failed=(2,)),
            group((0.25, 0.36, 0.49), (0.64, 0.81, 0.16)),
        ),
        variants=evidence.NetworkSeries(
            (network("Plain", (16, 16, 16), 0.02, 0.01), network("Deeper", (16,) * 5, 0.005, 0.004))
        ),
    )  # fmt: skip


def facts(failed: frozenset[int] = frozenset({2})) -> ExperimentFacts:
    return make_report(failed).facts.experiment


def drawn(name: str, width: int = WIDE, of: Evidence | None = None) -> ElementTree.Element:
    series = getattr(of or measured(), name)
    svg = EVIDENCE[name].draw(series, facts(), make_report().colours, width)
    return ElementTree.fromstring(svg)


def marks(root: ElementTree.Element, tag: str, kind: str = "") -> list[dict[str, str]]:
    """The attributes of the chart's own marks: those of the key stand in groups of theirs."""
    own = [*root.findall(f"{SVG}{tag}"), *root.findall(f"{SVG}g[@class]/{SVG}{tag}")]
    return [each.attrib for each in own if kind in ("", each.attrib.get("class"))]


def points(path: dict[str, str]) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    found = re.findall(r"(-?[\d.]+),(-?[\d.]+)", path["d"])
    return np.array(found, dtype=np.float64)


def axis(root: ElementTree.Element, side: str, among: slice = slice(None)) -> dict[float, float]:
    """Value -> place, from the words beside an axis; `among` picks those of one panel."""
    anchor, along = ("middle", "x") if side == "below" else ("end", "y")
    sizes = {"k": 1e3, "M": 1e6, "%": 0.01, "": 1.0}
    found = []
    for text in root.findall(f"{SVG}text"):
        match = re.fullmatch(r"([\d.,]+)([kM%]?)", text.text or "")
        if match and text.attrib["text-anchor"] == anchor:
            place = float(text.attrib[along]) - (axes.MIDDLE * axes.TEXT if along == "y" else 0)
            found.append((float(match[1].replace(",", "")) * sizes[match[2]], place))
    assert len(found) >= 2
    return dict(found[among])


def reader(ticks: dict[float, float], kind: str) -> np.poly1d:
    """From a value, bent as its scale is, to its place: fitted to the ticks, which lie on it."""
    bend = {"log": np.log10, "log1p": np.log1p, "root": np.sqrt, "linear": np.asarray}[kind]
    values, places = bend(np.array(list(ticks))), np.array(list(ticks.values()))
    line = np.poly1d(np.polyfit(values, places, 1))
    assert np.abs(line(values) - places).max() < PIXEL
    return line


# --- what all of them have in common --------------------------------------------------------------


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("width", [NARROW, WIDE])
@pytest.mark.parametrize("failed", [frozenset(), frozenset({2})])
def test_no_word_leaves_a_chart_and_every_mark_has_its_theme(
    name: str, width: int, failed: frozenset[int]
) -> None:
    svg = EVIDENCE[name].draw(
        getattr(measured(), name), facts(failed), make_report().colours, width
    )
    assert "nan" not in re.sub(r"<(desc|title).*?</\1>", "", svg)
    root = ElementTree.fromstring(svg)
    right, bottom = float(root.attrib["width"]), float(root.attrib["height"])
    assert right == width
    for text in root.iter(f"{SVG}text"):
        long = axes.LETTER * axes.TEXT * len(text.text or "")
        back = {"start": 0.0, "middle": 0.5, "end": 1.0}[text.attrib["text-anchor"]]
        first = float(text.attrib["x"]) - back * long
        assert first >= -1, text.text
        assert first + long <= right + 1, text.text
        assert 9 <= float(text.attrib["y"]) <= bottom, text.text
    style = root.findtext(f"{SVG}style") or ""
    light, dark = style.split("@media(prefers-color-scheme:dark)")
    for each in root.iter():
        if kind := each.attrib.get("class"):
            assert f".{kind}{{" in light, kind
            assert f".{kind}{{" in dark, kind
            # Where styles do not reach, the attribute shows the same shade.
            for name in {"fill", "stroke"} & set(each.attrib):
                assert f".{kind}{{{name}:{each.attrib[name]}}}" in light, kind


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("width", [NARROW, WIDE])
def test_no_two_words_cover_one_another(name: str, width: int) -> None:
    boxes = []
    for text in drawn(name, width).iter(f"{SVG}text"):
        long = 0.5 * axes.TEXT * len(text.text or "")
        back = {"start": 0.0, "middle": 0.5, "end": 1.0}[text.attrib["text-anchor"]]
        first, y = float(text.attrib["x"]) - back * long, float(text.attrib["y"])
        boxes.append((first, first + long, y - 0.7 * axes.TEXT, y, text.text))
    for i, one in enumerate(boxes):
        for other in boxes[:i]:
            apart = (
                one[1] <= other[0] or other[1] <= one[0] or one[3] <= other[2] or other[3] <= one[2]
            )
            assert apart, (one[4], other[4])


@pytest.mark.parametrize("name", NAMES)
def test_a_chart_describes_itself_and_names_its_unit(name: str) -> None:
    root = drawn(name)
    series = getattr(measured(), name)
    assert root.findtext(f"{SVG}desc") == EVIDENCE[name].describe(series, facts())
    words = " ".join(text.text or "" for text in root.iter(f"{SVG}text"))
    assert (series.unit if name != "dead_layers" else "of the diamond's pixels got right") in words


@pytest.mark.parametrize("name", NAMES)
def test_a_view_is_drawn_where_there_is_evidence_and_refused_where_not(name: str) -> None:
    report = make_report(frozenset({2}))
    with_it = replace(report, facts=replace(report.facts, evidence=measured()))
    plates = Plates(with_it)
    plates.figure("it", view=name, caption="It.")
    (still,) = plates.found["it"].stills
    assert still.alternative == EVIDENCE[name].describe(getattr(measured(), name), facts())
    assert still.draw_narrow
    assert f'width="{NARROW}"' in still.draw_narrow()
    without = replace(
        report, facts=replace(report.facts, evidence=replace(measured(), **{name: None}))
    )
    with pytest.raises(FigureError, match=rf"view: found '{name}'.*if facts\.evidence\.{name} "):
        Plates(without).figure("it", view=name, caption="It.")


# --- scales and marks -----------------------------------------------------------------------------


@given(
    st.sampled_from(["linear", "log", "log1p", "root"]),
    st.floats(0.001, 10),
    st.floats(1, 1e6),
    st.lists(st.floats(0, 1e8), min_size=2, max_size=8),
)
def test_a_scale_keeps_order_and_ends(
    kind: str, low: float, more: float, values: list[float]
) -> None:
    scale = Scale(low, low + more, 10.0, 400.0, kind)  # type: ignore[arg-type]
    assert scale.at([low, low + more]) == pytest.approx([10, 400])
    places = scale.at(sorted(values))
    assert np.all(np.diff(places) >= -1e-9)
    assert np.all((places >= 10 - 1e-9) & (places <= 400 + 1e-9))


@given(st.floats(1e-3, 1e6), st.integers(2, 9))
def test_even_ticks_are_within_evenly_spaced_and_told_apart(high: float, most: int) -> None:
    ticks = axes.even_ticks(high, most)
    values = [value for value, _ in ticks]
    assert values[0] == 0
    assert values[-1] <= high * (1 + 1e-6)
    assert 2 <= len(ticks) <= most + 1
    assert np.ptp(np.diff(values)) <= 1e-6 * high
    assert len({words for _, words in ticks}) == len(ticks)


@given(st.floats(-4, 4), st.floats(math.log10(1.25**2), 6))
def test_a_log_axis_has_some_ticks_and_not_too_many(low: float, decades: float) -> None:
    """The narrowest axis is that of a single value, as `log_bounds` widens it."""
    ticks = axes.log_ticks(10**low, 10 ** (low + decades))
    values = [value for value, _ in ticks]
    assert 2 <= len(values) <= 10
    assert values == sorted(set(values))
    assert 10**low <= values[0]
    assert values[-1] <= 10 ** (low + decades)


@given(st.integers(0, 10**7), st.floats(120, 700))
def test_named_iterations_have_room(last: int, room: float) -> None:
    ticks = axes.iteration_ticks(last, room)
    scale = Scale(0, max(1, last), 0, room, "log1p")
    places = scale.at([value for value, _ in ticks])
    assert ticks[0] == (0, "0")
    assert ticks[-1][0] <= last
    assert [value for value, _ in ticks] == sorted({value for value, _ in ticks})
    for (_, words), (_, following), gap in zip(ticks, ticks[1:], np.diff(places), strict=False):
        assert gap >= axes.LETTER * axes.TEXT * (len(words) + len(following)) / 2


def test_a_line_has_a_gap_where_there_is_no_value() -> None:
    x, y = np.arange(5.0), np.array([1, 2, math.nan, 4, 5])
    paint = axes.stroke("run", make_report().colours)
    path = ElementTree.fromstring(axes.curve(x, y, paint)).attrib
    assert path["d"] == "M0.0,1.0 1.0,2.0M3.0,4.0 4.0,5.0"
    shaded = ElementTree.fromstring(axes.band(x, y, y + 1)).attrib["d"]
    assert shaded.count("M") == 2
    assert "nan" not in shaded
    assert axes.curve(x, y * math.nan, paint) == axes.band(x, y * math.nan, y) == ""


# --- data in, marks out ---------------------------------------------------------------------------


@pytest.mark.parametrize("width", [NARROW, WIDE])
def test_regions_read_off_the_axes(width: int) -> None:
    root, series = drawn("regions", width), measured().regions
    assert series
    x, y = reader(axis(root, "below"), "log1p"), reader(axis(root, "left"), "linear")
    for kind, chosen in (("run", (0, 1)), ("failed", (2,))):
        lines = marks(root, "path", kind)
        assert len(lines) == len(chosen)
        for line, run in zip(lines, chosen, strict=True):
            expected = np.stack([x(np.log1p(series.iterations)), y(series.counts[run])], axis=1)
            assert np.abs(points(line) - expected).max() < 2 * PIXEL
    (bound,) = marks(root, "path", "control")
    assert points(bound)[:, 1] == pytest.approx(y(series.arrangement), abs=2 * PIXEL)
    (shaded,) = marks(root, "path", "muted")
    heights = points(shaded)[:, 1]
    assert [heights.max(), heights.min()] == pytest.approx([y(35), y(80)], abs=2 * PIXEL)


@pytest.mark.parametrize(
    ("name", "kind", "bend"),
    [
        ("shift", "layer-1", "linear"),
        ("corners", "layer-2", "log"),
        ("duplicate_neurons", "layer-1", "log"),
    ],
)
def test_the_first_panel_s_line_read_off_its_axes(name: str, kind: str, bend: str) -> None:
    root, series = drawn(name, NARROW), getattr(measured(), name)
    across_, values = {
        "shift": lambda: (np.log1p(series.iterations), series.layers[0].median),
        "corners": lambda: (np.log1p(series.iterations), series.layers[0].median),
        "duplicate_neurons": lambda: (np.array(series.levels), series.end[0]),
    }[name]()
    (line,) = marks(root, "path", kind)
    count = len(set(axis(root, "below")))
    x = reader(
        axis(root, "below", slice(count)), "linear" if name == "duplicate_neurons" else "log1p"
    )
    # Ticks of later panels stand lower and would hide these: the first panel's come first.
    y = reader(axis(root, "left", slice(len(set(axis(root, "left"))))), bend)
    told = [i for i, value in enumerate(values) if value]
    height = np.array([values[i] for i in told])
    expected = np.stack([x(across_[told]), y(np.log10(height) if bend == "log" else height)], 1)
    assert np.abs(points(line) - expected).max() < 2 * PIXEL


@pytest.mark.parametrize("width", [NARROW, WIDE])
def test_every_layer_has_a_panel_with_its_own_line(width: int) -> None:
    for name, kinds in (
        ("shift", ["layer-1", "layer-2", "layer-3"]),
        ("corners", ["layer-2", "layer-3", "output"]),
        ("duplicate_neurons", ["layer-1", "layer-2", "layer-3"]),
    ):
        starts = [points(marks(drawn(name, width), "path", kind)[0])[0] for kind in kinds]
        assert len({tuple(start) for start in starts}) == 3


@pytest.mark.parametrize("width", [NARROW, WIDE])
def test_rings_stand_at_silence_and_success(width: int) -> None:
    root, series = drawn("dead_layers", width), measured().dead_layers
    assert series
    x, y = reader(axis(root, "below"), "linear"), reader(axis(root, "left"), "linear")
    rings = marks(root, "circle")
    found = [(float(ring["cx"]), float(ring["cy"])) for ring in rings]
    expected = list(zip(x(series.dead_share), y(series.right), strict=True))
    assert np.abs(np.array(found) - expected).max() < 2 * PIXEL
    assert [ring["class"] for ring in rings] == ["control", "layer-2", "layer-3", "layer-2"]
    words = {text.text for text in root.iter(f"{SVG}text")}
    assert {"open: 1 learnt", "open: 1 failed", "shut: 1 learnt", "shut: 1 failed"} <= words


def test_equal_trials_stand_side_by_side_at_their_height() -> None:
    whole = measured().dead_layers
    assert whole
    more = replace(
        whole, seeds=tuple(range(34)), layer=(2, 3, 0, 3, *[0] * 30),
        dead_share=(1.0, 1.0, 0.5, 1.0, *[0.0] * 30), right=(0.0, 0.0, 0.5, 0.25, *[1.0] * 30),
    )  # fmt: skip
    root = drawn("dead_layers", of=replace(measured(), dead_layers=more))
    x, y = reader(axis(root, "below"), "linear"), reader(axis(root, "left"), "linear")
    places = np.array([(float(m["cx"]), float(m["cy"])) for m in marks(root, "circle")])
    assert places[:, 1] == pytest.approx(y(more.right), abs=2 * PIXEL)
    assert places[:4, 0] == pytest.approx([x(1), x(1) - 7, x(0.5), x(1)], abs=2 * PIXEL)
    # Many take no more room than a few, and start from the border.
    assert np.ptp(places[4:, 0]) == pytest.approx(24, abs=PIXEL)
    assert places[4:, 0].min() == pytest.approx(x(0), abs=2 * PIXEL)


@pytest.mark.parametrize("width", [NARROW, WIDE])
def test_the_name_of_an_axis_stands_clear_of_the_key(width: int) -> None:
    for name in (
        "regions",
        "shift",
        "corners",
        "duplicate_neurons",
        "dead_layers",
        "symmetry",
        "parts",
    ):
        svg = drawn(name, width)
        samples = svg.findall(f"{SVG}g[@transform]")
        last = max(float(each.attrib["transform"].split(",")[1].strip(")")) for each in samples)
        words = [float(text.attrib["y"]) for text in svg.findall(f"{SVG}text")]
        following = min(y for y in words if y > last + axes.TEXT)
        # As far as a row of the key is high, and half as much again.
        assert following - last - axes.MIDDLE * axes.TEXT > axes.TEXT + 6 + 5, name


def test_bars_last_as_long_as_spells() -> None:
    root = drawn("dead_periods")
    x = reader(axis(root, "below"), "log1p")
    (passing,), (lasting,) = (marks(root, "path", kind) for kind in ("layer-2", "layer-3"))
    for bar, ends in ((passing, (99, 999)), (lasting, (9, 999_999))):
        assert points(bar)[:, 0] == pytest.approx(x(np.log1p(ends)), abs=2 * PIXEL)
    assert points(passing)[0, 1] < points(lasting)[0, 1]
    (mark,) = marks(root, "path", "failed-text")
    assert points(mark)[0, 1] == points(lasting)[0, 1]
    named = [text.text for text in root.iter(f"{SVG}text") if text.attrib["class"] == "failed-text"]
    assert named == ["Seed 2"]


def test_symmetry_has_a_mark_for_each_score_and_no_correlation_where_there_is_none() -> None:
    root, series = drawn("symmetry", NARROW), measured().symmetry
    assert series
    count = len(set(axis(root, "below")))
    x = reader(axis(root, "below", slice(count)), "linear")
    dots = [float(mark["cx"]) for mark in marks(root, "circle", "ink")]
    diamonds = [float(points(mark)[0, 0]) + 4 for mark in marks(root, "path", "failed-text")]
    assert dots == pytest.approx(x([0.9, 0.8, 0.7, 0.6, 0.6]), abs=2 * PIXEL)
    assert diamonds == pytest.approx(x([0.5, 0.4, 0.3]), abs=2 * PIXEL)
    titles = [text.text for text in root.iter(f"{SVG}text") if "layer" in (text.text or "")]
    assert titles[:3] == ["layer 1, ρ = −0.50", "layer 2", "layer 3, ρ = +0.25"]


def test_trials_climb_to_their_shares_and_are_named_there() -> None:
    root, series = drawn("interventions", NARROW), measured().interventions
    assert series
    assert series.raised
    y = reader(axis(root, "left", slice(6)), "linear")
    x = reader(axis(root, "below", slice(3)), "root")
    treated = marks(root, "path", "run")[0]
    assert points(treated)[:, 1] == pytest.approx(y([0, 0.5, 1]), abs=2 * PIXEL)
    since = x(np.sqrt(series.raised.iterations))
    assert points(treated)[:, 0] == pytest.approx(since, abs=2 * PIXEL)
    others = marks(root, "path", "control")[:2]
    assert [points(line)[-1, 1] for line in others] == pytest.approx(
        y([1 / 8, 2 / 8]), abs=2 * PIXEL
    )
    assert len({line.get("stroke-dasharray") for line in others}) == 2
    words = [text.text for text in root.iter(f"{SVG}text")]
    assert {"woken 8 of 8", "silenced 1 of 8", "untouched 1 of 8", "elsewhere 2 of 8"} <= set(words)


def test_trials_of_one_kind_need_no_other() -> None:
    trials = measured().interventions
    assert trials
    alone = replace(measured(), interventions=replace(trials, raised=None))
    words = {text.text for text in drawn("interventions", of=alone).iter(f"{SVG}text")}
    assert "Imposing silence" in words
    assert "Waking silent layers" not in words


def test_errors_by_part_read_off_the_axis() -> None:
    root, series = drawn("parts"), measured().parts
    assert series
    x = reader(axis(root, "below"), "root")
    dots = [float(mark["cx"]) for mark in marks(root, "circle")]
    expected = [
        x(math.sqrt(wrong[part]))
        for part in range(3)
        for group_ in (series.full, series.screenings)
        for wrong, failed in zip(group_.wrong, group_.failed, strict=True)
        if not failed
    ]
    assert sorted(dots) == pytest.approx(sorted(expected), abs=2 * PIXEL)
    diamonds = [float(points(mark)[0, 0]) + 3.5 for mark in marks(root, "path", "failed-text")]
    assert diamonds == pytest.approx(x(np.sqrt([0.5, 0.6, 1.0])), abs=2 * PIXEL)
    medians = [points(mark)[0, 0] for mark in marks(root, "path", "failed")]
    assert medians == pytest.approx(x(np.sqrt([0.5, 0.6, 1.0])), abs=2 * PIXEL)


def test_variants_have_a_strip_of_errors_and_a_rate_with_its_interval() -> None:
    root, series = drawn("variants", NARROW), measured().variants
    assert series
    ticks = list(axis(root, "below", slice(None)).items())
    # The two axes share the value 0: each is read from its own rows of words.
    rows: dict[float, dict[float, float]] = {}
    for text in root.findall(f"{SVG}text"):
        if re.fullmatch(r"[\d.]+%", text.text or ""):
            value = float((text.text or "").strip("%")) / 100
            rows.setdefault(float(text.attrib["y"]), {})[value] = float(text.attrib["x"])
    assert ticks
    errors, rates = (reader(row, "linear") for row in rows.values())
    dots = marks(root, "circle")
    strips = sorted(float(dot["cx"]) for dot in dots if dot["r"] == "3")
    assert strips == pytest.approx(errors([0.004, 0.005, 0.01, 0.02]), abs=2 * PIXEL)
    shares = [float(dot["cx"]) for dot in dots if dot["r"] == "3.5"]
    assert shares == pytest.approx(rates([0.1, 0.1]), abs=2 * PIXEL)
    for interval in marks(root, "path", "control"):
        assert points(interval)[:, 0] == pytest.approx(rates([0.03, 0.24]), abs=2 * PIXEL)


@pytest.mark.parametrize("depth", [1, 5])
@pytest.mark.parametrize("width", [NARROW, WIDE])
def test_networks_of_any_depth_have_their_panels(depth: int, width: int) -> None:
    """Rows of panels fill the width, and none lies over another."""
    whole = measured()
    assert whole.shift
    assert whole.duplicate_neurons
    shift = replace(
        whole.shift, layers=whole.shift.layers[:1] * depth, control=whole.shift.control[:1] * depth
    )
    copies = replace(
        whole.duplicate_neurons,
        **{
            name: getattr(whole.duplicate_neurons, name)[:1] * depth
            for name in ("start", "end", "between")
        },
    )
    report = make_report()
    colours = network_figure.colours_of(report.site, depth)
    for name, series in (("shift", shift), ("duplicate_neurons", copies)):
        svg = EVIDENCE[name].draw(series, replace(facts(), widths=(16,) * depth), colours, width)
        root = ElementTree.fromstring(svg)
        words = [text.text for text in root.iter(f"{SVG}text")]
        assert [word for word in words if re.fullmatch(r"layer \d", word or "")] == [
            f"layer {number}" for number in range(1, depth + 1)
        ]
    places = axes.panels(depth, width, 10, 100)
    boxes = [(each.left, each.right, each.top - 22, each.bottom + 30) for each in places]
    for i, one in enumerate(boxes):
        assert one[0] >= 0
        assert one[1] <= width
        for other in boxes[:i]:
            aside = one[0] >= other[1] or other[0] >= one[1]
            assert aside or one[2] >= other[3] - 1e-9 or other[2] >= one[3] - 1e-9
