"""What a reader can do on the stage and with the clock: by pointer, by key and by touch."""

from __future__ import annotations

import pytest
from conftest import BuiltSite, Open
from playwright.sync_api import Page, expect
from test_explorer import address_of, data, explorer, ink, ready

pytestmark = pytest.mark.browser


# --- the clock's pace -----------------------------------------------------------------------------


def test_speed_has_eight_steps_by_pointer_and_by_key(
    built_site: BuiltSite, open_page: Open
) -> None:
    page, _ = open_page(explorer(built_site, state="step=20"))
    speed = ready(page).get_by_label("Speed", exact=True)
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


def test_loop_plays_on_from_the_start(built_site: BuiltSite, open_page: Open) -> None:
    last = data(built_site, "index.*.js")["runs"][0]["snapshots"] - 1
    page, _ = open_page(explorer(built_site, state=f"step={last - 3}&speed=60"))
    loop = ready(page).get_by_role("button", name="Loop")
    loop.click()
    address_of(page, "loop=on")
    page.keyboard.press("l")
    expect(loop).to_have_attribute("aria-pressed", "false")
    page.keyboard.press("l")
    page.get_by_role("button", name="Play", exact=True).click()
    page.wait_for_function("() => document.querySelector('.viewer-slider').value < 50")
    expect(page.get_by_role("button", name="Pause")).to_be_visible()


def test_without_loop_playing_ends(built_site: BuiltSite, open_page: Open) -> None:
    last = data(built_site, "index.*.js")["runs"][0]["snapshots"] - 1
    page, _ = open_page(explorer(built_site, state=f"step={last - 3}&speed=60"))
    ready(page).keyboard.press("Space")
    expect(page.get_by_role("button", name="Play", exact=True)).to_be_visible()
    expect(page.get_by_label("Snapshot", exact=True)).to_have_value(str(last))


def test_ten_steps_at_once(built_site: BuiltSite, open_page: Open) -> None:
    page, _ = open_page(explorer(built_site, state="step=20"))
    slider = ready(page).get_by_label("Snapshot", exact=True)
    page.get_by_role("button", name="Ten steps forward").click()
    expect(slider).to_have_value("30")
    page.get_by_role("button", name="Ten steps back").click()
    expect(slider).to_have_value("20")
