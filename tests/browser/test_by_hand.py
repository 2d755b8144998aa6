"""Neurons that a reader changes by dragging and with sliders, against the neurons' sums.

The page is an article of its own with a figure of one, of two and of three neurons.

| what | bound | reason |
| --- | --- | --- |
| a place in the picture | 0.005 px of 400 | two decimals |
| a number that is read | 0.005 | two decimals |
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest
from playwright.sync_api import Locator, Page, expect
from support.browser import Open
from support.by_hand import Float64, grid, points_of, require_shaded, sums_at
from support.charts import SVG
from support.explorer import BOX, SIZES, swipe
from support.pages import article_of, first_page, plain_report
from support.words import ENGLISH

from ginn.figures.by_hand import DEFAULTS
from ginn.files import TEMPLATES
from ginn.pages.metadata import Publication
from ginn.pages.site import Pages

pytestmark = pytest.mark.browser
COUNTS = tuple(DEFAULTS)
DOWN, ASIDE = np.array([0, 0.5]), np.array([0.1, 0.1])
CALL = '{{% call figure("f{n}", view="by_hand", neurons={n}) %}}\nCaption {n}.\n{{% endcall %}}\n\n'
PLACES = """() => [...document.querySelectorAll("figure, figcaption, p, label, fieldset, .image")]
  .map(e => e.getBoundingClientRect()).filter(box => box.width)
  .map(({ x, y, width, height }) => [x, y + scrollY, width, height])"""


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The article, as a double-clicked file."""
    folder = tmp_path_factory.mktemp("by-hand")
    article = article_of("".join(CALL.format(n=n) for n in COUNTS) + "The end.\n")
    site = Pages([plain_report()], [article], {}, {}, TEMPLATES, Publication(), ENGLISH)
    return first_page(site, folder)


class Figure:
    """A figure that the script has taken over."""

    def __init__(self, page: Page, count: int) -> None:
        """Scroll to the figure and wait for the script."""
        self.page, self.count = page, count
        self.place = page.locator(f"#figure-f{count}")
        self.place.scroll_into_view_if_needed()
        expect(self.place.locator("svg")).to_be_visible()

    def numbers(self) -> list[list[float]]:
        """The weights and biases that the page shows."""
        texts = self.place.locator("[data-number]").all_inner_texts()
        plain = [text.replace("\N{MINUS SIGN}", "-").replace("+", "") for text in texts]
        values = [float(re.sub(r"\s", "", text)) for text in plain]
        return [values[n : n + 3] for n in range(0, len(values), 3)]

    def data(self, kind: str) -> list[str]:
        """The data of the paths of a kind, one a neuron."""
        paths = self.place.locator(f".hand-{kind}").all()
        return [path.get_attribute("d") or "" for path in paths]

    def handle(self, neuron: int, part: str) -> Locator:
        return self.place.locator(f"g[data-neuron='{neuron}'][data-part={part}]")

    def at(self, handle: Locator) -> Float64:
        """The place of a handle in the square."""
        x, y = re.findall(r"-?[\d.]+", handle.get_attribute("transform") or "")
        return np.array([float(x), float(y)]) / 200 - 1

    def on_screen(self, place: Sequence[float] | Float64) -> tuple[float, float]:
        """The pixel of the screen that shows a place of the square."""
        box = self.place.locator("svg").evaluate(
            "e => { const m = e.getScreenCTM(); return [m.e, m.f, m.a * 200]; }"
        )
        left, top, half = box
        return left + (place[0] + 1) * half, top + (place[1] + 1) * half

    def drag(self, start: Sequence[float] | Float64, end: Sequence[float] | Float64) -> None:
        self.page.mouse.move(*self.on_screen(start))
        self.page.mouse.down()
        self.page.mouse.move(*self.on_screen(end), steps=4)
        self.page.mouse.up()

    def require_drawn(self) -> None:
        """Assert that lines, marks and shades are those of the numbers; near zero, any will do."""
        weights = self.sliders()
        for neuron, data in enumerate(self.data("line")):
            ends = np.concatenate([np.empty((0, 2)), *points_of(data)])
            sums = sums_at(weights, ends)[neuron]
            assert sums == pytest.approx(np.zeros(len(ends)), abs=0.03)
        first = 2 if self.count == 3 else 0
        sums = sums_at(weights, grid())
        for neuron, data in enumerate(self.data("area")):
            if neuron >= first:
                require_shaded(data, sums[neuron], grid())
            else:
                assert data == ""

    def sliders(self) -> list[list[float]]:
        """The values of the sliders, to two decimals at least."""
        inputs = self.place.locator("[type=range]")
        values = [float(each) for each in inputs.evaluate_all("all => all.map(e => e.value)")]
        return [values[n : n + 3] for n in range(0, len(values), 3)]


