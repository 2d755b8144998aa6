"""The loss plot, the motion strip and the named snapshots."""

from __future__ import annotations

import re

import numpy as np
import pytest
from playwright.sync_api import expect
from support.browser import BuiltSite, Explore
from support.explorer import EVERYWHERE, address_of, open_more, ready, snapshot_slider
from support.site_data import header_of, last_step

pytestmark = pytest.mark.browser
# The horizontal middles of the mark on the loss curve and of that on the motion strip.
MARKS = """() => [".viewer-dot", ".viewer-cursor"].map((name) => {
  const { left, right } = document.querySelector(name).getBoundingClientRect();
  return (left + right) / 2;
})"""
# What is said about each named snapshot.
ABOUT = {
    "first-good": "^The first snapshot with at least half",
    "last-good": "^The (last snapshot|run ends) with at least half",
    "steepest": r"^The loss falls most steeply, from [\d.]+ to [\d.]+ in one",
}


@pytest.mark.parametrize("size", [(1280, 720), (2560, 1440)])
def test_motion_strip_of_a_wide_screen_has_the_axis_of_the_curve(
    explore: Explore, size: tuple[int, int]
) -> None:
    page = explore("step=20", size=size)
    open_more(ready(page))
    page.locator(".viewer-cursor").wait_for(state="attached")
    for key in ("Home", "End"):
        page.keyboard.press(key)
        page.wait_for_timeout(300)
        dot, cursor = page.evaluate(MARKS)
        assert cursor == pytest.approx(dot, abs=1.5)


def test_loss_plot_pressed_shows_that_snapshot(built_site: BuiltSite, explore: Explore) -> None:
    page = explore()
    box = ready(page).locator(".viewer-plot").bounding_box()
    assert box
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    middle = last_step(built_site) / 2
    page.wait_for_function(
        "middle => Math.abs(document.querySelector('.viewer-slider').value - middle) < 1",
        arg=middle,
    )


@pytest.mark.parametrize(("place", "size"), EVERYWHERE)
def test_motion_strip_shows_the_runs_motion_and_leads_there(
    built_site: BuiltSite, explore: Explore, place: str, size: tuple[int, int]
) -> None:
    page = explore("step=20", place=place, size=size)
    run = header_of(built_site)
    open_more(ready(page))
    strip = page.locator(".viewer-activity")
    strip.scroll_into_view_if_needed()
    areas = strip.locator("path[style]")
    expect(areas).to_have_count(4)
    for row, motion in enumerate(run["motion"]):
        tops = re.findall(r"V([\d.]+)H", areas.nth(row).get_attribute("d") or "")
        heights = (row + 1) * 10 - np.array([float(top) for top in tops])
        expected = 9 * np.minimum(1, np.sqrt(np.array(motion) / 0.05))
        np.testing.assert_allclose(heights, expected, atol=0.006)
    box = strip.bounding_box()
    assert box
    page.mouse.click(box["x"] + box["width"] * 0.75, box["y"] + box["height"] / 2)
    step = round(0.75 * (len(run["loss"]) - 1))
    address_of(page, f"step={step}")
    for name, motion in zip(("L1", "L2", "L3", "out"), run["motion"], strict=True):
        expect(page.locator(".viewer-motion span", has_text=name).last).to_contain_text(
            f"{float(f'{100 * motion[step]:.2g}'):g}%"
        )


@pytest.mark.parametrize(("place", "size"), EVERYWHERE)
def test_named_snapshots_are_reached_by_button_and_key(
    built_site: BuiltSite, explore: Explore, place: str, size: tuple[int, int]
) -> None:
    run = header_of(built_site)
    named = run["named_snapshots"]
    assert [each["name"] for each in named if "good" not in each["name"]] == ["steepest"]
    page = explore("step=0", place=place, size=size)
    group = ready(page).get_by_role("group", name="Named snapshots")
    slider = snapshot_slider(page)
    for each in named:
        button = group.get_by_role("button", name=each["name"].replace("-", " "))
        expect(button).to_have_attribute("title", re.compile(ABOUT[each["name"]]))
        button.click()
        expect(slider).to_have_value(str(each["step"]))
        expect(button).to_have_attribute("aria-pressed", "true")
    button.blur()
    page.keyboard.press("Home")
    steps = sorted({each["step"] for each in named} - {0})
    for step in steps:
        page.keyboard.press("m")
        expect(slider).to_have_value(str(step))
    page.keyboard.press("m")  # and round again
    expect(slider).to_have_value(str(named[0]["step"]))
