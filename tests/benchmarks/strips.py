"""Film strips as vectors and as cut from the sheets: `python tests/benchmarks/strips.py [SITE]`.

For every strip of the site's first page: the bytes of its images as they are (SVG, each gzipped, as
a static host sends it), and of one picture with the same frames put together from the sprite sheets
(lossless WebP, 100 px a frame, the lines' tiles over the output's). That picture has half the
pixels that a screen of double density shows, and lacks the output's own line.
"""

from __future__ import annotations

import io
import json
import re
import sys
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from chromium import compressed
from PIL import Image

from ginn.viewer_data.sheet_layout import TILE

ROOT = Path(__file__).resolve().parents[2]


def headers(site: Path) -> dict[str, tuple[Path, dict[str, Any]]]:
    """Run id -> the data folder and the run's header."""
    found = {}
    for file in site.glob("data/**/*.js"):
        text = file.read_text(encoding="utf-8")
        if '"sprites":' in text:
            header = json.loads(text[text.index("{") : text.rindex("}") + 1])
            found[header["id"]] = (file.parent.parent, header)
    return found


def frame(folder: Path, header: dict[str, Any], state: dict[str, str]) -> Image.Image:
    """One view, put together from the sheets."""
    step = int(state["step"])
    ground = Image.new("RGB", (TILE, TILE), "white")
    if state["behind"] == "output":
        sheets = header["sprites"]["output"]
        columns = sheets["columns"]
        ground = cut(folder, sheets, step // columns**2, step, step // columns % columns)
        ground = ground.convert("RGB").resize((TILE, TILE), Image.Resampling.LANCZOS)
    for term in state["show"].split(","):
        layer, _, unit = term.partition(".")
        if term == "out":
            continue
        sheets = header["sprites"]["layers"][int(layer) - 1]
        row, a_band = int(unit or 0), sheets["rows_per_band"]
        bands = -(-sheets["rows"] // a_band)
        number = step // sheets["columns"] * bands + row // a_band
        lines = cut(folder, sheets, number, step, row % a_band).convert("RGBA")
        ground.paste(lines, mask=lines)
    return ground


def cut(folder: Path, sheets: dict[str, Any], number: int, step: int, row: int) -> Image.Image:
    """A tile in one row of one sheet."""
    side, x, y = sheets["tile"], step % sheets["columns"] * sheets["tile"], row * sheets["tile"]
    return Image.open(folder / sheets["files"][number]).crop((x, y, x + side, y + side))


def main(site: Path) -> None:
    """Measure and print."""
    page = (site / "index.html").read_text(encoding="utf-8")
    runs = headers(site)
    for name, body in re.findall(
        r'(?s)<figure id="figure-([\w-]+)" class="figure strip(.*?)</figure>', page
    ):
        images = [site / unquote(each) for each in re.findall(r'<img src="([^"]+)"', body)]
        places = re.findall(r'class="label"><a href="([^"]+)"', body)
        states = [dict(parse_qsl(urlsplit(p.replace("&amp;", "&")).fragment)) for p in places]
        strip = Image.new("RGB", (TILE * len(states), TILE))
        for number, state in enumerate(states):
            folder, header = runs[state["run"]]
            strip.paste(frame(folder, header, state), (TILE * number, 0))
        stream = io.BytesIO()
        strip.save(stream, "WEBP", lossless=True, quality=60, method=4)
        vectors = sum(map(compressed, images))
        print(f"{name}: {len(states)} frames; {vectors:,} bytes as vectors, ", end="")
        print(f"{len(stream.getvalue()):,} cut from the sheets")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "site")
