"""The development server: saved files and mistakes show on the open page."""

from __future__ import annotations

import re
import shutil
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Page, expect
from support.browser import BuiltSite, Open
from support.checkers import axe_violations
from support.paths import ROOT
from support.serving import Served, copy_repository, serving
from support.shorter_draft import shorten

from ginn.devserver import server
from ginn.devserver.error_page import error_html
from ginn.devserver.server import SiteStatus
from ginn.errors import AuthorError

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(sys.platform == "win32", reason="needs SIGTERM"),
]

PATIENCE = 20_000  # ms, for a busy machine; the time it took is printed
HEADING = "## One neuron draws one line"
ARTICLE = "content/articles/index.md"


@pytest.fixture(scope="module")
def served(built_site: BuiltSite, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A copy of the repository, built and served; only its pages are made again."""
    root = tmp_path_factory.mktemp("served") / "repository"
    copy_repository(root)
    shorten(root / "content")
    shutil.copytree(built_site.folder.parent / "cache", root / ".ginn")
    with serving(root, "--draft") as server:
        yield server


@pytest.fixture
def page(served: Served, open_page: Open) -> Page:
    # The browser reports an event stream that a reload closes as an error.
    return open_page(served.address, complaining=True)[0]


def seconds(what: str, begun: float) -> None:
    print(f"{what}: {time.perf_counter() - begun:.2f} s from save to page")


@pytest.mark.parametrize(
    ("file", "old", "new", "shown"),
    [
        (ARTICLE, HEADING, "## One neuron, one line", "h2:has-text('One neuron, one line')"),
        (
            "templates/pages/article.html", '<h1>', '<h1 class="saved">', "h1.saved",
        ),
    ],
)  # fmt: skip
def test_file_saved_shows_on_the_open_page(
    served: Served, page: Page, file: str, old: str, new: str, shown: str
) -> None:
    for before, after, count in ((old, new, 1), (new, old, 0)):
        begun = time.perf_counter()
        served.change(file, before, after)
        expect(page.locator(shown)).to_have_count(count, timeout=PATIENCE)
        seconds(file, begun)


def test_style_saved_shows_on_the_open_page(served: Served, page: Page) -> None:
    rule = "\nbody { letter-spacing: 3px; }\n"
    style = served.root / "templates/style.css"
    text = style.read_text(encoding="utf-8")
    for content, spacing in ((text + rule, "3px"), (text, "normal")):
        begun = time.perf_counter()
        style.write_text(content, encoding="utf-8")
        expect(page.locator("body")).to_have_css("letter-spacing", spacing, timeout=PATIENCE)
        seconds("style.css", begun)


def test_page_reloaded_keeps_its_place_and_its_state(served: Served, page: Page) -> None:
    page.goto(f"{served.address}explore/index.html")
    page.keyboard.press("ArrowRight")
    expect(page).to_have_url(re.compile("step=1"))
    explorer = page.url
    other = page.context.new_page()
    other.goto(f"{served.address}methods/index.html")
    other.evaluate("scrollTo(0, 1500)")
    served.change("templates/partials/base.html", "<body>", '<body class="saved">')
    for each in (page, other):
        each.bring_to_front()
        expect(each.locator("body.saved")).to_have_count(1, timeout=PATIENCE)
    expect(page).to_have_url(explorer)
    other.wait_for_function("() => scrollY === 1500")
    served.change("templates/partials/base.html", '<body class="saved">', "<body>")
    expect(other.locator("body.saved")).to_have_count(0, timeout=PATIENCE)
    other.close()


PANEL = "#ginn-serve"


def test_mistake_is_shown_over_the_page_until_it_is_mended(served: Served, page: Page) -> None:
    before = {path: path.read_bytes() for path in (served.root / "site").rglob("*.html")}
    panel = page.locator(PANEL)
    expect(panel).to_be_hidden()
    article = served.root / ARTICLE
    begun = time.perf_counter()
    served.change(ARTICLE, HEADING, HEADING + "\n\n{{ facts.<b>bold</b>absent }}")
    line = article.read_text(encoding="utf-8").splitlines().index("{{ facts.<b>bold</b>absent }}")
    expect(panel).to_be_visible(timeout=PATIENCE)
    seconds("a mistake", begun)
    expect(panel).to_contain_text(f"index.md:{line + 1}")
    expect(panel.locator("mark")).to_contain_text("{{ facts.<b>bold</b>absent }}")
    expect(panel.locator("dt", has_text="Allowed")).to_be_visible()
    assert panel.locator("b").count() == 0
    # The old page is there beneath, and every other page says the same.
    expect(page.locator("h2", has_text="One neuron draws one line")).to_have_count(1)
    panel.get_by_role("button", name="Hide").click()
    expect(panel).to_be_hidden()
    page.goto(f"{served.address}methods/")
    expect(panel).to_contain_text(f"index.md:{line + 1}")
    assert {path: path.read_bytes() for path in before} == before
    served.change(ARTICLE, "{{ facts.<b>bold</b>absent }}", "Said and mended.")
    begun = time.perf_counter()
    expect(panel).to_be_hidden(timeout=PATIENCE)
    seconds("a mended mistake", begun)
    page.goto(served.address)
    expect(page.get_by_text("Said and mended.")).to_have_count(1)
    served.change(ARTICLE, "\n\nSaid and mended.", "")
    expect(page.get_by_text("Said and mended.")).to_have_count(0, timeout=PATIENCE)


def test_mistake_undone_goes_away(served: Served, page: Page) -> None:
    panel = page.locator(PANEL)
    served.change("templates/pages/article.html", "<h1>", "{{ absent }}<h1>")
    expect(panel).to_contain_text("article.html:9", timeout=PATIENCE)
    expect(panel).to_contain_text("'absent' is undefined")
    served.change("templates/pages/article.html", "{{ absent }}<h1>", "<h1>")
    expect(panel).to_be_hidden(timeout=PATIENCE)


def test_server_without_a_site_shows_the_mistake(
    served: Served, tmp_path: Path, open_page: Open
) -> None:
    content = tmp_path / "content"
    shutil.copytree(served.root / "content", content)
    report = content / "report.toml"
    text = report.read_text(encoding="utf-8")
    report.write_text(text.replace("batch = 128", "batch = 0"), encoding="utf-8")
    shutil.copytree(served.root / ".ginn", tmp_path / "cache")
    options = ("--draft", "--content", str(content), "--cache", str(tmp_path / "cache"))
    with serving(served.root, *options, built=False) as server:
        page, _ = open_page(f"{server.address}methods/index.html", complaining=True)
        panel = page.locator(PANEL)
        expect(panel).to_contain_text("experiment[0].batch", timeout=PATIENCE)
        expect(panel.locator("mark")).to_contain_text("batch = 0")
        expect(page.get_by_role("heading", level=1)).to_have_text("There is no site yet")
        report.write_text(text, encoding="utf-8")
        expect(page.get_by_role("heading", level=1)).to_have_text("Methods", timeout=PATIENCE)
        expect(panel).to_be_hidden()


BADGE = "#ginn-serve-build"
MISTAKE = AuthorError(
    "'a_long_name_without_spaces_that_is_wider_than_the_window_of_a_telephone'",
    "cite, claims_table, confidence, draft, evidence, experiments, explore, facts, figure",
    "braces that are text stand between {% raw %} and {% endraw %}",
    path=ROOT / "content/articles/index.md",
    line=20,
    key="site",
)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_badge_shows_how_far_a_build_is_without_moving_the_page(
    tmp_path: Path, open_page: Open, scheme: Literal["light", "dark"]
) -> None:
    site = tmp_path / "site"
    site.mkdir()
    (site / "build.json").write_text("{}")
    words = "<p>Some words.</p>" * 100
    (site / "index.html").write_text(
        f'<!doctype html><html lang="en"><meta name="color-scheme" content="light dark">'
        f"<title>A page</title><body><main><h1>A page</h1>{words}</main></body></html>"
    )
    status = SiteStatus(site)
    with server.serving(status, ROOT / "templates/devserver", [0]) as port:
        page, journal = open_page(f"http://127.0.0.1:{port}/", complaining=True)
        page.emulate_media(color_scheme=scheme)
        page.evaluate(WATCH_SHIFTS)
        spoken = page.locator(f"{BADGE} [role=status]")
        expect(spoken).to_have_text("")
        expect(page.locator(f"{BADGE} progress")).to_be_hidden()
        status.begin_build()
        expect(spoken).to_have_text("Building")
        status.report("full-runs", 0.4)
        expect(spoken).to_have_text("Building: full runs")
        bar = page.get_by_role("progressbar", name="Building: full runs")
        expect(bar).to_have_js_property("value", 0.4)
        page.wait_for_timeout(1000)
        expect(page.locator(BADGE)).to_have_css("opacity", "1")
        assert contrast(page) >= 4.5
        box = page.locator(BADGE).bounding_box()
        assert box is not None
        assert box["height"] < 40
        page.screenshot(path=tmp_path / f"badge-{scheme}.png")
        status.report("full-runs", 0.6)
        expect(bar).to_have_js_property("value", 0.6)
        # A mistake that was hidden stays hidden while the next build runs.
        status.publish("<button>Hide</button> no", running=True)
        page.get_by_role("button", name="Hide").click()
        status.report("full-runs", 0.8)
        expect(bar).to_have_js_property("value", 0.8)
        expect(page.locator(PANEL)).to_be_hidden()
        status.publish("")
        expect(spoken).to_have_text("")
        expect(bar).to_be_hidden()
        assert page.evaluate("() => shifts") == []
        assert journal.requests


@pytest.mark.checker
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_no_violation_in_what_the_server_shows(
    tmp_path: Path, open_page: Open, scheme: Literal["light", "dark"]
) -> None:
    site = tmp_path / "site"
    site.mkdir()
    status = SiteStatus(site)
    status.publish(error_html(MISTAKE), running=True)
    status.report("full-runs", 0.4)
    with server.serving(status, ROOT / "templates/devserver", [0]) as port:
        page, _ = open_page(f"http://127.0.0.1:{port}/", complaining=True)
        page.emulate_media(color_scheme=scheme)
        page.set_viewport_size({"width": 360, "height": 740})
        expect(page.get_by_role("progressbar")).to_be_visible()
        page.wait_for_timeout(1000)
        assert axe_violations(page) == []
        # The mistake fits a phone, and its button is large enough to be touched.
        assert page.evaluate("document.documentElement.scrollWidth") <= 360
        box = page.get_by_role("button", name="Hide").bounding_box()
        assert box
        assert box["height"] >= 24
        page.screenshot(path=tmp_path / f"overlay-{scheme}.png")


WATCH_SHIFTS = """() => {
  globalThis.shifts = [];
  new PerformanceObserver((list) => shifts.push(...list.getEntries().map((entry) => entry.value)))
    .observe({ type: "layout-shift" });
}"""
COLOURS = """(badge) => ["color", "backgroundColor"].map(
  (name) => getComputedStyle(badge)[name].match(/[\\d.]+/g).slice(0, 3).map(Number))"""


def contrast(page: Page) -> float:
    """The contrast of the badge's words with its ground (WCAG 2, from 1 to 21)."""
    levels = [
        sum(part * (value / 3294.6 if value <= 10 else ((value / 255 + 0.055) / 1.055) ** 2.4)
            for part, value in zip((0.2126, 0.7152, 0.0722), colour, strict=True))
        for colour in page.locator(BADGE).evaluate(COLOURS)
    ]  # fmt: skip
    return (max(levels) + 0.05) / (min(levels) + 0.05)


def test_site_on_the_disk_has_nothing_of_the_server(served: Served, page: Page) -> None:
    assert page.locator("script[src='/_serve/reload.js']").count() == 1
    for path in (served.root / "site").rglob("*"):
        assert not path.is_file() or b"_serve" not in path.read_bytes(), path


def test_page_served_keeps_to_its_policy(served: Served, open_page: Open) -> None:
    page, journal = open_page(served.address)
    events = f"{served.address}_serve/events"
    for _ in range(100):
        if events in journal.requests:
            break
        page.wait_for_timeout(50)
    assert events in journal.requests
    assert all(url.startswith((served.address, "data:")) for url in journal.requests)
