"""The processor time of a page in a profile of its own: `CHROMIUM=PATH python windows.py`.

The browser tests open a few hundred such pages, so the time of an empty one matters to them.
"""

from __future__ import annotations

import os

from chromium import chromium

PAGES = 8


def main() -> None:
    """Open pages one after the other, and print the processor time of the browser's processes."""
    with chromium() as browser:
        for _ in range(PAGES):
            context = browser.new_context()
            context.new_page().goto("data:text/html,<p>page")
            context.close()
    spent = os.times()
    print(f"{PAGES} pages: {spent.children_user + spent.children_system:.1f} s of processor time")


if __name__ == "__main__":
    main()
