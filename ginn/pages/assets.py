"""What every page loads: style, scripts and icons, as the site has them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import jinja2
import numpy as np
import rjsmin
from numpy.typing import NDArray

from ginn.config.models import Site
from ginn.figures import social_card
from ginn.figures.theme import PAPER, Colours, colours_of
from ginn.files import hashed
from ginn.pages import feeds
from ginn.viewer_data.sprite_sheets import target_picture

Labels = NDArray[np.bool_]
# Sides (px) of the icons for home screens; Apple's takes the first.
ICONS = (180, 192, 512)


def assets(
    folder: Path, templates: jinja2.Environment, site: Site, depth: int, labels: Labels
) -> tuple[dict[str, bytes], dict[str, str]]:
    """Style, scripts and icons under content-hashed names: their files, and name -> address.

    `folder` holds the style sheet and the scripts, and `templates` makes the manifest. `depth` is
    that of the deepest network, `labels` (n, n) the picture of the icons.
    """
    style = (
        colour_properties(colours_of(site, depth)).encode() + (folder / "style.css").read_bytes()
    )
    contents = {"style.css": style, "icon.png": target_picture(labels)}
    viewer = folder / "viewer"
    contents["viewer.css"] = (viewer / "viewer.css").read_bytes()
    contents["viewer.js"] = _bundle(viewer, (viewer / "scripts.txt").read_text("utf-8").split())
    # What few ask for, or what is there before the viewer, is a file of its own.
    contents |= {f"{name}.js": _bundle(viewer, [name]) for name in ("article", "save")}
    files: dict[str, bytes] = {}
    contents |= {f"icon-{side}.png": social_card.icon(labels, side) for side in ICONS}
    addresses = {name: add(files, f"assets/{name}", content) for name, content in contents.items()}
    icons = {addresses[f"icon-{side}.png"].removeprefix("assets/"): side for side in ICONS}
    manifest = feeds.web_manifest(templates, site, icons, PAPER.light)
    addresses["manifest"] = add(files, "assets/site.webmanifest", manifest)
    return files, addresses


def _bundle(viewer: Path, names: Sequence[str]) -> bytes:
    """Scripts as one file, which compresses better than many, and best in the viewer's order.

    Comments are for whoever changes the scripts, and one directive at the head holds for all.
    """
    scripts = [rjsmin.jsmin((viewer / f"{name}.js").read_text(encoding="utf-8")) for name in names]
    directive = '"use strict";'
    return (directive + "".join(str(s).removeprefix(directive) for s in scripts) + "\n").encode()


def add(files: dict[str, bytes], name: str, content: bytes) -> str:
    """Add a file under a content-hashed name, and give its address."""
    address = hashed(name, content)
    files[address] = content
    return address


def colour_properties(colours: Colours) -> str:
    """The site's colours as custom properties, light and dark, ahead of the style sheet.

    Paper is always light: a page printed from a dark screen is dark ink on white.
    """
    light, dark = (
        "".join(f"--{name}:{shades[theme]};" for name, shades in colours.properties().items())
        for theme in (0, 1)
    )
    return (
        f":root{{color-scheme:light dark;{light}}}\n"
        f"@media screen and (prefers-color-scheme:dark){{:root{{{dark}}}}}\n"
        "@media print{:root{color-scheme:only light}}\n"
    )
