"""The files that every page loads: style sheets, scripts and icons, under content-hashed names."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import jinja2
import numpy as np
import rjsmin
from numpy.typing import NDArray

from ginn.config.models import Site
from ginn.figures import social_card
from ginn.figures.theme import PAPER, Colours, colours_of
from ginn.files import hashed, read_text
from ginn.language.words import Words
from ginn.pages import feeds
from ginn.viewer_data.sprite_sheets import target_picture

Labels = NDArray[np.bool_]
# Sides (px) of the icons for home screens. The first is also for Apple's icon.
ICONS = (180, 192, 512)
STYLE = "a style sheet"
# The one script without a hash in its name. An old page loads it if its own files no longer exist.
NEWEST = "assets/newest.js"
STRICT = '"use strict";'
VIEWER, LAB = "viewer.", "lab."  # How the keys of the explorer's and the laboratory's words begin.
# The words of other sections that the explorer also uses.
SHARED = (
    "number.iteration",
    "number.over",
    "number.under",
    "run.good",
    "run.failed",
    "run.worst",
    "run.bad",
    "run.live",
    "run.twin",
    "run.numbered",
    "run.at",
    "run.ended-well",
    "run.ended-failed",
)


def assets(
    folder: Path,
    templates: jinja2.Environment,
    site: Site,
    depth: int,
    labels: Labels,
    words: Words,
) -> tuple[dict[str, bytes], dict[str, str]]:
    """The files by address, and their addresses by name, such as `viewer.js`.

    `folder` has the style sheet and the scripts. `templates` makes the manifest. `depth` is the
    depth of the deepest network. `labels` (n, n) is the picture of the icons. `words` are those of
    the explorer.
    """
    viewer, laboratory = folder / "viewer", folder / "lab"
    style = colour_properties(colours_of(site, depth)) + read_text(folder / "style.css", STYLE)
    contents = {
        "style.css": style.encode(),
        "icon.png": target_picture(labels),
        "viewer.css": read_text(viewer / "viewer.css", STYLE).encode(),
        "words.js": language_script(words),
        "viewer.js": bundle(viewer, listed(viewer, "scripts")),
        "details.js": bundle(viewer, listed(viewer, "details")),
        "lab.css": read_text(laboratory / "lab.css", STYLE).encode(),
        "lab-words.js": lab_script(words),
        "lab.js": bundle(laboratory, listed(laboratory, "scripts")),
    }
    # An article loads `article.js` before `viewer.js`. `details.js` is loaded when the page first
    # shows one of the details, `export.js` when a reader first saves a picture, `by_hand.js` if the
    # article has neurons by hand, and `replay.js` if it has a replay.
    apart = {"article": [], "export": ["clip"], "by_hand": [], "replay": []}
    contents |= {f"{name}.js": bundle(viewer, [name, *more]) for name, more in apart.items()}
    files: dict[str, bytes] = {}
    contents |= {f"icon-{side}.png": social_card.icon(labels, side) for side in ICONS}
    addresses = {name: add(files, f"assets/{name}", content) for name, content in contents.items()}
    icons = {addresses[f"icon-{side}.png"].removeprefix("assets/"): side for side in ICONS}
    manifest = feeds.web_manifest(templates, site, icons, PAPER.light)
    addresses["manifest"] = add(files, "assets/site.webmanifest", manifest)
    return files, addresses


def listed(folder: Path, name: str) -> list[str]:
    """The names of the scripts in a list, in the order in which they are joined."""
    return read_text(folder / f"{name}.txt", "a list of scripts").split()


def bundle(viewer: Path, names: Sequence[str]) -> bytes:
    """One file with these scripts in the order given, without comments.

    One file compresses better than many. The directive at its head applies to all scripts.
    """
    scripts = [rjsmin.jsmin(read_text(viewer / f"{name}.js", "a script")) for name in names]
    joined = "".join(str(script).removeprefix(STRICT) for script in scripts)
    return f"{STRICT}{joined}\n".encode()


def language_script(words: Words) -> bytes:
    """The script with the explorer's words. It comes first and makes the global name `GINN`."""
    own = {key: text for key, text in words.texts.items() if key.startswith(VIEWER)}
    texts = own | {key: words.texts[key] for key in SHARED}
    language = {
        "locale": words.tag,
        "texts": {key.removeprefix(VIEWER): text for key, text in texts.items()},
    }
    text = json.dumps(language, ensure_ascii=False, separators=(",", ":"))
    return f"{STRICT}globalThis.GINN={{language:{text}}};\n".encode()


def newest(addresses: Sequence[str]) -> bytes:
    """The script that tells the viewer the names of the files of the newest site."""
    names = sorted(address.rsplit("/", 1)[-1] for address in addresses)
    return f'GINN.receive("newest",{json.dumps(names)});\n'.encode()


def lab_script(words: Words) -> bytes:
    """The script that adds the laboratory's words to those of the explorer."""
    texts = {key: text for key, text in words.texts.items() if key.startswith(LAB)}
    text = json.dumps(texts, ensure_ascii=False, separators=(",", ":"))
    return f"{STRICT}Object.assign(GINN.language.texts,{text});\n".encode()


def add(files: dict[str, bytes], name: str, content: bytes) -> str:
    """The address of a file, which is added to `files` under a content-hashed name."""
    address = hashed(name, content)
    files[address] = content
    return address


def colour_properties(colours: Colours) -> str:
    """The site's colours as custom properties, light and dark, for the head of the style sheet.

    Words about a layer have a class of their own, since the policy forbids styles in pages.

    A printed page always has the light colours: dark ink on white, also from a dark screen.
    """
    light, dark = (
        "".join(f"--{name}:{shades[theme]};" for name, shades in colours.properties().items())
        for theme in (0, 1)
    )
    words = "".join(f".{kind}-word{{color:var(--{kind}-word)}}" for kind in colours.words())
    return (
        f":root{{color-scheme:light dark;{light}}}\n"
        f"{words}\n"
        f"@media screen and (prefers-color-scheme:dark){{:root{{{dark}}}}}\n"
        "@media print{:root{color-scheme:only light}}\n"
    )
