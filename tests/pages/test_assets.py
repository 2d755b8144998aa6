"""The files that every page loads: style sheets, scripts and icons."""

from __future__ import annotations

import gzip
import json
import re
import shutil
from pathlib import Path

import pytest
from support.pages import plain_report
from support.words import ENGLISH

from ginn.errors import AuthorError
from ginn.figures.theme import colours_of
from ginn.files import TEMPLATES, hashed
from ginn.pages.assets import ICONS, assets, bundle, colour_properties
from ginn.pages.templates import environment

VIEWER = TEMPLATES / "viewer"
# The largest sizes of the viewer's scripts, compressed (bytes).
MOST_BYTES = 25_000
MOST_BYTES_BY_HAND = 4_000


def made(folder: Path = TEMPLATES) -> tuple[dict[str, bytes], dict[str, str]]:
    """The assets of the plain report's site, with style sheet and scripts from `folder`."""
    report = plain_report()
    labels = report.dataset.labels
    return assets(folder, environment(TEMPLATES, ENGLISH), report.site, 3, labels, ENGLISH)


def test_assets_have_content_hashed_addresses() -> None:
    files, addresses = made()
    assert sorted(files) == sorted(addresses.values())
    assert {"style.css", "viewer.css", "viewer.js", "details.js", "article.js", "export.js"} < set(
        addresses
    )
    for name, address in addresses.items():
        original = "site.webmanifest" if name == "manifest" else name
        assert address == hashed(f"assets/{original}", files[address])


def test_manifest_names_the_icons_with_their_sides() -> None:
    files, addresses = made()
    icons = json.loads(files[addresses["manifest"]])["icons"]
    assert {icon["src"]: icon["sizes"] for icon in icons} == {
        addresses[f"icon-{side}.png"].removeprefix("assets/"): f"{side}x{side}" for side in ICONS
    }


@pytest.mark.parametrize(
    ("changed", "address"),
    [
        ("kinks.js", "viewer.js"),
        ("export.js", "export.js"),
        ("regions.js", "details.js"),
        ("by_hand.js", "by_hand.js"),
        ("viewer.css", "viewer.css"),
        ("../lab/tracer.js", "lab.js"),
    ],
)
def test_assets_after_a_change_differ_in_one_address(
    tmp_path: Path, changed: str, address: str
) -> None:
    folder = tmp_path / "templates"
    shutil.copytree(TEMPLATES, folder)
    path = folder / "viewer" / changed
    path.write_text(path.read_text() + ("\n;{}\n" if changed.endswith(".js") else "\n.a {}\n"))
    before, after = made()[1], made(folder)[1]
    assert {name for name in before if before[name] != after[name]} == {address}


def test_bundle_has_scripts_in_order_without_comments_and_one_directive(tmp_path: Path) -> None:
    for name in ("b", "a"):
        script = f'// About {name}.\n"use strict";\n{{\n  /** Its name. */\n  run("{name}");\n}}\n'
        (tmp_path / f"{name}.js").write_text(script)
    assert bundle(tmp_path, ["b", "a"]) == b'"use strict";{run("b");}{run("a");}\n'


def test_bundle_with_a_script_that_is_missing_names_it(tmp_path: Path) -> None:
    with pytest.raises(AuthorError, match=r"kinks\.js"):
        bundle(tmp_path, ["kinks"])


def test_viewer_bundle_has_every_script_and_is_light() -> None:
    names = (VIEWER / "scripts.txt").read_text().split()
    apart = [
        "article",
        "by_hand",
        "clip",
        "export",
        "replay",
        *(VIEWER / "details.txt").read_text().split(),
    ]
    assert sorted([*names, *apart]) == sorted(path.stem for path in VIEWER.glob("*.js"))
    made_bundle = bundle(VIEWER, names)
    assert len(gzip.compress(made_bundle)) <= MOST_BYTES
    text = made_bundle.decode()
    assert text.count("use strict") == 1
    for name in names:
        exported = re.sub("_(.)", lambda letter: letter[1].upper(), name)
        assert f"GINN.{exported}=" in text
    assert not re.search(r"/\*\*|^\s*(//|\*)", text, re.MULTILINE)


def test_script_of_neurons_by_hand_is_light() -> None:
    assert len(gzip.compress(bundle(VIEWER, ["by_hand"]))) <= MOST_BYTES_BY_HAND


def test_lab_bundle_has_every_script_and_is_light() -> None:
    lab = TEMPLATES / "lab"
    names = (lab / "scripts.txt").read_text().split()
    assert sorted(names) == sorted(path.stem for path in lab.glob("*.js"))
    assert len(gzip.compress(bundle(lab, names))) <= MOST_BYTES


def test_colour_properties_are_the_same_names_light_and_dark() -> None:
    colours = colours_of(plain_report().site, 2)
    rules = [
        re.findall(r"--([\w-]+):([^;]+);", line) for line in colour_properties(colours).splitlines()
    ]
    light, words, dark, printed = (dict(rule) for rule in rules)
    assert not words
    named = colours.properties()
    assert light == {name: shades[0] for name, shades in named.items()}
    assert dark == {name: shades[1] for name, shades in named.items()}
    assert not printed
    assert "layer-2" in light
