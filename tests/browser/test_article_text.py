"""The text of an article: contents, section links, notes and citations."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect
from support.browser import BuiltSite, Open
from support.explorer import PLACES

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("place", PLACES)
def test_contents_mark_the_section_that_is_read(
    built_site: BuiltSite, open_page: Open, place: str
) -> None:
    page, _ = open_page(f"{built_site.addresses[place]}index.html")
    links = page.locator(".contents a")
    current = page.locator(".contents a[aria-current]")
    expect(current).to_have_count(0)
    for index in (0, 2, 1):
        links.nth(index).click()
        expect(current).to_have_count(1)
        expect(links.nth(index)).to_have_attribute("aria-current", "true")
    page.set_viewport_size({"width": 1280, "height": 2400})  # the last heading never comes high
    page.keyboard.press("End")
    expect(links.last).to_have_attribute("aria-current", "true")
    expect(current).to_have_count(1)


def test_link_to_a_section_shows_when_pointed_at(built_site: BuiltSite, open_page: Open) -> None:
    page, _ = open_page(built_site.addresses["http"])
    heading = page.locator(".prose > h2").nth(1)
    anchor = heading.locator(".anchor")
    expect(anchor).to_have_css("opacity", "0")
    heading.hover()
    expect(anchor).to_have_css("opacity", "1")
    anchor.click()
    assert page.url.endswith(f"#{heading.get_attribute('id')}")


# Each note with its paragraph.
NOTES = """notes => notes.map(note => {
  const box = (e) => e.getBoundingClientRect().toJSON();
  return [box(note), box(note.parentElement)];
})"""
COVERED = """() => [...document.querySelectorAll(".note")].flatMap(note => {
  const a = note.getBoundingClientRect();
  return [...document.querySelectorAll(".figure, .evidence, .prose > p, .prose > h2")]
    .filter(other => !other.contains(note)).map(e => e.getBoundingClientRect())
    .filter(b => a.left < b.right && b.left < a.right)
    .filter(b => a.top < b.bottom && b.top < a.bottom);
}).length"""


def test_note_stands_in_the_margin_and_covers_nothing(
    built_site: BuiltSite, open_page: Open
) -> None:
    found = 0
    for address in ("index.html", "failures/index.html", "methods/index.html"):
        page, _ = open_page(built_site.addresses["http"] + address)
        for width in (1600, 1280, 1056, 820, 360):
            page.set_viewport_size({"width": width, "height": 800})
            boxes = page.locator(".note").evaluate_all(NOTES)
            found += len(boxes)
            for note, paragraph in boxes:
                assert paragraph["top"] <= note["top"] <= paragraph["bottom"]
                assert note["right"] <= width
                if width >= 1056:
                    assert note["left"] > paragraph["right"]
                else:
                    assert paragraph["left"] <= note["left"]
                    assert note["right"] <= paragraph["right"]
            assert page.evaluate(COVERED) == 0, (address, width)
        page.emulate_media(media="print")
        for note in page.locator(".note").all():
            expect(note).to_be_visible()
    assert found >= 5 * 4


@pytest.mark.parametrize("size", [(1280, 800), (820, 900), (360, 740)])
def test_source_shown_covers_nothing_and_can_be_closed(
    built_site: BuiltSite, open_page: Open, size: tuple[int, int]
) -> None:
    page, _ = open_page(built_site.addresses["http"], size=size)
    for index in range(page.locator(".citation").count()):
        word = page.locator(".citation").nth(index)
        source, link = word.locator(".source"), word.locator("a")
        link.focus()
        expect(source).to_be_visible()
        shown, place = source.bounding_box(), link.bounding_box()
        assert shown
        assert place
        assert shown["x"] >= 0
        assert shown["x"] + shown["width"] <= size[0]
        above = place["y"] - shown["y"] - shown["height"]
        below = shown["y"] - place["y"] - place["height"]
        assert 0 <= max(above, below) < 30, "it covers its word, or is far from it"
        page.keyboard.press("Escape")
        expect(source).to_be_hidden()
        expect(link).to_be_focused()
    word.hover()
    page.mouse.move(0, 0)
    page.wait_for_timeout(50)
    expect(source).to_be_hidden()  # put away is put away while the focus is there
    link.evaluate("e => e.blur()")
    page.mouse.move(0, 0)
    word.hover()
    expect(source).to_be_visible()
    source.hover()
    expect(source).to_be_visible()


def test_citation_shows_its_source_on_hover_and_on_focus(
    built_site: BuiltSite, open_page: Open
) -> None:
    page, _ = open_page(built_site.addresses["http"])
    citation = page.locator(".citation").first
    source = citation.locator(".source")
    expect(source).to_be_hidden()
    citation.hover()
    expect(source).to_be_visible()
    page.mouse.move(0, 0)
    expect(source).to_be_hidden()
    citation.locator("a").focus()
    expect(source).to_be_visible()
    citation.locator("a").click()
    expect(page.locator(".references li").first).to_be_in_viewport()


def test_pages_hold_no_undefined_numbers(built_site: BuiltSite) -> None:
    pages = sorted(built_site.folder.rglob("*.html"))
    assert len(pages) > 4
    for page in pages:
        words = re.sub(r"<[^>]*>", " ", page.read_text("utf-8"))
        assert not re.search(r"(?<!\w)(nan|inf|undefined)(?!\w)", words), page