Show = Callable[..., Figure]


@pytest.fixture
def shown(address: str, revisit: Open) -> Show:
    """Opens the article anew; its figure of so many neurons."""
    return lambda count, **how: Figure(revisit(address, **how)[0], count)


def still_of(page: Page, count: int) -> ElementTree.Element:
    """The still of a figure, parsed."""
    source = page.locator(f"#figure-f{count} img").evaluate("e => e.src")
    return ElementTree.parse(Path(source.removeprefix("file://"))).getroot()


@pytest.mark.parametrize("count", COUNTS)
def test_first_picture_is_that_of_the_still(address: str, revisit: Open, count: int) -> None:
    page, _ = revisit(address)
    figure, still = Figure(page, count), still_of(page, count)
    paths: dict[str, list[Float64]] = {}
    for path in still.iter(f"{SVG}path"):
        if "d" in path.attrib:
            paths.setdefault(path.attrib["class"], []).extend(points_of(path.attrib["d"]))
    for kind, later in (("layer-1", ".hand-first"), ("layer-2", ".hand-later")):
        drawn = figure.place.locator(f"{later} :is(.hand-line, .hand-arrow)").all()
        live = [points for path in drawn for points in points_of(path.get_attribute("d") or "")]
        # Where lines cross, a line has a vertex in the script's picture alone.
        vertices = np.concatenate([np.empty((0, 2)), *live])
        for points in paths.get(kind, []):
            for vertex in points:
                assert np.abs(vertices - vertex).sum(axis=1).min() < 2e-3
    texts = {(text.text, text.attrib["x"], text.attrib["y"]) for text in still.iter(f"{SVG}text")}
    seen = figure.place.locator("svg text").evaluate_all(
        """all => all.filter(e => e.textContent && e.getBoundingClientRect().width).map(e => {
          const m = e.ownerSVGElement.getScreenCTM().inverse().multiply(e.getScreenCTM());
          const [x, y] = ["x", "y"].map(name => Number(e.getAttribute(name)));
          return [e.textContent, x + m.e, y + m.f];
        })"""
    )
    assert len(seen) == len(texts), seen
    for said, x, y in texts:
        assert any(
            said == text and abs(float(x) - left) < 0.2 and abs(float(y) - top) < 0.2
            for text, left, top in seen
        ), (said, x, y, seen)
    figure.require_drawn()


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("count", COUNTS)
def test_script_that_takes_over_moves_nothing(
    address: str, open_page: Open, count: int, size: tuple[int, int]
) -> None:
    held: list[Any] = []
    page, _ = open_page(
        address, size=size, before=lambda p: p.route("**/by_hand*.js", lambda r: held.append(r))
    )
    still = page.locator(f"#figure-f{count} img")
    still.scroll_into_view_if_needed()
    page.wait_for_function("() => [...document.images].every(i => i.complete)")
    expect(page.locator("[type=range]").first).to_be_disabled()
    before, picture = page.evaluate(PLACES), still.evaluate(BOX)
    assert held
    held[0].continue_()
    figure = Figure(page, count)
    assert page.evaluate(PLACES) == before
    assert figure.place.locator("svg").evaluate(BOX) == picture
    expect(still).to_be_hidden()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize("count", COUNTS)
def test_line_dragged_goes_through_the_pointer_and_only_its_bias_changes(
    shown: Show, count: int
) -> None:
    figure = shown(count)
    for neuron in range(count):
        before = figure.numbers()
        start = figure.at(figure.handle(neuron, "bias"))
        end = start + np.array([-0.12, 0.15])
        figure.drag(start, end)
        after = figure.numbers()
        changed = [n for n in range(count) if before[n] != after[n]]
        assert changed == [neuron]
        assert before[neuron][:2] == after[neuron][:2]
        assert sums_at(after, end[None])[neuron] == pytest.approx([0], abs=0.02)
        assert figure.at(figure.handle(neuron, "bias")) == pytest.approx(end, abs=0.02)
        figure.require_drawn()
        new = figure.place.locator(".hand-new")
        expect(new).to_have_count(1)
        if count > 1:
            expect(figure.place.get_by_role("radio").nth(neuron)).to_be_checked()


