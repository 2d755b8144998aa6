"""The network's answer at a point: by address, pointer, keys and finger."""

from __future__ import annotations

import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from playwright.sync_api import Page, expect
from support.browser import BuiltSite, Explore, Open
from support.explorer import (
    EVERYWHERE,
    address_of,
    address_without,
    canvas_box,
    drag_up_and_right,
    explorer,
    fingers,
    near,
    open_tab,
    ready,
    snapshot_slider,
)
from support.paths import ROOT
from support.site_data import data, layers_at

from ginn.dataset.picture import load_picture
from ginn.network.forward import probability

pytestmark = pytest.mark.browser


def shown_numbers(page: Page) -> list[float]:
    """The pre-activations that stand on the thumbnails, each of which is brought into sight."""
    thumbnails = page.locator(".viewer-neuron")
    for at in range(0, thumbnails.count(), 4):
        thumbnails.nth(at).scroll_into_view_if_needed()
        expect(thumbnails.nth(at).locator(".viewer-value")).not_to_be_empty()
    page.wait_for_timeout(300)
    texts = page.locator(".viewer-value").all_inner_texts()
    return [float(text.replace("−", "-")) for text in texts]


@pytest.mark.parametrize(("place", "size"), EVERYWHERE)
def test_point_in_the_address_shows_the_networks_own_numbers(
    built_site: BuiltSite, explore: Explore, place: str, size: tuple[int, int]
) -> None:
    page = explore("step=90&point=0.31,0.57", place=place, size=size)
    expect(ready(page).locator(".viewer-sum")).to_be_visible()
    open_tab(page, "Neurons")
    expect(page.locator(".viewer-value").first).not_to_be_empty()
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
    open_tab(page, "Inspect")
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
def test_output_sum_adds_up_as_it_is_rounded(
    built_site: BuiltSite, explore: Explore, point: str
) -> None:
    page = explore(f"step=95&point={point}")
    table = ready(page).locator(".viewer-sum")
    place = np.array([[float(value) for value in point.split(",")]])
    logit = layers_at(built_site, 95, place)[-1][0, 0]
    # The sum of the last question stays until the weights of this one have arrived.
    cells = table.locator("tr td:last-child")
    expect(cells.last).to_have_text(f"{logit:.2f}".replace("-", "−"))
    numbers = [round(100 * float(text.replace("−", "-"))) for text in cells.all_inner_texts()]
    assert sum(numbers[:-1]) == numbers[-1]
    assert table.locator("tbody").get_by_text("Bias").count() == 1


@settings(max_examples=60, deadline=None)
@given(values=st.lists(st.floats(-50, 50), min_size=1, max_size=17))
def test_rounded_terms_add_up_and_stay_near(quiet_page: Page, values: list[float]) -> None:
    quiet_page.wait_for_function("() => GINN.pointPanel")
    found = quiet_page.evaluate("values => GINN.pointPanel.addingUp(values, 2)", values)
    assert sum(found["values"]) == found["sum"]
    assert found["sum"] == pytest.approx(100 * sum(values), abs=0.5001)
    assert np.abs(np.array(found["values"]) - 100 * np.array(values)).max() <= 1


@pytest.mark.parametrize(("place", "size"), EVERYWHERE)
def test_readout_follows_pointing_pressing_and_leaving(
    explore: Explore, place: str, size: tuple[int, int]
) -> None:
    page = explore("step=90&show=none", place=place, size=size)
    ready(page).locator(".viewer-canvas").scroll_into_view_if_needed()
    open_tab(page, "Inspect")
    readout = page.locator(".viewer-readout")
    expect(readout).to_contain_text("Point at the picture")
    left, top, side = canvas_box(page)
    page.mouse.move(left + 0.25 * side, top + 0.5 * side)
    expect(readout).to_contain_text(near(0.25, 0.5))
    if size[0] > 600:  # else the readout is in place of the thumbnails
        expect(page.locator(".viewer-on").first).to_be_attached()
    page.mouse.move(left + 0.5 * side, top - 4)
    expect(readout).to_contain_text("Point at the picture")
    if size[0] > 600:
        expect(page.locator(".viewer-on")).to_have_count(0)
    page.mouse.click(left + 0.75 * side, top + 0.5 * side)
    address_of(page, "point=0.7")
    page.mouse.move(left + 0.5 * side, top - 4)
    expect(readout).to_contain_text(near(0.75, 0.5))
    page.get_by_role("button", name="Clear the chosen point").click()
    address_without(page, "point")
    expect(page.locator(".viewer-sum")).to_be_hidden()


def test_point_is_set_moved_and_cleared_by_keys(built_site: BuiltSite, explore: Explore) -> None:
    page = explore("step=90")
    ready(page).keyboard.press("p")
    address_of(page, "point=0.5,0.5")
    assert page.evaluate("document.activeElement.tagName") == "CANVAS"
    pixels = data(built_site, "index.*.js")["pixels"]
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Shift+ArrowDown")
    address_of(page, f"point={0.5 + 1 / pixels:g},{0.5 + 10 / pixels:g}")
    expect(snapshot_slider(page)).to_have_value("90")
    expect(page.get_by_role("status")).to_contain_text(f"x {0.5 + 1 / pixels:.3f}")
    for _ in range(20):
        page.keyboard.press("Shift+ArrowLeft")
    address_of(page, "point=0,")  # the picture ends there
    page.keyboard.press("Escape")
    address_without(page, "point")
    page.keyboard.press("ArrowRight")
    address_of(page, "step=91")


def test_tap_asks_about_its_place(explore: Explore) -> None:
    page = explore("step=90&show=none", size=(360, 740))
    ready(page).locator(".viewer-canvas").scroll_into_view_if_needed()
    touch = fingers(page)
    touch("touchStart", (0.25, 0.75))
    touch("touchEnd")
    address_of(page, "point=0.25")
    expect(page.locator(".viewer-readout")).to_contain_text("x 0.25")


def test_drag_asks_nothing(explore: Explore) -> None:
    page = explore("zoom=4")
    drag_up_and_right(ready(page))
    page.wait_for_timeout(450)
    assert "point" not in page.evaluate("location.hash")


def test_weights_are_loaded_only_for_a_question(built_site: BuiltSite, open_page: Open) -> None:
    page, journal = open_page(explorer(built_site, state="step=90"))
    ready(page).keyboard.press("ArrowRight")
    page.wait_for_timeout(300)
    assert not [url for url in journal.requests if "weights" in url]
    page.keyboard.press("p")
    expect(page.locator(".viewer-sum")).to_be_visible()
    assert [url for url in journal.requests if "weights" in url]


def test_missing_weights_are_reported(built_site: BuiltSite, open_page: Open) -> None:
    page, _ = open_page(
        explorer(built_site, state="step=90&point=0.5,0.5"),
        before=lambda page: page.route("**/weights-*", lambda route: route.abort()),
        complaining=True,
    )
    ready(page)
    expect(page.locator(".viewer-readout")).to_contain_text("weights did not arrive")
