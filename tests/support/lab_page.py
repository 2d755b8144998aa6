"""The laboratory's page: an address, and what a page shows."""

from __future__ import annotations

from playwright.sync_api import Locator, Page, expect

from support.browser import BuiltSite

SMALL = "picture=letter&network=5-4&seed=3&rate=0.01&schedule=constant&length=400&batch=16&scale=1"


def lab(site: BuiltSite, place: str = "http", state: str = SMALL) -> str:
    return f"{site.addresses[place]}lab/index.html#{state}"


def figure(page: Page, name: str) -> str:
    """One of the numbers of the snapshot that is shown."""
    row = page.locator(".viewer-figures > div").filter(has_text=name)
    return row.locator("dd").inner_text()


def at(page: Page, iteration: str) -> Page:
    """The page, when it shows this iteration."""
    row = page.locator(".viewer-figures > div").filter(has_text="Iteration")
    expect(row.locator("dd")).to_have_text(iteration)
    return page


def status(page: Page) -> Locator:
    """What the controls say about the training."""
    return page.locator(".lab-controls .lab-status")


def press(page: Page, name: str) -> None:
    page.locator(".lab-controls").get_by_role("button", name=name, exact=True).click()


def whites(page: Page) -> int:
    """The white pixels of the picture in the page's address."""
    page.wait_for_timeout(500)
    found: int = page.evaluate(
        """() => {
          const site = JSON.parse(document.querySelector("[data-laboratory]").dataset.laboratory);
          const { picture } = GINN.setup.read(location.hash, site);
          return picture.reduce((sum, label) => sum + label, 0);
        }"""
    )
    return found
