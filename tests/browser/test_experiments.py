"""A site of two pictures in a real browser: each explorer is of its own network."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect
from support.browser import Open
from support.two_pictures import write_first, write_second

import build as story

pytestmark = pytest.mark.browser

# Hidden neurons and the output's own thumbnail.
NEURONS = {"explore/index.html": 3 + 2 + 1, "explore/bottle/index.html": 5 + 1}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The address of a site of two pictures, on the disk."""
    root = tmp_path_factory.mktemp("two")
    content = write_second(write_first(root / "content"))
    places = ("--content", content, "--site", root / "site", "--cache", root / "cache")
    assert story.main(["--draft", "--jobs", "1", *map(str, places)]) == 0
    return f"{(root / 'site').as_uri()}/"


def drawn(page: Page) -> None:
    """Waits until the explorer has drawn its exact lines."""
    expect(page.locator("[data-lines=exact]").first).to_be_visible()


def neurons(page: Page) -> int:
    # The thumbnails come after the first lines.
    page.locator(".viewer-neuron").first.wait_for(state="attached")
    return page.locator(".viewer-neuron").count()


@pytest.mark.parametrize("size", [(1280, 800), (360, 740)])
def test_explorer_of_each_experiment_shows_its_own_network(
    site: str, open_page: Open, size: tuple[int, int]
) -> None:
    page, _ = open_page(f"{site}explore/index.html", size=size)
    for title, address in (
        ("The cat", "explore/index.html"),
        ("The bottle", "explore/bottle/index.html"),
        ("The cat", "explore/index.html"),
    ):
        page.get_by_role("navigation", name="Experiments").get_by_role("link", name=title).click()
        drawn(page)
        assert page.url.partition("#")[0] == site + address
        expect(page.get_by_role("heading", level=1)).to_have_text(f"Explore: {title}")
        assert neurons(page) == NEURONS[address]
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_figure_opens_the_explorer_of_its_experiment(site: str, open_page: Open) -> None:
    page, journal = open_page(f"{site}bottle/index.html")
    figure = page.locator("#figure-end")
    figure.scroll_into_view_if_needed()
    expect(figure.locator(".images")).to_have_class("images live")
    (index,) = {url for url in journal.requests if "/data/index" in url}
    state = figure.locator(".images").get_attribute("data-state")
    figure.locator(".open-explorer").click()
    drawn(page)
    assert page.url.startswith(f"{site}explore/bottle/index.html#")
    assert state
    assert state.partition("&")[0] in page.url
    assert neurons(page) == NEURONS["explore/bottle/index.html"]
    assert index in journal.requests[journal.requests.index(index) + 1 :]