def test_line_is_caught_anywhere_on_it(shown: Show) -> None:
    figure = shown(1)
    (line,) = points_of(figure.data("line")[0])
    start = line[0] * 0.2 + line[1] * 0.8
    figure.drag(start, start + ASIDE)
    (row,) = figure.numbers()
    assert row[:2] == [0.8, -0.5]
    assert sums_at([row], (start + ASIDE)[None])[0] == pytest.approx([0], abs=0.02)


@pytest.mark.parametrize("count", COUNTS)
def test_tip_dragged_is_at_the_weights_and_the_bias_stays(shown: Show, count: int) -> None:
    figure = shown(count)
    for neuron in range(min(count, 2)):
        before = figure.numbers()
        tip = figure.handle(neuron, "weights")
        assert figure.at(tip) == pytest.approx(before[neuron][:2], abs=0.01)
        figure.drag(figure.at(tip), (-0.6 + neuron, -0.34))
        after = figure.numbers()
        assert after[neuron] == pytest.approx([-0.6 + neuron, -0.34, before[neuron][2]], abs=0.02)
        assert [after[n] for n in range(count) if n != neuron] == [
            before[n] for n in range(count) if n != neuron
        ]
        figure.require_drawn()


def test_drag_beyond_the_square_stops_at_the_ends_of_the_sliders(shown: Show) -> None:
    figure = shown(1)
    figure.drag(figure.at(figure.handle(0, "weights")), (2.5, 1.4))
    assert figure.numbers()[0][:2] == [1, 1]
    figure.drag(figure.at(figure.handle(0, "bias")), (-3, -3))
    assert figure.numbers() == [[1, 1, 1]]
    figure.require_drawn()


@pytest.mark.parametrize("count", COUNTS)
def test_keys_on_a_slider_move_the_line_as_the_sum_says(shown: Show, count: int) -> None:
    figure = shown(count)
    for neuron in range(count):
        if count > 1:
            figure.place.get_by_role("radio").nth(neuron).check(force=True)
        sliders = figure.place.locator(".hand-sliders:visible").get_by_role("slider")
        expect(sliders).to_have_count(3)
        for term in range(3):
            before = figure.numbers()
            sliders.nth(term).press("ArrowRight")
            sliders.nth(term).press("ArrowRight")
            after = figure.numbers()
            before[neuron][term] += 0.04
            assert np.array(after) == pytest.approx(np.array(before), abs=1e-6)
            figure.require_drawn()


def test_sliders_have_names_and_say_where_the_neuron_is_on(shown: Show) -> None:
    figure = shown(3)
    names = ["weight of x", "weight of y", "bias"]
    for name in names:
        expect(figure.place.get_by_role("slider", name=name, exact=True)).to_be_visible()
    figure.place.get_by_role("radio").nth(2).check(force=True)
    bias = figure.place.get_by_role("slider", name="bias")
    expect(figure.place.get_by_role("slider", name="weight of A")).to_be_visible()
    share = (sums_at(figure.sliders(), grid())[2] > 0).mean()
    said = bias.get_attribute("aria-valuetext") or ""
    assert said.startswith("−0.40; on over ")
    assert float(re.findall(r"(\d+)%", said)[0]) / 100 == pytest.approx(share, abs=0.02)
    bias.press("Home")
    expect(bias).to_have_attribute("aria-valuetext", re.compile(r"^−1\.00; on over \d+% of"))


def test_bends_stay_on_the_lines_of_the_first_layer(shown: Show) -> None:
    figure = shown(3)
    seen = 0
    for neuron, part, end in (
        (0, "bias", (0.1, -0.5)), (1, "weights", (0.2, 0.7)), (1, "bias", (-0.6, -0.2)),
        (2, "bias", (0.5, -0.2)), (0, "weights", (-0.7, 0.5)),
    ):  # fmt: skip
        figure.drag(figure.at(figure.handle(neuron, part)), end)
        marks = re.findall(r"M(-?[\d.]+),(-?[\d.]+)h8", figure.data("mark")[2])
        places = (np.array(marks, dtype=float).reshape(-1, 2) + 4) / 200 - 1
        sums = sums_at(figure.sliders(), places)
        # The sliders show the numbers to the nearest fiftieth, so a place is off by as much.
        assert np.abs(sums[:2]).min(axis=0) == pytest.approx(np.zeros(len(places)), abs=0.03)
        assert sums[2] == pytest.approx(np.zeros(len(places)), abs=0.04)
        figure.require_drawn()
        seen += len(places)
    assert seen > 5


