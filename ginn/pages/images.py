"""The author's own images, placed with Markdown's `![text](cat.png)`.

An image's file is in the folder of its article, or in `pictures/` or `static/` beside this folder.
It is copied unchanged to the site, under a content-hashed name. Its element states the size, so
that the page does not move when the image is loaded. SVG is refused, because a browser runs the
scripts of an SVG file that is opened by its own address. Animated images are refused, too.

The images of an article are found when it is rendered. They are then read through `ginn.files`.
"""

from __future__ import annotations

import io
import posixpath
import re
import warnings
from collections.abc import Callable
from pathlib import Path
from urllib.parse import unquote
from xml.etree.ElementTree import Element

from markdown import Markdown
from markdown.extensions import Extension
from markdown.treeprocessors import Treeprocessor
from PIL import Image, ImageFile, IptcImagePlugin, UnidentifiedImageError

from ginn.config.policy import Policy
from ginn.dataset.image import MOST_PICTURE_PIXELS
from ginn.errors import AuthorError, one_line, quoted
from ginn.files import found_in, hashed, is_file, paths_in, read_bytes, within
from ginn.pages.policy import NOTHING_MORE, is_allowed_elsewhere

FOLDER = "pictures"  # a folder of the site
# Folders beside that of the articles, whose images an article can show, too.
BESIDE = ("pictures", "static")
# The suffixes of the formats that every browser shows, by Pillow's name of the format.
KINDS = {"PNG": ".png", "JPEG": ".jpg", "WEBP": ".webp", "GIF": ".gif"}
SUFFIXES = (*KINDS.values(), ".jpeg")
# A phone's photograph may have a second picture after the first, which browsers do not show.
SUFFIX_OF = {**KINDS, "MPO": ".jpg"}
# Orientations by a quarter turn, which exchange width and height (Exif 2.3, tag Orientation).
ORIENTATION, TURNED = 0x0112, (5, 6, 7, 8)
GPS = 0x8825  # Exif 2.3, tag GPSInfo
# The tags of GPSInfo for a location: latitude and longitude of the camera and of the object, and
# the name of the area. The others are versions, times, heights and directions.
LOCATIONS_IN_GPS = (2, 4, 20, 22, 28)
# The properties of XMP, and the datasets of IPTC-IIM, for a location.
LOCATIONS_IN_XMP = re.compile(
    rb"exif:GPS(?:Dest)?(?:Latitude|Longitude)|photoshop:(?:City|State)|geo:(?:lat|long)\b"
    rb"|Iptc4xmp(?:Core|Ext):(?:Location|Sublocation|City)"
)
LOCATIONS_IN_IPTC = ((2, 90), (2, 92), (2, 95))


class Images(Extension):
    """Markdown's images as files of the site.

    `folder` is the article's folder. `root` is the link from its page to the site's root. `line_of`
    finds the line of a text in the article. `files` has the placed images: address relative to the
    root -> content. An image from elsewhere is left as it is, if `policy` allows it.
    """

    def __init__(
        self,
        folder: Path,
        root: str,
        line_of: Callable[..., int],
        policy: Policy = NOTHING_MORE,
    ) -> None:
        """Nothing is read before Markdown finds an image."""
        super().__init__()
        self.folder, self.root, self.line_of, self.policy = folder, root, line_of, policy
        self.files: dict[str, bytes] = {}

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802
        """Process the images after Markdown's inline patterns (priority 20), which make them."""
        md.treeprocessors.register(_Placing(md, self), "images", 15)

    def place(self, image: Element) -> None:
        """Make an image's element refer to a file of the site.

        Raises AuthorError if it has no alternative text, or names no image that can be shown.
        """
        named = image.get("src", "")
        if not image.get("alt", "").strip():
            calls = (f"![{text}]({bracket}{named}" for text in ("", " ") for bracket in ("", "<"))
            raise AuthorError(
                f"an image without a text, {quoted(named)}",
                f"![what it shows]({one_line(named)})",
                "describe it for those who do not see it",
                line=self.line_of(*calls, named),
            )
        if is_allowed_elsewhere(named, self.policy):
            image.set("loading", "lazy")
            return
        try:
            file = _file(self.folder, named)
            content = read_bytes(file, "an image")
            width, height, suffix = _measured(content, named)
            size = _shown_size(image, width, height, named)
        except AuthorError as error:
            raise error.at(line=self.line_of(f"({named}", f"(<{named}", named)) from error
        stem = re.sub(r"[^a-z0-9]+", "-", file.stem.lower()).strip("-") or "picture"
        address = hashed(f"{FOLDER}/{stem}{suffix}", content)
        self.files[address] = content
        about = {"src": self.root + address, **size}
        for name, value in (about | {"loading": "lazy", "decoding": "async"}).items():
            image.set(name, value)


class _Placing(Treeprocessor):
    """Passes every image of an article to its `Images`."""

    def __init__(self, md: Markdown, images: Images) -> None:
        super().__init__(md)
        self.images = images

    def run(self, root: Element) -> None:
        """Place the images of a whole article."""
        for image in root.iter("img"):
            self.images.place(image)


def images_in(folder: Path) -> list[Path]:
    """All image files that the articles of a folder can show."""
    folders = (folder, *(folder.parent / name for name in BESIDE))
    paths = [path for each in folders for path in paths_in(each, "**/*")]
    return [path for path in paths if path.suffix.lower() in SUFFIXES and is_file(path)]


