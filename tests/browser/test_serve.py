"""An author's saves and mistakes, as the page shows them that is open beside the editor."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from conftest import ROOT, BuiltSite, Open
from playwright.sync_api import Page, expect

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(sys.platform == "win32", reason="needs SIGTERM"),
]

PATIENCE = 20_000  # ms, for a machine that does much else; what it took is printed
HEADING = "## One pixel is one data item"
ARTICLE = "content/articles/index.md"


@dataclass(frozen=True)
class Served:
    """A copy of the repository that is served: its folder and its address."""

    root: Path
    address: str

    def change(self, file: str, old: str, new: str) -> None:
        path = self.root / file
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new), encoding="utf-8")


def serve(root: Path, *options: str) -> tuple[subprocess.Popen[str], str]:
    """The server of a copy of the repository, and the address that it prints."""
    process = subprocess.Popen(
        [sys.executable, str(root / "build.py"), "--draft", "--serve", "0", *options],
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, encoding="utf-8",
        env=os.environ | {"PYTHONUNBUFFERED": "1"},
    )  # fmt: skip
    assert process.stdout is not None
    found = re.match(r"Serving (\S+)", process.stdout.readline())
    assert found
    return process, found[1]


def copy_house(root: Path) -> None:
    for name in ("content", "ginn", "templates"):
        shutil.copytree(ROOT / name, root / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "build.py", root)


@pytest.fixture(scope="module")
def served(built_site: BuiltSite, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A copy of the repository, built and served; nothing but pages is to be made."""
    root = tmp_path_factory.mktemp("served") / "house"
    copy_house(root)
    shutil.copytree(built_site.folder.parent / "cache", root / ".ginn")
    process, address = serve(root)
    assert process.stdout is not None
    next(line for line in process.stdout if line.startswith(f"{address} shows it"))
    log = (root / "log").open("w")
    # Somebody must read on, or the server would wait for room in the pipe.
    reader = subprocess.Popen(["cat"], stdin=process.stdout, stdout=log)
    yield Served(root, address)
    process.terminate()
    process.wait(timeout=10)
    reader.wait(timeout=10)
    log.close()


@pytest.fixture
def page(served: Served, open_page: Open) -> Page:
    # An event stream that is cut by a reload is told of as an error.
    return open_page(served.address, complaining=True)[0]


def seconds(what: str, begun: float) -> None:
    print(f"{what}: {time.perf_counter() - begun:.2f} s from save to page")


@pytest.mark.parametrize(
    ("file", "old", "new", "shown"),
    [
        (ARTICLE, HEADING, "## One pixel, one item", "h2:has-text('One pixel, one item')"),
        (
            "templates/article.html", '<h1>', '<h1 class="saved">', "h1.saved",
        ),
    ],
)  # fmt: skip
def test_a_save_shows_by_itself(
    served: Served, page: Page, file: str, old: str, new: str, shown: str
) -> None:
    for before, after, count in ((old, new, 1), (new, old, 0)):
        begun = time.perf_counter()
        served.change(file, before, after)
        expect(page.locator(shown)).to_have_count(count, timeout=PATIENCE)
        seconds(file, begun)


def test_a_saved_style_shows_by_itself(served: Served, page: Page) -> None:
    rule = "\nbody { letter-spacing: 3px; }\n"
    style = served.root / "templates/style.css"
    text = style.read_text(encoding="utf-8")
    for content, spacing in ((text + rule, "3px"), (text, "normal")):
        begun = time.perf_counter()
        style.write_text(content, encoding="utf-8")
        expect(page.locator("body")).to_have_css("letter-spacing", spacing, timeout=PATIENCE)
        seconds("style.css", begun)
