"""Kinks: where an earlier neuron bends a boundary, and which one."""

from __future__ import annotations

import re

import numpy as np
import pytest
from playwright.sync_api import Page, expect
from support.browser import BuiltSite, Explore
from support.decode_chunks import decode_boundaries
from support.explorer import (
    EVERYWHERE,
    address_of,
    canvas_box,
    canvas_colours,
    open_tab,
    pressed_neurons,
    ready,
    thumbnail,
)
from support.site_data import chunk_of, data, first_run

from ginn.network.run import Float64
from ginn.viewer_data.boundary_chunks import QUANTA, BoundaryChunk

pytestmark = pytest.mark.browser


def kinks_of(chunk: BoundaryChunk, step: int, neuron: int) -> list[tuple[int, Float64, float]]:
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
def test_pointer_at_a_kink_names_both_neurons(
    built_site: BuiltSite, explore: Explore, place: str, size: tuple[int, int]
) -> None:
    neuron, kinks = bent_neuron(built_site, 95)
    cause, at, turn = kinks[0]
    state = f"step=95&show={term_of(neuron)}&behind=plain"
    page = explore(state, place=place, size=size)
    ready(page).locator(".viewer-canvas").scroll_into_view_if_needed()
    before = canvas_colours(page)
    left, top, side = canvas_box(page)
    page.mouse.move(left + at[0] * side + 1, top + at[1] * side + 1)
    readout = page.locator(".viewer-readout")
    said = f"Here {name_of(cause)} bends {name_of(neuron)} by "
    expect(readout).to_contain_text(said)
    degrees = re.search(r"by (\d+)°", readout.inner_text())
    assert degrees
    assert abs(int(degrees[1]) - turn) <= 1
    # The bender's boundary has appeared: ink where there was none.
    after = canvas_colours(page)
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


def test_k_walks_through_the_kinks(built_site: BuiltSite, explore: Explore) -> None:
    neuron, _ = bent_neuron(built_site, 95)
    page = explore(f"step=95&show={term_of(neuron)}")
    ready(page).keyboard.press("k")
    readout = page.locator(".viewer-readout")
    expect(readout).to_contain_text(f"bends {name_of(neuron)} by")
    first = readout.inner_text()
    page.keyboard.press("k")
    expect(readout).not_to_have_text(first)
    expect(readout).to_contain_text(f"bends {name_of(neuron)} by")


def test_first_layer_has_no_kinks(explore: Explore) -> None:
    page = explore("step=95&show=1.1-4")
    ready(page)
    expect(page.locator(".viewer-bends")).to_contain_text("straight")
    page.keyboard.press("k")
    page.wait_for_timeout(500)
    assert "point" not in page.evaluate("location.hash")


@pytest.mark.parametrize(("place", "size"), EVERYWHERE)
def test_benders_are_listed_strongest_first_and_shown_when_pressed(
    built_site: BuiltSite, explore: Explore, place: str, size: tuple[int, int]
) -> None:
    neuron, kinks = bent_neuron(built_site, 95)
    state = f"step=95&show={term_of(neuron)}"
    page = explore(state, place=place, size=size)
    open_tab(ready(page), "Inspect")
    bends = page.locator(".viewer-bends")
    expect(bends.get_by_role("combobox")).to_have_value(str(neuron))
    names = bends.locator("li button").evaluate_all("all => all.map((b) => b.ariaLabel)")
    turns = [int(re.search(r"(\d+)° in all", name)[1]) for name in names]  # type: ignore[index]
    assert turns == sorted(turns, reverse=True)
    found = {re.search(r"(Layer \d, neuron \d+)", name)[1].lower() for name in names}  # type: ignore[index]
    assert {name_of(cause) for cause, _, _ in kinks} <= found
    bends.locator("li button").first.focus()
    page.keyboard.press("Enter")
    page.wait_for_function("() => /show=[^&]*,/.test(location.hash)")
    expect(bends.locator("li button").first).to_have_attribute("aria-pressed", "true")
    expect(bends.locator("li button").first).to_be_focused()
    bends.get_by_role("button", name="Show all").click()
    open_tab(page, "Neurons")
    expect(pressed_neurons(page)).to_have_count(len(names) + 1)
    open_tab(page, "Inspect")
    expect(bends.get_by_role("button", name="Show all")).to_be_hidden()
    expect(bends.get_by_role("combobox")).to_have_value(str(neuron))  # though many are shown now


def test_neuron_whose_bends_are_listed_is_chosen_by_key_or_list(explore: Explore) -> None:
    page = explore("step=95")
    chosen = ready(page).get_by_label("Neuron whose bends are listed")
    expect(chosen).to_have_value("-1")
    thumbnail(page, 3, 2).focus()
    page.keyboard.press("b")
    expect(chosen).to_have_value("33")
    address_of(page, "about=3.2")
    chosen.select_option("48")
    address_of(page, "about=out")


def test_kinks_found_in_the_browser_are_those_of_the_chunk(
    built_site: BuiltSite, quiet_page: Page
) -> None:
    run = first_run(built_site)["id"]
    header = data(built_site, f"{run}/run.*.js")
    text = data(built_site, header["chunks"][-1])
    chunk = decode_boundaries(text)
    step = chunk.first + len(chunk) - 1
    compared = 0
    for neuron in range(chunk.neurons):
        found = quiet_page.evaluate(
            """([text, step, neuron]) =>
              GINN.kinks.ofNeuron(GINN.boundaryChunks.decode(text), step, neuron)""",
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
