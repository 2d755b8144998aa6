"""Illustrations: an author's own picture files, placed by Markdown's own `![text](cat.png)`.

A picture lies in its article's folder. It goes to the site as it is, under a content-hashed name,
and its element states the size, so that the page does not move when it comes. SVG is left out: a
browser runs the scripts of one that is opened by its own address. So are pictures that move.
"""

from __future__ import annotations

import re
import warnings
from pathlib import Path
from urllib.parse import unquote
from xml.etree.ElementTree import Element

from markdown import Markdown
from markdown.extensions import Extension
from markdown.treeprocessors import Treeprocessor
from PIL import Image

from ginn.config.models import InputError
from ginn.dataset.dataset import MOST_PICTURE_PIXELS
from ginn.errors import one_line, quoted
from ginn.files import hashed, within

FOLDER = "pictures"  # of the site
# Pillow's names of what every browser shows, and the suffix that tells a host what it is.
KINDS = {"PNG": ".png", "JPEG": ".jpg", "WEBP": ".webp", "GIF": ".gif"}
SUFFIXES = (*KINDS.values(), ".jpeg")
# Turned by a quarter: such a photograph's width is its height (Exif 2.3, tag Orientation).
ORIENTATION, TURNED = 0x0112, (5, 6, 7, 8)
GPS = 0x8825  # Exif 2.3, tag GPSInfo


class IllustrationError(InputError):
    """A picture that cannot be placed; `pattern` finds the line of the article that names it."""

    def __init__(self, pattern: str, found: str, allowed: str, mend: str) -> None:
        """What was found, what is allowed, and how to mend it, in one line."""
        self.pattern = pattern
        super().__init__(f"found {found}, allowed: {allowed}; {mend}")


class Illustrations(Extension):
    """Markdown's pictures as files of the site.

    `folder` is the article's and `root` leads from its page to the site's root. `files` are those
    that were placed: address relative to the root -> content.
    """

    def __init__(self, folder: Path, root: str) -> None:
        """Nothing is read before Markdown finds a picture."""
        super().__init__()
        self.folder, self.root = folder, root
        self.files: dict[str, bytes] = {}

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802
        """Look at the pictures once Markdown's inline patterns (priority 20) have made them."""
        md.treeprocessors.register(_Placing(md, self), "illustrations", 15)

    def place(self, picture: Element) -> None:
        """Make a picture's element lead to a file of the site.

        Raises IllustrationError where it has no text, or names no picture in the folder.
        """
        named = picture.get("src", "")
        if not picture.get("alt", "").strip():
            raise IllustrationError(
                rf"!\[\s*\].*{re.escape(named)}",
                f"a picture without a text, {quoted(named)}",
                f"![what it shows]({one_line(named)})",
                "say it for those who do not see it",
            )
        file = _file(self.folder, named)
        width, height, suffix = _measured(file, named)
        content = file.read_bytes()
        stem = re.sub(r"[^a-z0-9]+", "-", file.stem.lower()).strip("-") or "picture"
        address = hashed(f"{FOLDER}/{stem}{suffix}", content)
        self.files[address] = content
        about = {"src": self.root + address, "width": str(width), "height": str(height)}
        for name, value in (about | {"loading": "lazy", "decoding": "async"}).items():
            picture.set(name, value)


class _Placing(Treeprocessor):
    """Hands every picture of an article to its illustrations."""

    def __init__(self, md: Markdown, illustrations: Illustrations) -> None:
        super().__init__(md)
        self.illustrations = illustrations

    def run(self, root: Element) -> None:
        """Place the pictures of a whole article."""
        for picture in root.iter("img"):
            self.illustrations.place(picture)


def beside(folder: Path) -> list[Path]:
    """Every file that an article of a folder may show, in order."""
    found = (path for path in folder.rglob("*") if path.suffix.lower() in SUFFIXES)
    return sorted(path for path in found if path.is_file())


def _file(folder: Path, named: str) -> Path:
    """The file in `folder` that an article names."""
    path = unquote(named)

    def refused(found: str, mend: str) -> IllustrationError:
        allowed = f"a file in {folder}, as {', '.join(SUFFIXES)}"
        return IllustrationError(re.escape(named), found, allowed, mend)

    if re.match(r"[a-zA-Z][\w+.-]*:|//", path):
        raise refused(f"the address {quoted(named)}", "copy the picture there")
    if not path.lower().endswith(SUFFIXES):
        why = ", for SVG can hold scripts" if path.lower().endswith(".svg") else ""
        raise refused(f"the picture {quoted(named)}", f"save it as PNG{why}")
    try:
        file = within(folder, folder / path)
        there = file.is_file()
    except (OSError, ValueError) as error:
        found = f"{quoted(named)}, which leads out of the folder"
        raise refused(found, "copy the picture there") from error
    if not there:
        raise refused(f"no file {quoted(named)}", "put it there, or mend its name")
    return file


def _measured(file: Path, named: str) -> tuple[int, int, str]:
    """Width and height (px) of a picture as browsers show it, and the suffix of what it is."""
    with warnings.catch_warnings():
        # Pillow warns of what is odd and shown all the same, and of size, which has a limit here.
        warnings.simplefilter("ignore")
        try:
            with Image.open(file, formats=list(KINDS)) as image:
                _require_small_and_still(image, named)
                image.load()
                turned = image.getexif().get(ORIENTATION) in TURNED
                _require_no_place(image, named)
                suffix = KINDS[str(image.format)]
        except IllustrationError:
            raise
        # A damaged file makes decoders fail in ways of their own; all mean the same.
        except Exception as error:
            found = f"{quoted(named)}, which is not a picture that can be read"
            raise IllustrationError(
                re.escape(named),
                f"{found} ({one_line(error, 80)})",
                ", ".join(KINDS),
                "save it again as PNG",
            ) from error
    width, height = image.size
    return (height, width, suffix) if turned else (width, height, suffix)


def _require_no_place(image: Image.Image, named: str) -> None:
    """IllustrationError for a photograph that tells where it was taken: it is copied as it is."""
    if image.getexif().get_ifd(GPS):
        raise IllustrationError(
            re.escape(named),
            f"{quoted(named)}, which tells where it was taken (GPS)",
            "a picture that does not",
            "save it again without its location",
        )


def _require_small_and_still(image: Image.Image, named: str) -> None:
    """IllustrationError for a picture that phones cannot decode, or that moves by itself."""
    if image.width * image.height > MOST_PICTURE_PIXELS:
        raise IllustrationError(
            re.escape(named),
            f"{quoted(named)} of {image.width} x {image.height} pixels",
            f"at most {MOST_PICTURE_PIXELS:,} in all",
            "make it smaller",
        )
    if getattr(image, "n_frames", 1) > 1:
        raise IllustrationError(
            re.escape(named),
            f"{quoted(named)}, which moves",
            "a picture of one frame",
            "save the frame that you mean",
        )
