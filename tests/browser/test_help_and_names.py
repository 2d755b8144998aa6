"""The help, the status line, and the names of all controls."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect
from support.browser import BuiltSite, Explore, Open
from support.explorer import explorer, open_more, open_tab, ready, snapshot_slider
from support.site_data import first_run, header_of, title_of

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("size", [(1280, 800), (360, 740)])
def test_help_closed_gives_the_focus_back(explore: Explore, size: tuple[int, int]) -> None:
    page = explore("step=20", size=size)
    open_tab(ready(page), "View")
    button = page.get_by_role("button", name="Help", exact=True)
    dialog = page.get_by_role("dialog", name="Help")
    button.click()
    expect(dialog).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.keyboard.press("ArrowRight")  # the clock rests
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(button).to_be_focused()
    expect(snapshot_slider(page)).to_have_value("20")
    slider = snapshot_slider(page)
    slider.focus()
    page.keyboard.press("?")
    expect(dialog).to_be_visible()
    dialog.get_by_role("button", name="Close help").click()
    expect(dialog).to_be_hidden()
    expect(slider).to_be_focused()


def test_help_names_every_kind_of_control(explore: Explore) -> None:
    page = explore()
    ready(page).keyboard.press("?")
    text = page.get_by_role("dialog").inner_text()
    for word in ["Run", "Play", "Speed", "Loop", "Zoom", "Trail", "Output", "Target", "Error",
                 "Layer 1", "Layer 2", "Layer 3", "All", "None", "PNG", "SVG"]:  # fmt: skip
        assert word in text, word


def test_status_line_says_what_changed(built_site: BuiltSite, open_page: Open) -> None:
    page, _ = open_page(explorer(built_site, state="step=20"))
    expect(ready(page).get_by_role("status")).to_have_count(1)
    told = page.get_by_role("status")
    expect(told).to_have_text("")
    page.keyboard.press("2")
    expect(told).to_have_text(re.compile(r"^32 boundaries chosen, \d+ in sight\.$"))
    page.keyboard.press("ArrowRight")
    run = first_run(built_site)
    iteration = header_of(built_site, run["id"])["iterations"][21]
    expect(told).to_have_text(f"{title_of(run)} at iteration {iteration:,}.")
    page.get_by_role("button", name="Zoom in").click()
    page.get_by_label("Error", exact=True).check()
    expect(told).to_have_text("Behind the lines: Error. Zoom 2.")


def names(page: Page, role: str) -> list[str]:
    """What the browser tells a screen reader of the elements of a role, in their order."""
    tree = page.context.new_cdp_session(page).send("Accessibility.getFullAXTree")
    return [
        node["name"]["value"]
        for node in tree["nodes"]
        if not node["ignored"] and node["role"]["value"] == role
    ]


def test_headings_are_announced_by_their_words(built_site: BuiltSite, open_page: Open) -> None:
    page, _ = open_page(built_site.addresses["http"] + "methods/index.html")
    told = names(page, "heading")
    assert len(told) > 5
    assert not [name for name in told if "#" in name or "Link to" in name]
    assert "Link to this section" in names(page, "link")
    assert "#" not in names(page, "link")


def test_every_control_is_announced_once_and_by_a_name(
    built_site: BuiltSite, explore: Explore
) -> None:
    page = explore("step=90&show=2&trail=3")
    ready(page)
    buttons = names(page, "button")
    assert len(buttons) > 50
    assert len(set(buttons)) == len(buttons)
    for role in ("button", "slider", "radio"):
        assert all(names(page, role)), role
    sliders = page.locator("input[type=range]")
    told = sliders.evaluate_all("all => all.map((e) => e.ariaValueText)")
    header = header_of(built_site)
    assert told[0].startswith(f"iteration {header['iterations'][90]:,}, loss ")
    assert told[1] == "drawn for at most 4 boundaries"
    open_more(page)
    page.get_by_label("Trail", exact=True).fill("0")
    expect(sliders.nth(1)).to_have_attribute("aria-valuetext", "off")
