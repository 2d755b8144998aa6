"""From a save to the page that shows it: `python tests/benchmarks/saves.py [OPTIONS OF build.py]`.

A copy of the repository is served, as the whole report or as `--draft`, and its first page is open
in a Chromium. Saves of an article, of a template and of the style sheet are timed, each of content
that was never built; the median and the worst of each kind are printed.
"""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
import time
from pathlib import Path

from chromium import chromium
from playwright.sync_api import Page, expect

sys.path.insert(0, str(Path(__file__).parents[1]))
from support.serving import Served, copy_repository, serving

SAVES = 10  # of each kind


def save(server: Served, page: Page, kind: str, number: int) -> float:
    """The seconds from a save of new content until the page shows it."""
    shown = f"saved-{kind}-{number}"
    begun = time.perf_counter()
    if kind == "prose":
        server.change("content/articles/index.md", "\n## One pixel", f"\n{shown}\n\n## One pixel")
        expect(page.get_by_text(shown, exact=True)).to_have_count(1, timeout=60_000)
    elif kind == "template":
        server.change("templates/partials/base.html", "<body>", f"<body>\n<i hidden>{shown}</i>")
        expect(page.get_by_text(shown, exact=True)).to_have_count(1, timeout=60_000)
    else:
        server.change("templates/style.css", "\nbody {", f"\nbody {{ --{shown}: 1px; }}\nbody {{")
        page.wait_for_function(
            f"() => getComputedStyle(document.body).getPropertyValue('--{shown}')", timeout=60_000
        )
    return time.perf_counter() - begun


def main() -> None:
    """Time the saves and print a row a kind."""
    with tempfile.TemporaryDirectory() as folder, chromium() as browser:
        root = Path(folder) / "repository"
        copy_repository(root)
        options = ["--site", str(root / "site"), "--cache", str(root / "cache"), *sys.argv[1:]]
        with serving(root, *options) as server:
            page = browser.new_page()
            page.goto(server.address)
            for kind in ("prose", "template", "style"):
                took = [save(server, page, kind, number) for number in range(SAVES)]
                print(
                    f"{kind:10} {SAVES} saves: median {statistics.median(took):.2f} s, "
                    f"worst {max(took):.2f} s",
                    flush=True,
                )
    if hasattr(os, "getloadavg"):
        print(f"other work meanwhile: a load of {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")


if __name__ == "__main__":
    main()
