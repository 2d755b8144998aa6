"""The explorer in other languages: German, and one made up, in which every word is in brackets."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Route, expect
from support.browser import BuiltSite, Open
from support.explorer import both_ready, explorer, ready, snapshot_slider
from support.site_data import header_of, last_run
from support.words import GERMAN, pseudo

from ginn.language.words import Words
from ginn.pages.assets import language_script

pytestmark = pytest.mark.browser

# All texts that a reader of the explorer sees or hears, by the elements that have them.
TEXTS = """() => {
  const found = [];
  for (const each of document.querySelectorAll(".viewer, .viewer *")) {
    if (each.closest(".viewer-help, .stories, .viewer-caption, noscript")) continue;
    for (const name of ["aria-label", "aria-valuetext", "title", "alt", "placeholder"]) {
      if (each.hasAttribute(name)) found.push(each.getAttribute(name));
    }
    for (const node of each.childNodes) if (node.nodeType === Node.TEXT_NODE) found.push(node.data);
  }
  return found;
}"""
# Names of formats, and the thousands and millions of an axis.
OF_NO_LANGUAGE = re.compile(r"PNG|SVG|HTML|WebM|(?<=\d)[kM]\b")
# Each part of the explorer has its words in one of these states.
STATES = (
    "step=20&trail=3",
    "step=90&show=1&point=0.5,0.4&behind=regions",
    "show=3.1,3.2,out&about={deep}&trail=1&zoom=2.5&behind=error",
    "beside={other}&side=right&own=2&point=0.2,0.2&loop=on",
    "show=1.1&behind=target",
)


def speaking(words: Words) -> Callable[[Page], object]:
    """A change of a page, before it is visited: its explorer has these words."""

    def answer(route: Route) -> None:
        route.fulfill(body=language_script(words), content_type="text/javascript")

    return lambda page: page.route("**/assets/words-*.js", answer)


def test_explorer_in_german_has_german_words_and_decimal_commas(
    built_site: BuiltSite, open_page: Open
) -> None:
    page, _ = open_page(
        explorer(built_site, state="step=90&show=1.1&point=0.25,0.125"), before=speaking(GERMAN)
    )
    ready(page)
    expect(page.locator(".viewer")).to_have_attribute("lang", "de")
    header = header_of(built_site)
    iteration = f"{header['iterations'][90]:,}".replace(",", ".")
    accuracy = f"{100 * header['accuracy'][90]:.1f}".replace(".", ",")
    figures = page.locator(".viewer-figures")
    expect(figures).to_contain_text(f"Genauigkeit{accuracy}\N{NO-BREAK SPACE}%")
    expect(figures).to_contain_text(f"Iteration{iteration}")
    expect(page.locator(".viewer-readout")).to_have_text(
        re.compile(r"^x 0,250; y 0,125 · Ziel (weiß|schwarz) · Netz zu .*\d,\d\s% weiß")
    )
    expect(page.locator(".viewer-canvas canvas")).to_have_attribute(
        "aria-label",
        re.compile(rf"lauf.* bei Iteration {re.escape(iteration)}: 1 Grenze ", re.I),
    )
    slider = page.get_by_label("Aufnahme", exact=True)
    assert "Genauigkeit" in (slider.get_attribute("aria-valuetext") or "")
    # What follows is announced, in the form for the number.
    status = page.get_by_role("status")
    page.get_by_label("Schicht 1, Neuron 2").first.click()
    expect(status).to_have_text(re.compile(r"^2 Grenzen (zu sehen|gewählt, [01] zu sehen)\.$"))
    slider.fill("0")  # so that it plays for long enough
    page.get_by_role("button", name="Abspielen").click()
    page.get_by_role("button", name="Anhalten").click()
    page.get_by_label("Ziel", exact=True).check()
    expect(status).to_contain_text("Hinter den Linien: Ziel.")


@pytest.mark.parametrize("size", [(1280, 720), (360, 740), (640, 360)])
def test_explorer_in_german_has_one_row_of_controls(
    built_site: BuiltSite, open_page: Open, size: tuple[int, int]
) -> None:
    state = f"step=90&beside={last_run(built_site)['id']}"
    page, _ = open_page(explorer(built_site, state=state), size=size, before=speaking(GERMAN))
    row = (
        both_ready(page).locator(".viewer-bar" if size[0] > 1000 else ".viewer-tabs").bounding_box()
    )
    assert row
    assert 25 < row["height"] < 40
    assert page.evaluate("document.documentElement.scrollWidth") == size[0]


def test_explorer_has_no_word_outside_of_the_file_of_words(
    built_site: BuiltSite, open_page: Open
) -> None:
    page, _ = open_page(explorer(built_site), before=speaking(pseudo()))
    ready(page)
    deepest = len(header_of(built_site)["widths"])
    known = {"other": last_run(built_site)["id"], "deep": f"{deepest}.1"}
    seen = 0
    for state in STATES:
        page.evaluate("state => { location.hash = state; }", state.format(**known))
        page.wait_for_timeout(1500)
        texts = page.evaluate(TEXTS)
        bare = [OF_NO_LANGUAGE.sub("", re.sub(r"⟦[^⟧]*⟧", "", text)) for text in texts]
        assert [
            t for t, left in zip(texts, bare, strict=True) if re.search(r"[^\W\d_]{2}", left)
        ] == []
        seen += len(texts)
    assert seen > 500
    page.get_by_role("button", name="Save as SVG").click()
    expect(page.get_by_role("status")).to_contain_text("⟦Saved as ⟧SVG")


def test_explorer_whose_data_is_missing_says_so_in_its_language(
    built_site: BuiltSite, open_page: Open
) -> None:
    def before(page: Page) -> None:
        speaking(GERMAN)(page)
        page.route("**/index.*.js", lambda route: route.abort())

    page, _ = open_page(explorer(built_site), before=before, complaining=True)
    expect(page.get_by_role("status")).to_have_text(
        "Die Daten des Experiments fehlen: Laden fehlgeschlagen."
    )
    page.unroute("**/index.*.js")
    page.get_by_role("button", name="Nochmals versuchen").click()
    ready(page)
    expect(page.get_by_label("Aufnahme", exact=True)).to_be_visible()
    expect(snapshot_slider(page)).to_have_count(0)


def test_figure_of_an_article_is_enlivened_in_the_language(
    built_site: BuiltSite, open_page: Open
) -> None:
    page, _ = open_page(f"{built_site.addresses['http']}index.html", before=speaking(GERMAN))
    page.locator("[data-state]").first.scroll_into_view_if_needed()
    viewer = page.locator(".viewer-compact").first
    expect(viewer.locator(".viewer-canvas")).to_have_attribute("data-lines", "exact")
    expect(viewer).to_have_attribute("lang", "de")
    expect(viewer.get_by_role("button", name=re.compile("^(Abspielen|Anhalten)$"))).to_be_visible()