def set_numbers(figure: Figure, weights: Sequence[Sequence[float]]) -> None:
    """Move every slider to a number."""
    for neuron, row in enumerate(weights):
        figure.place.get_by_role("radio").nth(neuron).check(force=True)
        sliders = figure.place.locator(".hand-sliders:visible").get_by_role("slider")
        for term, value in enumerate(row):
            sliders.nth(term).fill(str(value))


def test_last_neuron_with_a_bias_of_zero_has_its_line_along_those_of_the_first_layer(
    shown: Show,
) -> None:
    figure = shown(3)
    # With these numbers, rounding gives sums above zero on the line of A. C is on where A is on.
    first = [[0.2, 0.66, -0.02], [0, 0, -1]]
    set_numbers(figure, [*first, [1, 0, 0]])
    (line,) = points_of(figure.data("line")[0])
    assert points_of(figure.data("line")[2]) == [pytest.approx(line, abs=1e-4)]
    figure.require_drawn()
    # With a bias above zero it is on everywhere, and has no line.
    set_numbers(figure, [*first, [1, 0, 0.02]])
    assert figure.data("line")[2] == ""
    figure.require_drawn()


def test_reset_puts_everything_back(shown: Show) -> None:
    figure = shown(2)
    before = [figure.numbers(), figure.data("line"), figure.data("area")]
    figure.drag(figure.at(figure.handle(1, "bias")), (0.3, 0.3))
    figure.drag(figure.at(figure.handle(0, "weights")), (0.3, 0.3))
    assert [figure.numbers(), figure.data("line"), figure.data("area")] != before
    figure.place.get_by_role("button", name="Reset").click()
    assert [figure.numbers(), figure.data("line"), figure.data("area")] == before
    expect(figure.place.locator(".hand-new")).to_have_count(0)


def test_finger_drags_a_line_and_scrolls_beside_it(address: str, browser: Any) -> None:
    context = browser.new_context(viewport={"width": 360, "height": 740}, has_touch=True)
    page = context.new_page()
    page.goto(address)
    figure = Figure(page, 1)

    def swiped(start: Float64, end: Float64) -> None:
        swipe(page, *(figure.on_screen(place) for place in np.linspace(start, end, 8)))
        page.wait_for_timeout(200)

    grip = figure.at(figure.handle(0, "bias"))
    scrolled = page.evaluate("scrollY")
    swiped(grip, grip + DOWN)
    assert page.evaluate("scrollY") == scrolled
    (row,) = figure.numbers()
    assert sums_at([row], (grip + DOWN)[None])[0] == pytest.approx([0], abs=0.02)
    swiped(np.array([-0.8, 0.8]), np.array([-0.8, -0.2]))
    assert page.evaluate("scrollY") > scrolled
    assert figure.numbers() == [row]
    context.close()


@pytest.mark.parametrize("count", COUNTS)
def test_targets_are_large_enough_for_a_finger(shown: Show, count: int) -> None:
    figure = shown(count, size=(360, 740))
    targets = figure.place.locator(
        "label:has(input:visible), [type=range]:visible, button, g[data-part]:visible"
    )
    boxes = [target.bounding_box() for target in targets.all()]
    assert len(boxes) > 6
    for box in boxes:
        assert box
        assert min(box["width"], box["height"]) >= 32
    wide = figure.place.locator(".hand-caught").first.evaluate(
        "e => parseFloat(getComputedStyle(e).strokeWidth) * e.getScreenCTM().a"
    )
    assert wide >= 31


def test_figure_printed_has_its_picture_and_sum_without_controls(shown: Show) -> None:
    figure = shown(2)
    figure.page.emulate_media(media="print")
    expect(figure.place.locator("svg")).to_be_visible()
    expect(figure.place.locator(".hand-halo").first).to_be_hidden()
    expect(figure.place.locator(".hand-controls")).to_be_hidden()
    expect(figure.place.locator(".hand-sum").first).to_be_visible()


def test_figure_without_scripts_is_its_still_and_its_sums(address: str, browser: Any) -> None:
    with browser.new_page(java_script_enabled=False) as page:
        page.goto(address)
        place = page.locator("#figure-f3")
        expect(place.locator("img")).to_be_visible()
        assert place.locator("img").get_attribute("alt", timeout=1000).startswith("A square: ")
        expect(place.locator(".hand-sum")).to_have_count(3)
        expect(place.locator(".hand-sum").first).to_contain_text("0.70")
        for hidden in ("input", "button", ".hand-foot"):
            expect(place.locator(hidden).first).to_be_hidden()
