"""The link checker finds every kind of mistake, and no mistake in a correct site."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from support.link_checker import complaints
from support.paths import ROOT

BASE = "https://a.example/name/"
WHOLE = {
    "index.html": b'<a href="#one">a</a><a href="x/index.html#two">b</a><p id="one">'
    b'<link href="assets/a.css"><link href="assets/a.webmanifest"><div data-index="data/i.js">',
    "404.html": b'<a href="https://a.example/name/index.html">home</a>',
    "x/index.html": b'<p id="two"><a href="../index.html">a</a><a href="https://b.example/">b</a>',
    "assets/a.css": b"a { background: url(a.png) }",
    "assets/a.png": b"",
    "assets/a.webmanifest": b'{"start_url": "../index.html", "icons": [{"src": "a.png"}]}',
    "data/i.js": b'G.receive("i", {"files": ["run/sheet.webp"]})',
    "data/run/sheet.webp": b"",
    "sitemap.xml": b"<loc>https://a.example/name/x/</loc>",
}


def test_complaints_of_a_whole_site_are_none() -> None:
    assert complaints(WHOLE, BASE) == []


@pytest.mark.parametrize(
    ("file", "old", "new", "said"),
    [
        ("index.html", b"#one", b"#none", "index.html: #none: no such id"),
        ("index.html", b"x/index.html#two", b"x/index.html#no", "x/index.html#no: no such id"),
        ("index.html", b"x/index.html", b"y/index.html", "y/index.html#two leads nowhere"),
        ("index.html", b"x/index.html", b"x/", "x/#two leads nowhere"),
        ("index.html", b"x/index.html", b"/x/index.html", "leaves the site"),
        ("index.html", b"x/index.html", b"../index.html", "leaves the site"),
        ("index.html", b"assets/a.css", b"https://b.example/a.css", "of another host"),
        ("index.html", b"assets/a.css", b"data:text/css,a", "of another host, or"),
        ("index.html", b"assets/a.css", b"assets/b.css", "assets/a.css: an orphan"),
        ("index.html", b'<p id="one">', b'<p id="one"><p id="one">', "id 'one' twice"),
        ("404.html", b"name/index", b"name/home", "home.html leads nowhere"),
        ("404.html", b"a.example", b"evil.example", ""),
        ("assets/a.css", b"a.png", b"b.png", "b.png leads nowhere"),
        ("assets/a.webmanifest", b"a.png", b"b.png", "b.png leads nowhere"),
        ("data/i.js", b"run/sheet", b"run/steel", "data/run/sheet.webp: an orphan"),
        ("data/i.js", b"run/sheet", b"run/steel", "run/steel.webp leads nowhere"),
        ("sitemap.xml", b"x/", b"z/", "sitemap.xml: https://a.example/name/z/ leads nowhere"),
        ("x/index.html", b'<a href="https:', b'<img src="https:', "of another host"),
    ],
)
def test_complaints_of_a_mistake_name_it(file: str, old: bytes, new: bytes, said: str) -> None:
    broken = WHOLE | {file: WHOLE[file].replace(old, new)}
    assert broken != WHOLE
    found = complaints(broken, BASE)
    assert any(said in complaint for complaint in found) if said else found == []


def test_complaints_of_a_page_without_links_to_it_call_it_an_orphan() -> None:
    assert complaints(WHOLE | {"y/index.html": b"<p>"}, BASE) == ["y/index.html: an orphan"]


def test_link_checker_program_fails_on_a_dead_link(tmp_path: Path) -> None:
    (tmp_path / "index.html").write_bytes(b"<p>nothing linked")
    command = [sys.executable, str(ROOT / "tests/support/link_checker.py"), str(tmp_path), BASE]
    assert subprocess.run(command, check=False, capture_output=True).returncode == 0
    (tmp_path / "index.html").write_bytes(b'<a href="x.html">')
    broken = subprocess.run(command, check=False, capture_output=True, text=True)
    assert broken.returncode == 1
    assert "x.html leads nowhere" in broken.stdout
