"""The memory of an article with twelve figures: `python tests/benchmarks/long_article.py [SITE]`.

The page is the site's first page. Its text is replaced by twelve copies of its first figure, each
of another run or with other neurons, with text between them. The program scrolls through the page,
and moves the slider of every figure through the run (each tenth snapshot). It prints the number of
live figures, and the memory of the page's process (on Linux only).
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

from chromium import chromium, served
from playwright.sync_api import Page
from viewer import VISIT, renderer

ROOT = Path(__file__).resolve().parents[2]
FIGURES = 12
TEXT = "<p>" + "A paragraph of an article that is read between two of its figures. " * 40 + "</p>\n"


def long_article(page: str) -> str:
    """A page's HTML with FIGURES copies of its first figure."""
    (figure,) = re.findall(r'(?s)<figure id="figure-all".*?</figure>', page)
    runs = sorted(set(re.findall(r"run=(seed-\d+)", page)))
    shown = ("1,2,3,out", "3,out", "2,3")
    body = ""
    for number in range(FIGURES):
        copy = figure.replace("figure-all", f"figure-{number}")
        copy = re.sub(r"run=seed-\d+", f"run={runs[number % len(runs)]}", copy)
        show = shown[number // len(runs) % len(shown)]
        body += TEXT * 3 + re.sub(r"show=[\d,.a-z]+", f"show={show}", copy)
    return re.sub(r'(?s)(<div class="prose">).*?</div>\s*(?=<section)', rf"\g<1>{body}</div>", page)


def read(page: Page, number: int) -> None:
    """Scroll to a figure, and move its slider through the run."""
    images = page.locator(f"#figure-{number} .images")
    images.evaluate("e => e.scrollIntoView({block: 'center'})")
    page.wait_for_selector(f"#figure-{number} .images.live")
    visit = VISIT.replace(
        "document.querySelector(", f"document.querySelector('#figure-{number} ' + "
    )
    last = int(page.locator(f"#figure-{number} .viewer-slider").get_attribute("max") or 0)
    page.evaluate(visit, list(range(0, last + 1, 10)))


def main(site: Path) -> None:
    """Measure and print."""
    html = long_article((site / "index.html").read_text(encoding="utf-8"))
    with served(site) as root, chromium() as browser:
        page = browser.new_page(viewport={"width": 1280, "height": 800})
        page.route("**/long.html", lambda route: route.fulfill(body=html, content_type="text/html"))
        page.goto(f"{root}long.html")
        session = page.context.new_cdp_session(page)
        for number in range(FIGURES):
            read(page, number)
            if (number + 1) % 4 and number:
                continue
            session.send("HeapProfiler.collectGarbage")
            page.wait_for_timeout(500)
            alive, held = page.locator(".images .viewer").count(), renderer(browser)
            told = held and f"{held.now:.0f} MB, at most so far {held.peak:.0f}"
            print(f"{number + 1:2} of {FIGURES} figures read, {alive:2} alive; process {told}")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "site")
