"""Asking the explorer: a point, a kink, what bends a boundary, and the linear regions behind."""

from __future__ import annotations

import itertools
import re

import numpy as np
import pytest
from browser.test_abilities import drag_up_and_right, stage_box, stage_colours
from browser.test_explorer import (
    PLACES,
    SIZES,
    address_of,
    data,
    explorer,
    quiet_page,
    ready,
)
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from playwright.sync_api import Page, expect
from support.browser import BuiltSite, Open
from support.paths import ROOT

from ginn.dataset.dataset import load_picture
from ginn.network.forward import pre_activations, probability
from ginn.network.run import Float64
from ginn.viewer_data import weight_chunks
from ginn.viewer_data.boundary_chunks import QUANTA, VectorChunk, decode

__all__ = ["quiet_page"]
pytestmark = pytest.mark.browser
EVERYWHERE = [(place, size) for place in PLACES for size in SIZES]


def chunk_of(site: BuiltSite, step: int, run: str = "") -> VectorChunk:
    """The chunk of boundaries that holds a snapshot, of the first run or another."""
    run = run or data(site, "index.*.js")["runs"][0]["id"]
    header = data(site, f"{run}/run.*.js")
    file = header["chunks"][step // header["snapshots_a_chunk"]]
    return decode(data(site, file))


def layers_at(site: BuiltSite, step: int, points: Float64, run: str = "") -> list[Float64]:
    """Every layer's pre-activations at points (P, 2), from the site's weights."""
    run = run or data(site, "index.*.js")["runs"][0]["id"]
    header = data(site, f"{run}/run.*.js")
    chunk = weight_chunks.decode(data(site, header["weights"][step // header["snapshots_a_chunk"]]))
    values = chunk.values[step - chunk.first]
    matrices, biases = [], []
    at = 0
    for in_, out in itertools.pairwise(chunk.sizes):
        matrices.append(values[at : at + in_ * out].reshape(out, in_))
        at += in_ * out
        biases.append(values[at : at + out])
        at += out
    return pre_activations(tuple(matrices), tuple(biases), points)


def shown_numbers(page: Page) -> list[float]:
    """The pre-activations that stand on the thumbnails."""
    texts = page.locator(".viewer-value").all_inner_texts()
    return [float(text.replace("−", "-")) for text in texts]


# --- a point --------------------------------------------------------------------------------------


@pytest.mark.parametrize(("place", "size"), EVERYWHERE)
def test_a_point_is_answered_with_the_networks_own_numbers(
    built_site: BuiltSite, open_page: Open, place: str, size: tuple[int, int]
) -> None:
    page, _ = open_page(explorer(built_site, place, "step=90&point=0.31,0.57"), size=size)
    expect(ready(page).locator(".viewer-sum")).to_be_visible()
    layers = layers_at(built_site, 90, np.array([[0.31, 0.57]]))
    expected = np.concatenate([layer[0] for layer in layers])
    off = np.abs(np.array(shown_numbers(page)) - expected)
    assert (off <= np.where(np.abs(expected) < 9.99, 0.00501, 0.0501)).all()
    rings = page.locator(".viewer-neuron").evaluate_all(
        "buttons => buttons.map((b) => b.classList.contains('viewer-on'))"
    )
    assert rings == (expected > 0).tolist()
    on = int(np.argmax(expected[:16]))
    expect(page.locator(".viewer-neuron").nth(on)).to_have_accessible_name(
        re.compile(f"neuron {on + 1}, on at ")
    )
    readout = page.locator(".viewer-readout")
    expect(readout).to_contain_text("x 0.310, y 0.570")
    chance = float(probability(expected[-1:])[0])
    said = re.search(r"(over |under )?([\d.]+)% white", readout.inner_text())
    assert said
    assert abs(float(said[2]) / 100 - chance) <= (0.001 if said[1] else 0.0006)
    pixels = data(built_site, "index.*.js")["pixels"]
    labels = load_picture(ROOT / "content/pictures/bottle.toml", pixels).labels
    white = labels[int(0.57 * pixels), int(0.31 * pixels)]
    expect(readout).to_contain_text(f"target {'white' if white else 'black'}")


@pytest.mark.parametrize("point", ["0.31,0.57", "0.5,0.62", "0.02,0.9"])
def test_the_outputs_sum_adds_up_on_screen(
    built_site: BuiltSite, open_page: Open, point: str
) -> None:
    page, _ = open_page(explorer(built_site, state=f"step=95&point={point}"))
    table = ready(page).locator(".viewer-sum")
    expect(table).to_be_visible()
    column = table.locator("tr td:last-child").all_inner_texts()
    numbers = [round(100 * float(text.replace("−", "-"))) for text in column]
    assert sum(numbers[:-1]) == numbers[-1]
    place = np.array([[float(value) for value in point.split(",")]])
    logit = layers_at(built_site, 95, place)[-1][0, 0]
    assert numbers[-1] == round(100 * logit)
    assert table.locator("tbody").get_by_text("Bias").count() == 1


@settings(max_examples=60, deadline=None)
@given(values=st.lists(st.floats(-50, 50), min_size=1, max_size=17))
def test_rounded_numbers_add_up_and_stay_near(quiet_page: Page, values: list[float]) -> None:
    found = quiet_page.evaluate("values => GINN.answers.addingUp(values, 2)", values)
    assert sum(found["values"]) == found["sum"]
    assert found["sum"] == pytest.approx(100 * sum(values), abs=0.5001)
    assert np.abs(np.array(found["values"]) - 100 * np.array(values)).max() <= 1


def near(x: float, y: float) -> re.Pattern[str]:
    """A place on the readout, up to a pointer's pixel."""
    choices = ["|".join(f"{value + 0.001 * k:.3f}" for k in range(-3, 4)) for value in (x, y)]
    return re.compile(f"x ({choices[0]}), y ({choices[1]})")


@pytest.mark.parametrize(("place", "size"), EVERYWHERE)
def test_pointing_pressing_and_leaving(
    built_site: BuiltSite, open_page: Open, place: str, size: tuple[int, int]
) -> None:
    page, _ = open_page(explorer(built_site, place, "step=90&show=none"), size=size)
    ready(page).locator(".viewer-stage").scroll_into_view_if_needed()
    readout = page.locator(".viewer-readout")
    expect(readout).to_contain_text("Point at the picture")
    left, top, side = stage_box(page)
    page.mouse.move(left + 0.25 * side, top + 0.5 * side)
    expect(readout).to_contain_text(near(0.25, 0.5))
    expect(page.locator(".viewer-on").first).to_be_attached()
    page.mouse.move(left + 0.5 * side, top - 4)
    expect(readout).to_contain_text("Point at the picture")
    expect(page.locator(".viewer-on")).to_have_count(0)
    page.mouse.click(left + 0.75 * side, top + 0.5 * side)
    address_of(page, "point=0.7")
    page.mouse.move(left + 0.5 * side, top - 4)
    expect(readout).to_contain_text(near(0.75, 0.5))
    page.get_by_role("button", name="Clear the point asked about").click()
    page.wait_for_function("() => !location.hash.includes('point')")
    expect(page.locator(".viewer-sum")).to_be_hidden()


@pytest.mark.parametrize(("place", "size"), EVERYWHERE)
def test_the_point_by_keys(
    built_site: BuiltSite, open_page: Open, place: str, size: tuple[int, int]
) -> None:
    page, _ = open_page(explorer(built_site, place, "step=90"), size=size)
    ready(page).keyboard.press("p")
    address_of(page, "point=0.5,0.5")
    assert page.evaluate("document.activeElement.tagName") == "CANVAS"
    pixels = data(built_site, "index.*.js")["pixels"]
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Shift+ArrowDown")
    address_of(page, f"point={0.5 + 1 / pixels:g},{0.5 + 10 / pixels:g}")
    expect(page.get_by_label("Snapshot", exact=True)).to_have_value("90")
    expect(page.get_by_role("status")).to_contain_text(f"x {0.5 + 1 / pixels:.3f}")
    for _ in range(20):
        page.keyboard.press("Shift+ArrowLeft")
    address_of(page, "point=0,")  # the picture ends there
    page.keyboard.press("Escape")
    page.wait_for_function("() => !location.hash.includes('point')")
    page.keyboard.press("ArrowRight")
    address_of(page, "step=91")


def test_a_tap_asks(built_site: BuiltSite, open_page: Open) -> None:
    page, _ = open_page(explorer(built_site, state="step=90&show=none"), size=(360, 740))
    ready(page).locator(".viewer-stage").scroll_into_view_if_needed()
    left, top, side = stage_box(page)
    touch = page.context.new_cdp_session(page)
    place = {"x": left + 0.25 * side, "y": top + 0.75 * side}
    touch.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [place]})
    touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    address_of(page, "point=0.25")
    expect(page.locator(".viewer-readout")).to_contain_text("x 0.25")


def test_dragging_asks_nothing(built_site: BuiltSite, open_page: Open) -> None:
    page, _ = open_page(explorer(built_site, state="zoom=4"))
    drag_up_and_right(ready(page))
    page.wait_for_timeout(450)
    assert "point" not in page.evaluate("location.hash")


def test_weights_are_asked_for_only_with_a_question(built_site: BuiltSite, open_page: Open) -> None:
    page, journal = open_page(explorer(built_site, state="step=90"))
    ready(page).keyboard.press("ArrowRight")
    page.wait_for_timeout(300)
    assert not [url for url in journal.requests if "weights" in url]
    page.keyboard.press("p")
    expect(page.locator(".viewer-sum")).to_be_visible()
    assert [url for url in journal.requests if "weights" in url]


def test_missing_weights_are_said(built_site: BuiltSite, open_page: Open) -> None:
    page, _ = open_page(
        explorer(built_site, state="step=90&point=0.5,0.5"),
        before=lambda page: page.route("**/weights-*", lambda route: route.abort()),
        complaining=True,
    )
    ready(page)
    expect(page.locator(".viewer-readout")).to_contain_text("weights did not arrive")


# --- kinks ----------------------------------------------------------------------------------------


def kinks_of(chunk: VectorChunk, step: int, neuron: int) -> list[tuple[int, Float64, float]]:
    """Cause, place and turn in degrees of each clear bend of a boundary, found another way."""
    found = []
    line = (step - chunk.first) * chunk.neurons + neuron
    for p in range(chunk.line_offsets[line], chunk.line_offsets[line + 1]):
        part = slice(chunk.polyline_offsets[p], chunk.polyline_offsets[p + 1])
        places, causes = chunk.positions[part].astype(float), chunk.causes[part]
        count = len(places)
        for v in range(count) if chunk.closed[p] else range(1, count - 1):
            into = places[v] - places[v - 1]
            out = places[(v + 1) % count] - places[v]
            if causes[v] < 0 or min(np.hypot(*into), np.hypot(*out)) < 600:
                continue
            cosine = into @ out / np.hypot(*into) / np.hypot(*out)
            found.append((int(causes[v]), places[v] / QUANTA, float(np.degrees(np.arccos(cosine)))))
    return [kink for kink in found if kink[2] > 3]


def bent_neuron(site: BuiltSite, step: int) -> tuple[int, list[tuple[int, Float64, float]]]:
    """A neuron of a deeper layer with some clear kinks well within the picture, and these."""
    chunk = chunk_of(site, step)
    for neuron in range(16, 48):
        kinks = [k for k in kinks_of(chunk, step, neuron) if 0.1 < k[1].min() < k[1].max() < 0.9]
        if len(kinks) >= 2:
            return neuron, kinks
    raise AssertionError("no neuron bends")


def name_of(neuron: int) -> str:
    """As the page calls a neuron of a 16-16-16 network."""
    return f"layer {neuron // 16 + 1}, neuron {neuron % 16 + 1}"


def term_of(neuron: int) -> str:
    """As the address calls it."""
    return f"{neuron // 16 + 1}.{neuron % 16 + 1}"


@pytest.mark.parametrize(("place", "size"), EVERYWHERE)
def test_pointing_at_a_kink_names_who_bends(
    built_site: BuiltSite, open_page: Open, place: str, size: tuple[int, int]
) -> None:
    neuron, kinks = bent_neuron(built_site, 95)
    cause, at, turn = kinks[0]
    state = f"step=95&show={term_of(neuron)}&behind=plain"
    page, _ = open_page(explorer(built_site, place, state), size=size)
    ready(page).locator(".viewer-stage").scroll_into_view_if_needed()
    before = stage_colours(page)
    left, top, side = stage_box(page)
    page.mouse.move(left + at[0] * side + 1, top + at[1] * side + 1)
    readout = page.locator(".viewer-readout")
    said = f"Here {name_of(cause)} bends {name_of(neuron)} by "
    expect(readout).to_contain_text(said)
    degrees = re.search(r"by (\d+)°", readout.inner_text())
    assert degrees
    assert abs(int(degrees[1]) - turn) <= 1
    # The bender's boundary has appeared: ink where there was none.
    after = stage_colours(page)
    appeared = (np.abs(after - before).max(axis=2) > 60).sum()
    assert appeared > side / 4
    page.mouse.click(left + at[0] * side + 2, top + at[1] * side - 1)
    page.wait_for_function(
        """([x, y]) => {
          const [, px, py] = /point=([\\d.]+),([\\d.]+)/.exec(location.hash) ?? [];
          return Math.abs(px - x) < 1e-4 && Math.abs(py - y) < 1e-4;
        }""",
        arg=at.tolist(),
    )  # exactly on the kink, though pressed beside it


@pytest.mark.parametrize(("place", "size"), EVERYWHERE)
def test_kinks_by_key(
    built_site: BuiltSite, open_page: Open, place: str, size: tuple[int, int]
) -> None:
    neuron, _ = bent_neuron(built_site, 95)
    state = f"step=95&show={term_of(neuron)}"
    page, _ = open_page(explorer(built_site, place, state), size=size)
    ready(page).keyboard.press("k")
    readout = page.locator(".viewer-readout")
    expect(readout).to_contain_text(f"bends {name_of(neuron)} by")
    first = readout.inner_text()
    page.keyboard.press("k")
    expect(readout).not_to_have_text(first)
    expect(readout).to_contain_text(f"bends {name_of(neuron)} by")


def test_first_layer_has_no_kinks(built_site: BuiltSite, open_page: Open) -> None:
    page, _ = open_page(explorer(built_site, state="step=95&show=1.1-4"))
    ready(page)
    expect(page.locator(".viewer-bends")).to_contain_text("straight")
    page.keyboard.press("k")
    page.wait_for_timeout(500)
    assert "point" not in page.evaluate("location.hash")


@pytest.mark.parametrize(("place", "size"), EVERYWHERE)
def test_benders_are_listed_strongest_first_and_shown_at_a_press(
    built_site: BuiltSite, open_page: Open, place: str, size: tuple[int, int]
) -> None:
    neuron, kinks = bent_neuron(built_site, 95)
    state = f"step=95&show={term_of(neuron)}"
    page, _ = open_page(explorer(built_site, place, state), size=size)
    bends = ready(page).locator(".viewer-bends")
    expect(bends.get_by_role("combobox")).to_have_value(str(neuron))
    names = bends.locator("li button").evaluate_all("all => all.map((b) => b.ariaLabel)")
    turns = [int(re.search(r"(\d+)° in all", name)[1]) for name in names]  # type: ignore[index]
    assert turns == sorted(turns, reverse=True)
    found = {re.match(r"(Layer \d, neuron \d+)", name)[1].lower() for name in names}  # type: ignore[index]
    assert {name_of(cause) for cause, _, _ in kinks} <= found
    bends.locator("li button").first.focus()
    page.keyboard.press("Enter")
    page.wait_for_function("() => /show=[^&]*,/.test(location.hash)")
    expect(bends.locator("li button").first).to_have_attribute("aria-pressed", "true")
    expect(bends.locator("li button").first).to_be_focused()
    bends.get_by_role("button", name="Show all").click()
    expect(page.locator(".viewer-neuron[aria-pressed=true]")).to_have_count(len(names) + 1)
    expect(bends.get_by_role("button", name="Show all")).to_be_hidden()
    expect(bends.get_by_role("combobox")).to_have_value(str(neuron))  # though many are shown now


def test_bends_of_a_neuron_chosen_by_key_or_list(built_site: BuiltSite, open_page: Open) -> None:
    page, _ = open_page(explorer(built_site, state="step=95"))
    chosen = ready(page).get_by_label("Neuron whose bends are listed")
    expect(chosen).to_have_value("-1")
    page.get_by_role("button", name="Layer 3, neuron 2", exact=True).focus()
    page.keyboard.press("b")
    expect(chosen).to_have_value("33")
    address_of(page, "about=3.2")
    chosen.select_option("48")
    address_of(page, "about=out")


def test_both_ways_to_find_kinks_agree(built_site: BuiltSite, quiet_page: Page) -> None:
    run = data(built_site, "index.*.js")["runs"][0]["id"]
    header = data(built_site, f"{run}/run.*.js")
    text = data(built_site, header["chunks"][-1])
    chunk = decode(text)
    step = chunk.first + len(chunk) - 1
    compared = 0
    for neuron in range(chunk.neurons):
        found = quiet_page.evaluate(
            """([text, step, neuron]) =>
              GINN.kinks.ofNeuron(GINN.vectors.decode(text), step, neuron)""",
            [text, step, neuron],
        )
        assert neuron >= 16 or not found
        for cause, at, turn in kinks_of(chunk, step, neuron):
            same = [k for k in found if np.hypot(k["x"] - at[0], k["y"] - at[1]) < 1e-9]
            assert len(same) == 1
            assert same[0]["cause"] == cause
            assert same[0]["turn"] == pytest.approx(turn, abs=0.01)
            compared += 1
    assert compared > 20


# --- linear regions -------------------------------------------------------------------------------

NUMBERS = """([text, step, side, view]) =>
  [...GINN.regions.numbers(GINN.vectors.decode(text), step, 48, side, view)]"""


@pytest.mark.parametrize(
    "view",
    [
        {"x": 0, "y": 0, "zoom": 1},
        {"x": 0.31, "y": 0.12, "zoom": 4},
        {"x": 0, "y": 0.4, "zoom": 2},
    ],
)
@pytest.mark.parametrize("step", [0, 40, 95])
def test_a_regions_number_says_which_neurons_are_on(
    built_site: BuiltSite, quiet_page: Page, step: int, view: dict[str, float]
) -> None:
    run = data(built_site, "index.*.js")["runs"][0]["id"]
    header = data(built_site, f"{run}/run.*.js")
    text = data(built_site, header["chunks"][step // header["snapshots_a_chunk"]])
    side = 60
    found = np.array(quiet_page.evaluate(NUMBERS, [text, step, side, view])).reshape(side, side)
    middles = (np.arange(side) + 0.5) / side / view["zoom"]
    x, y = np.meshgrid(view["x"] + middles, view["y"] + middles)
    points = np.stack([x.ravel(), y.ravel()], axis=1)
    hidden = np.concatenate(layers_at(built_site, step, points)[:-1], axis=1)
    bits = np.array(
        [quiet_page.evaluate("n => GINN.regions.numberOf(n) >>> 0", n) for n in range(48)]
    ).astype(np.uint32)
    expected = np.bitwise_xor.reduce(np.where(hidden > 0, bits, np.uint32(0)), axis=1)
    same = found.ravel() == expected
    # Positions in the browser are rounded to 1/65535: only points that near a line may differ.
    assert same.mean() > 0.998
    assert len(np.unique(expected)) > 3


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_regions_are_seen_and_keep_their_colours(
    built_site: BuiltSite, open_page: Open, scheme: str
) -> None:
    page, _ = open_page(explorer(built_site, state="step=94&show=none"), scheme=scheme)
    ready(page).get_by_label("Regions", exact=True).check()
    address_of(page, "behind=regions")
    page.wait_for_timeout(200)
    now = stage_colours(page)
    run = data(built_site, "index.*.js")["runs"][0]["id"]
    count = data(built_site, f"{run}/run.*.js")["regions"][94]
    colours = np.unique(now.reshape(-1, 3), axis=0)
    assert len(colours) > count / 4
    expect(page.locator(".viewer-look")).to_contain_text(f"{count} linear regions")
    page.get_by_role("button", name="Step forward").click()
    expect(page.get_by_label("Snapshot", exact=True)).to_have_value("95")
    page.wait_for_timeout(200)
    after = stage_colours(page)
    assert (np.abs(after - now).max(axis=2) == 0).mean() > 0.5  # the rest was crossed by a line


def test_regions_are_made_once_a_moment_and_not_once_a_frame(
    built_site: BuiltSite, open_page: Open
) -> None:
    page, _ = open_page(explorer(built_site, state="step=94&show=none&behind=regions"))
    ready(page).evaluate("""() => {
      const { prototype } = CanvasRenderingContext2D;
      const { putImageData } = prototype;
      GINN.made = 0;
      prototype.putImageData = function (...given) {
        GINN.made += 1;
        putImageData.apply(this, given);
      };
    }""")
    left, top, side = stage_box(page)
    for share in (0.2, 0.5, 0.8):
        page.mouse.move(left + share * side, top + share * side)
        expect(page.locator(".viewer-readout")).to_contain_text(near(share, share))
    assert page.evaluate("GINN.made") == 0
    page.keyboard.press("ArrowRight")
    expect(page.get_by_label("Snapshot", exact=True)).to_have_value("95")
    assert page.evaluate("GINN.made") == 1


def regions_of(pixels: NDArray[np.int64]) -> int:
    """The number of distinct colours."""
    return len(np.unique(pixels.reshape(-1, 3), axis=0))


def test_regions_stay_sharp_when_enlarged(built_site: BuiltSite, open_page: Open) -> None:
    state = "step=95&show=none&behind=regions&zoom=32&x=0.5&y=0.6"
    page, _ = open_page(explorer(built_site, state=state))
    ready(page).wait_for_timeout(200)
    assert regions_of(stage_colours(page)) < 120  # flat colours, no blended ones between