def _shown_size(image: Element, width: int, height: int, named: str) -> dict[str, str]:
    """The size in pixels at which an image is shown: its own, or one that its author set.

    An author sets the width or the height, as in `![text](cat.png){width=300}`. The other one
    follows from the image's shape.
    """
    set_by_author = {
        side: image.get(side, "") for side in ("width", "height") if side in image.attrib
    }
    if not set_by_author:
        return {"width": str(width), "height": str(height)}
    (side, written), *more = set_by_author.items()
    size = re.fullmatch(r"([1-9]\d{0,4})(?:px)?", written)
    if more or not size:
        found = " ".join(f"{side}={quoted(value)}" for side, value in set_by_author.items())
        allowed = f"![text]({one_line(named)}){{width=300}}, a width in pixels"
        raise AuthorError(found, allowed)
    scale = int(size[1]) / (width if side == "width" else height)
    return {
        "width": str(max(1, round(width * scale))),
        "height": str(max(1, round(height * scale))),
    }


def _place(folder: Path, path: str) -> tuple[Path, str]:
    """The folder of images that an address leads to, and the file's path in this folder.

    An address is relative to the article's folder. If it names no file there, a first part
    "static/" or "pictures/" is the folder beside it.
    """
    first, _, rest = posixpath.normpath(path).removeprefix("../").partition("/")
    if first in BESIDE and (path.startswith("..") or not is_file(folder / path)):
        return folder.parent / first, rest
    return folder, path


def _file(folder: Path, named: str) -> Path:
    """The image file that an article in `folder` names."""
    path = unquote(named)
    places = ", ".join(f"../{name}" for name in BESIDE)
    allowed = f"a file in {folder}, {places}, as {', '.join(SUFFIXES)}"
    if re.match(r"[a-zA-Z][\w+.-]*:|//", path):
        raise AuthorError(f"the address {quoted(named)}", allowed, "copy the image there")
    if not path.lower().endswith(SUFFIXES):
        why = ", since SVG can hold scripts" if path.lower().endswith(".svg") else ""
        raise AuthorError(f"the image {quoted(named)}", allowed, f"save it as PNG{why}")
    try:
        place, path = _place(folder, path)
        file = within(place, found_in(place, path))
    except (AuthorError, ValueError) as error:
        found = f"{quoted(named)}, which leads out of the folder"
        raise AuthorError(found, allowed, "copy the image there") from error
    if not is_file(file):
        raise AuthorError(f"no file {quoted(named)}", allowed, "put it there, or mend its name")
    return file


def _measured(content: bytes, named: str) -> tuple[int, int, str]:
    """The width and height (px) of an image as browsers show it, and the suffix of its format."""
    with warnings.catch_warnings():
        # Pillow warns of faults in files that can be shown, and of sizes, which are checked here.
        warnings.simplefilter("ignore")
        try:
            with Image.open(io.BytesIO(content), formats=list(KINDS)) as image:
                _require_small_and_single(image, named)
                image.load()
                width, height = image.size
                turned = image.getexif().get(ORIENTATION) in TURNED
                _require_no_location(image, content, named)
                suffix = SUFFIX_OF[str(image.format)]
        except AuthorError:
            raise
        # Each decoder raises other exceptions for a damaged file. All have the same meaning.
        except Exception as error:
            known = isinstance(error, UnidentifiedImageError)
            found = f"{quoted(named)}, which is not an image that can be read"
            found += "" if known else f" ({one_line(error, 80)})"
            raise AuthorError(found, ", ".join(KINDS), "save it again as PNG") from error
    return (height, width, suffix) if turned else (width, height, suffix)


def _require_no_location(image: ImageFile.ImageFile, content: bytes, named: str) -> None:
    """Raise AuthorError for a photograph that says where it was taken: the file is published."""
    described = [value for value in image.info.values() if isinstance(value, bytes | str)]
    texts = [value if isinstance(value, bytes) else value.encode() for value in described]
    iptc = IptcImagePlugin.getiptcinfo(image) or {}
    place = (
        any(_has_location_in_exif(image, frame) for frame in range(getattr(image, "n_frames", 1)))
        or any(LOCATIONS_IN_XMP.search(text) for text in (content, *texts))
        or any(key in iptc for key in LOCATIONS_IN_IPTC)
    )
    if place:
        raise AuthorError(
            f"{quoted(named)}, which states where it was taken",
            "an image that does not",
            "save it again without its location",
        )


def _has_location_in_exif(image: Image.Image, frame: int) -> bool:
    """Whether a frame's Exif has a position. Many cameras write a table that has none."""
    image.seek(frame)
    return any(tag in LOCATIONS_IN_GPS for tag in image.getexif().get_ifd(GPS))


def _require_small_and_single(image: Image.Image, named: str) -> None:
    """Raise AuthorError for an image that is too large for phones, or that is animated."""
    if image.width * image.height > MOST_PICTURE_PIXELS:
        raise AuthorError(
            f"{quoted(named)} of {image.width} x {image.height} pixels",
            f"at most {MOST_PICTURE_PIXELS:,} in all",
            "make it smaller",
        )
    if getattr(image, "n_frames", 1) > 1 and image.format != "MPO":
        raise AuthorError(
            f"{quoted(named)}, which is animated",
            "an image of one frame",
            "save one frame as a file of its own",
        )
