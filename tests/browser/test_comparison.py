"""Two runs side by side on the same clock."""

from __future__ import annotations

import re

import numpy as np
import pytest
from numpy.typing import NDArray
from playwright.sync_api import Page, expect
from support.browser import BuiltSite, Explore
from support.explorer import (
    EVERYWHERE,
    SIZES,
    address_of,
    address_without,
    both_ready,
    canvas_colours,
    ink,
    open_tab,
    pane_canvas,
    pixels,
    pressed_neurons,
    ready,
)
from support.site_data import first_run, header_of, last_run, title_of

pytestmark = pytest.mark.browser


@pytest.mark.parametrize(("place", "size"), EVERYWHERE)
def test_second_pane_follows_the_same_clock(
    built_site: BuiltSite, explore: Explore, place: str, size: tuple[int, int]
) -> None:
    other = last_run(built_site)
    page = explore("step=60&behind=plain", place=place, size=size)
    open_tab(ready(page), "View")
    compare = page.get_by_label("Compare with")
    compare.focus()
    compare.select_option(other["id"])
    address_of(page, f"beside={other['id']}")
    both_ready(page)
    boxes = [pane_canvas(page, at).bounding_box() for at in (0, 1)]
    assert boxes[0]
    assert boxes[1]
    assert boxes[0]["y"] == pytest.approx(boxes[1]["y"], abs=0.5)  # pixels
    if size[0] > 600:
        assert boxes[0]["x"] + boxes[0]["width"] < boxes[1]["x"]
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    first = page.locator(".viewer-canvas canvas").first
    page.locator("body").focus()
    compare.blur()
    page.keyboard.press("ArrowRight")
    for at, run in ((0, first_run(built_site)), (1, other)):
        header = header_of(built_site, run["id"])
        canvas = pane_canvas(page, at)
        expect(canvas).to_have_accessible_name(
            re.compile(f"{title_of(run)} at iteration {header['iterations'][61]:,}:")
        )
        expect(page.locator(".viewer-title").nth(at)).to_contain_text(
            f"{title_of(run)}: accuracy {100 * header['accuracy'][61]:.1f}%"
        )
    page.wait_for_timeout(200)
    if size[0] > 600:  # else both have one place
        left, right = (ink(pane_canvas(page, at)) for at in (0, 1))
        rows, columns = (min(a, b) for a, b in zip(left.shape, right.shape, strict=True))
        assert (left[:rows, :columns] != right[:rows, :columns]).mean() > 0.01  # two runs
    compare.select_option("")
    expect(page.locator(".viewer-canvas")).to_have_count(1)
    expect(first).to_be_visible()


@pytest.mark.parametrize("size", SIZES)
def test_second_pane_has_the_same_selection_or_its_own(
    built_site: BuiltSite, explore: Explore, size: tuple[int, int]
) -> None:
    other = last_run(built_site)["id"]
    page = explore(f"step=90&beside={other}&show=2", size=size)
    both_ready(page)
    names = page.locator(".viewer-canvas canvas")
    for at in (0, 1):
        expect(names.nth(at)).to_have_accessible_name(re.compile("16 boundaries"))
    if size[0] > 600:
        page.get_by_role("button", name="Neurons", exact=True).click()
    open_tab(page, "Neurons")
    own = page.get_by_role("button", name="Own selection")
    own.click()
    address_of(page, "own=2")
    page.get_by_label("Right pane").check()
    address_of(page, "side=right")
    page.get_by_role("button", name="Layer 3", exact=True).click()
    address_of(page, "own=2,3")
    expect(names.nth(0)).to_have_accessible_name(re.compile("16 boundaries"))
    expect(names.nth(1)).to_have_accessible_name(re.compile("32 boundaries"))
    expect(pressed_neurons(page)).to_have_count(32)
    page.get_by_label("Left pane").check()
    expect(pressed_neurons(page)).to_have_count(16)
    own.click()
    address_without(page, "own")
    expect(names.nth(1)).to_have_accessible_name(re.compile("16 boundaries"))


@pytest.mark.parametrize(("place", "size"), EVERYWHERE)
def test_point_asked_on_one_pane_is_answered_on_both(
    built_site: BuiltSite, explore: Explore, place: str, size: tuple[int, int]
) -> None:
    other = last_run(built_site)["id"]
    page = explore(f"step=90&beside={other}&show=2", place=place, size=size)
    both_ready(page)
    right = pane_canvas(page, 1)
    right.scroll_into_view_if_needed()
    box = right.bounding_box()
    assert box
    # On a small screen, the divider is in the middle.
    page.mouse.click(box["x"] + 0.8 * box["width"], box["y"] + box["height"] / 2)
    address_of(page, "side=right")
    for at in (0, 1):
        expect(page.locator(".viewer-title").nth(at)).to_contain_text(
            re.compile(r"here (over |under )?[\d.]+% white")
        )
    expect(page.get_by_label("Right pane", exact=True)).to_be_checked()
    expect(page.locator(".viewer-pane").nth(1)).to_have_class(re.compile("viewer-active"))


def test_loss_plot_of_two_panes_draws_both_runs(built_site: BuiltSite, explore: Explore) -> None:
    other = last_run(built_site)["id"]
    page = explore(f"beside={other}")
    both_ready(page)
    paths = page.locator(".viewer-curve").evaluate_all("all => all.map((p) => p.getAttribute('d'))")
    assert len(paths) == 2
    assert paths[0] != paths[1]
    assert all(path.count("L") == 95 for path in paths)


def unlike(page: Page, other: NDArray[np.int64], first: int, end: int) -> float:
    """How far the first place of a pane is from a picture on average, between two columns."""
    seen = pixels(page.locator(".viewer-panes canvas").first)[4:-4, 4:-4]
    rows = min(len(seen), len(other))
    return float(np.abs(seen[:rows, first:end] - other[:rows, first:end]).mean())


def test_divider_on_a_small_screen_shows_more_of_one_pane_or_of_the_other(
    explore: Explore,
) -> None:
    state = "step=80&show=all,out&behind=plain"
    page = explore("step=80", size=(360, 740))
    runs = page.evaluate(
        "[...document.querySelectorAll('.viewer-runs input')].map((run) => run.value)"
    )
    plain = {
        name: canvas_colours(ready(explore(f"{state}&run={name}", size=(360, 740))))
        for name in (runs[0], runs[-1])
    }
    page = both_ready(explore(f"{state}&run={runs[0]}&beside={runs[-1]}", size=(360, 740)))
    left, right = (page.locator(".viewer-canvas").nth(at).bounding_box() for at in (0, 1))
    assert left
    assert left == right
    assert left["width"] > 300
    divider = page.get_by_label("How much of each pane")
    box = divider.bounding_box()
    assert box
    middle = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + box["width"] / 2, middle)
    page.mouse.down()
    page.mouse.move(box["x"] + 3, middle, steps=3)
    page.mouse.up()
    # The divider itself covers a strip at the side.
    assert unlike(page, plain[runs[-1]], 40, 300) < 0.5 * unlike(page, plain[runs[0]], 40, 300)
    divider.press("End")
    assert unlike(page, plain[runs[0]], 0, 260) < 0.5 * unlike(page, plain[runs[-1]], 0, 260)
