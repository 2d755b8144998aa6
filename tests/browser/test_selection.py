"""Which neurons are shown: by buttons, by keys, and one alone."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect
from support.browser import Explore
from support.explorer import PLACES, address_of, pressed_neurons, ready, thumbnail

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("place", PLACES)
def test_neuron_and_layer_buttons_toggle_what_is_shown(explore: Explore, place: str) -> None:
    page = explore(place=place)
    ready(page)
    page.get_by_role("button", name="None", exact=True).click()
    address_of(page, "show=none")
    neuron = thumbnail(page, 2, 7)
    neuron.click()
    address_of(page, "show=2.7")
    expect(neuron).to_have_attribute("aria-pressed", "true")
    layer = page.get_by_role("button", name="Layer 2", exact=True)
    expect(layer).to_have_attribute("aria-pressed", "mixed")
    layer.click()
    address_of(page, "show=2")
    expect(layer).to_have_attribute("aria-pressed", "true")
    neuron.focus()
    page.keyboard.press("Space")
    address_of(page, "show=2.1-6,2.8-16")
    page.get_by_role("button", name="Output boundary").click()
    address_of(page, "show=2.1-6,2.8-16,out")
    page.get_by_role("button", name="All", exact=True).click()
    address_of(page, "show=all,out")


def test_double_click_alt_click_and_o_show_one_neuron(explore: Explore) -> None:
    page = explore()
    neuron = thumbnail(ready(page), 2, 7)
    neuron.dblclick()
    address_of(page, "show=2.7")
    other = thumbnail(page, 3, 1)
    other.click(modifiers=["Alt"])
    address_of(page, "show=3.1")
    neuron.focus()
    page.keyboard.press("o")
    address_of(page, "show=2.7")
    expect(pressed_neurons(page)).to_have_count(1)


def test_digit_keys_toggle_layers(explore: Explore) -> None:
    page = explore()
    ready(page)
    for key, show in [("2", "1,3"), ("3", "1"), ("2", "1,2"), ("n", "none"), ("1", "1")]:
        page.keyboard.press(key)
        address_of(page, f"show={show}")
    for key in ("a", "0"):
        page.keyboard.press("n")
        address_of(page, "show=none")
        page.keyboard.press(key)
        address_of(page, "show=all,out")
    expect(page.get_by_role("button", name="Layer 2", exact=True)).to_have_attribute(
        "aria-pressed", "true"
    )
