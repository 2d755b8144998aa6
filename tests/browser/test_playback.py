"""The snapshot that is shown: slider, keys, play, pause, speed and loop."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect
from support.browser import BuiltSite, Explore, Open
from support.explorer import PLACES, address_of, explorer, open_more, ready, snapshot_slider
from support.site_data import header_of, last_step

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("place", PLACES)
def test_slider_moved_shows_that_snapshot(
    built_site: BuiltSite, explore: Explore, place: str
) -> None:
    page = explore(place=place)
    ready(page)
    run = header_of(built_site)
    slider = snapshot_slider(page)
    slider.fill("40")
    address_of(page, "step=40")
    expect(page.locator(".viewer-figures")).to_contain_text(f"{run['iterations'][40]:,}")
    expect(slider).to_have_attribute("aria-valuetext", re.compile(f"{run['iterations'][40]:,}"))


def test_arrow_keys_step_through_the_snapshots(built_site: BuiltSite, explore: Explore) -> None:
    page = explore("step=20")
    slider = snapshot_slider(ready(page))
    for key, step in [
        ("ArrowRight", 21), ("ArrowLeft", 20), ("Shift+ArrowRight", 30), ("Shift+ArrowLeft", 20),
        ("Home", 0), ("ArrowLeft", 0),
    ]:  # fmt: skip
        page.keyboard.press(key)
        expect(slider).to_have_value(str(step))
    page.keyboard.press("End")
    expect(slider).to_have_value(str(last_step(built_site)))
    slider.focus()
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Shift+ArrowLeft")
    expect(slider).to_have_value(str(last_step(built_site) - 11))


def test_ten_step_buttons_move_ten_snapshots(explore: Explore) -> None:
    page = explore("step=20")
    slider = snapshot_slider(ready(page))
    open_more(page)
    page.get_by_role("button", name="Ten steps forward").click()
    expect(slider).to_have_value("30")
    page.get_by_role("button", name="Ten steps back").click()
    expect(slider).to_have_value("20")


@pytest.mark.parametrize("place", PLACES)
def test_play_advances_until_paused(explore: Explore, place: str) -> None:
    page = explore("step=10&speed=8", place=place)
    slider = snapshot_slider(ready(page))
    page.keyboard.press("Space")
    expect(page.get_by_role("button", name="Pause")).to_be_visible()
    page.wait_for_function("() => document.querySelector('input[type=range]').value > 15")
    page.get_by_role("button", name="Pause").click()
    expect(page.get_by_role("button", name="Play", exact=True)).to_be_visible()
    stopped = slider.input_value()
    page.wait_for_timeout(200)
    expect(slider).to_have_value(stopped)
    open_more(page)
    page.get_by_role("button", name="Last snapshot").click()
    page.get_by_role("button", name="Play", exact=True).click()  # from the start again
    page.wait_for_function("() => document.querySelector('input[type=range]').value < 50")


def test_speed_by_list_and_by_key_has_the_same_steps(explore: Explore) -> None:
    page = explore("step=20")
    open_more(ready(page))
    speed = page.get_by_label("Speed", exact=True)
    values = speed.locator("option").evaluate_all("options => options.map((o) => Number(o.value))")
    assert len(values) >= 8
    assert values == sorted(values)
    speed.select_option("1")
    address_of(page, "speed=1")
    speed.blur()
    for value in values[1:]:
        page.keyboard.press("+")
        expect(speed).to_have_value(str(value))
    page.keyboard.press("+")  # there is nothing faster
    expect(speed).to_have_value(str(values[-1]))
    page.keyboard.press("-")
    expect(speed).to_have_value(str(values[-2]))


def test_play_with_loop_starts_again_at_the_end(built_site: BuiltSite, explore: Explore) -> None:
    last = last_step(built_site)
    page = explore(f"step={last - 3}&speed=60")
    open_more(ready(page))
    loop = page.get_by_role("button", name="Loop", exact=True)
    loop.click()
    address_of(page, "loop=on")
    page.keyboard.press("l")
    expect(loop).to_have_attribute("aria-pressed", "false")
    page.keyboard.press("l")
    page.get_by_role("button", name="Play", exact=True).click()
    page.wait_for_function("() => document.querySelector('.viewer-slider').value < 50")
    expect(page.get_by_role("button", name="Pause")).to_be_visible()


def test_play_without_loop_stops_at_the_end(built_site: BuiltSite, explore: Explore) -> None:
    last = last_step(built_site)
    page = explore(f"step={last - 3}&speed=60")
    ready(page).keyboard.press("Space")
    expect(page.get_by_role("button", name="Play", exact=True)).to_be_visible()
    expect(snapshot_slider(page)).to_have_value(str(last))


def test_explorer_with_reduced_motion_does_not_play(built_site: BuiltSite, open_page: Open) -> None:
    page, _ = open_page(
        explorer(built_site, state="step=20&loop=on"),
        before=lambda page: page.emulate_media(reduced_motion="reduce"),
    )
    ready(page).wait_for_timeout(400)
    expect(snapshot_slider(page)).to_have_value("20")


def test_slider_dragged_draws_once_a_frame(built_site: BuiltSite, open_page: Open) -> None:
    page, _ = open_page(explorer(built_site))
    ready(page).wait_for_timeout(300)
    asked = page.evaluate("""() => {
      const request = window.requestAnimationFrame;
      let count = 0;
      window.requestAnimationFrame = (callback) => { count += 1; return request(callback); };
      const slider = document.querySelector("input[type=range]");
      for (let step = 0; step < 90; step += 1) {
        slider.value = String(step);
        slider.dispatchEvent(new Event("input", { bubbles: true }));
      }
      return count;
    }""")
    assert asked == 1
    expect(snapshot_slider(page)).to_have_value("89")
    address_of(page, "step=89")
