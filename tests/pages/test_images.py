"""An author's own pictures: what is placed is what was there, and what cannot be is said so."""

from __future__ import annotations

import io
import re
import shutil
import sys
from html import unescape
from html.parser import HTMLParser
from pathlib import Path

import pytest
from pages.test_site import BODY_LINE, TEMPLATES, write
from PIL import Image
from support.link_checker import complaints
from support.pages import render_site
from support.paths import ROOT
from support.report_double import make_report
from support.skips import LACKS_A_RIGHT

from ginn.errors import AuthorError
from ginn.pages.images import images_in


def picture(
    kind: str = "PNG", size: tuple[int, int] = (30, 20), orientation: int = 1, place: bool = False
) -> bytes:
    stream = io.BytesIO()
    exif = Image.Exif()
    if place:
        exif.get_ifd(0x8825).update({1: "N", 2: (55.0, 57.0, 0.0)})  # GPSLatitude
    if orientation > 1:
        exif[0x0112] = orientation
    Image.new("RGB", size, "teal").save(stream, kind, exif=exif)
    return stream.getvalue()


def moving() -> bytes:
    frames = [Image.new("RGB", (8, 8), colour) for colour in ("red", "teal")]
    stream = io.BytesIO()
    frames[0].save(stream, "GIF", save_all=True, append_images=frames[1:])
    return stream.getvalue()


class Pictures(HTMLParser):
    """The attributes of a page's pictures."""

    def __init__(self, html: bytes) -> None:
        """Read the whole page."""
        super().__init__()
        self.found: list[dict[str, str | None]] = []
        self.feed(html.decode())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "img":
            self.found.append(dict(attrs))


def placed(site: dict[str, bytes], page: str = "index.html") -> list[dict[str, str | None]]:
    return Pictures(site[page]).found


@pytest.mark.parametrize(
    ("kind", "name", "suffix"),
    [("PNG", "my cat.PNG", "png"), ("JPEG", "a/cat.jpeg", "jpg"), ("WEBP", "cat.webp", "webp"),
     ("GIF", "cat.gif", "gif"), ("PNG", "\N{CYRILLIC SMALL LETTER KA}.jpg", "png")],
)  # fmt: skip
def test_a_picture_goes_to_the_site_as_it_is_with_its_size(
    kind: str, name: str, suffix: str, tmp_path: Path
) -> None:
    content = picture(kind)
    (tmp_path / name).parent.mkdir(exist_ok=True)
    (tmp_path / name).write_bytes(content)
    write(tmp_path, f"Before ![A *teal* cat](<{name}>) after.")
    write(tmp_path, f"![The same]({name.replace(' ', '%20')})", "deep")
    site = render_site(make_report(), tmp_path, TEMPLATES)
    assert complaints(site, elsewhere=("data/",)) == []
    (address,) = (each for each in site if each.startswith("pictures/"))
    assert site[address] == content
    assert re.fullmatch(rf"pictures/(my-cat|cat|picture)-[0-9a-f]{{10}}\.{suffix}", address)
    (shown,), (deep,) = placed(site), placed(site, "deep/index.html")
    assert shown["src"] == address
    assert deep["src"] == f"../{address}"
    assert (shown["width"], shown["height"], shown["loading"]) == ("30", "20", "lazy")
    assert "teal" in str(shown["alt"])


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_photograph_on_its_side_has_the_size_that_browsers_show(
    orientation: int, tmp_path: Path
) -> None:
    content = picture("JPEG", (30, 20), orientation)
    (tmp_path / "cat.jpg").write_bytes(content)
    write(tmp_path, "![A cat](cat.jpg)")
    (shown,) = placed(render_site(make_report(), tmp_path, TEMPLATES))
    turned = orientation >= 5  # Exif 2.3, 4.6.4 A: rows stand for columns from there on
    assert (shown["width"], shown["height"]) == (("20", "30") if turned else ("30", "20"))


@pytest.mark.parametrize(
    ("markdown", "said"),
    [
        ("![](cat.png)", "a picture without a text, 'cat.png', allowed: ![what it shows](cat.png)"),
        ("![A cat](dog.png)", "no file 'dog.png'"),
        ("![A cat](../cat.png)", "'../cat.png', which leads out of the folder"),
        ("![A cat](/etc/cat.png)", "which leads out of the folder"),
        ("![A cat](out.png)", "which leads out of the folder"),
        ("![A cat](a%00b.png)", "which leads out of the folder"),
        (f"![A cat]({'a' * 5000}.png)", "which leads out of the folder"),
        ("![A cat](https://a.example/cat.png)", "the address 'https://a.example/cat.png'"),
        ("![A cat](//a.example/cat.png)", "the address"),
        ("![A cat](data:image/png;base64,AAAA)", "the address"),
        ("![A cat](cat.svg)", "save it as PNG, for SVG can hold scripts"),
        ("![A cat](cat.tiff)", "allowed: a file in"),
        ("![A cat](text.png)", "which is not a picture that can be read"),
        ("![A cat](half.png)", "which is not a picture that can be read"),
        ("![A cat](moving.gif)", "which moves, allowed: a picture of one frame"),
        ("![A cat](home.jpg)", "which tells where it was taken (GPS)"),
        ("![A cat](folder.png)", "no file 'folder.png'"),
    ],
)
def test_what_cannot_be_shown_is_refused_with_its_line(
    markdown: str, said: str, tmp_path: Path
) -> None:
    folder = tmp_path / "articles"
    (folder / "folder.png").mkdir(parents=True)
    (tmp_path / "cat.png").write_bytes(picture())
    if sys.platform == "win32" and "(out.png)" in markdown:
        pytest.skip(f"{LACKS_A_RIGHT} make links")
    if sys.platform != "win32":
        (folder / "out.png").symlink_to(tmp_path / "cat.png")
    (folder / "cat.svg").write_text("<svg xmlns='http://www.w3.org/2000/svg'/>")
    (folder / "text.png").write_text("no picture")
    (folder / "half.png").write_bytes(picture(size=(300, 200))[:-60])
    (folder / "moving.gif").write_bytes(moving())
    (folder / "home.jpg").write_bytes(picture("JPEG", place=True))
    for name in ("cat.png", "cat.tiff"):
        (folder / name).write_bytes(picture("PNG" if name.endswith("png") else "TIFF"))
    write(folder, f"![Fine](cat.png)\n\nand\n\n{markdown}")
    with pytest.raises(AuthorError) as caught:
        render_site(make_report(), folder, TEMPLATES)
    assert said in str(caught.value)
    assert caught.value.line == BODY_LINE + 4
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 600


def test_a_picture_too_large_for_phones_is_refused_before_it_is_decoded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ginn.pages.images.MOST_PICTURE_PIXELS", 599)
    (tmp_path / "cat.png").write_bytes(picture()[:50])  # its head alone, which states the size
    write(tmp_path, "![A cat](cat.png)")
    with pytest.raises(AuthorError, match="of 30 x 20 pixels, allowed: at most 599 in all"):
        render_site(make_report(), tmp_path, TEMPLATES)


def test_the_lines_that_authors_are_given_work(tmp_path: Path) -> None:
    site = render_site(make_report(), ROOT / "content/articles", TEMPLATES)
    told = site["make-your-own/index.html"].decode()
    blocks = [
        unescape(block) for block in re.findall(r"(?s)<span></span><code>(.*?)</code></pre>", told)
    ]
    blocks = [block for block in blocks if block.startswith(("{%", "!["))]
    assert len(blocks) == 3
    shutil.copy(ROOT / "templates/starter/pictures/cat.png", tmp_path)
    write(tmp_path, "\n\n".join(blocks))
    page = render_site(make_report(), tmp_path, TEMPLATES)["index.html"].decode()
    for made in ('id="figure-end"', 'class="note"', 'alt="A cat asleep on a keyboard"'):
        assert made in page


def test_the_pages_depend_on_every_file_that_may_be_shown(tmp_path: Path) -> None:
    names = ["a.png", "b/c.JPG", "d.webp", "e.gif", "f.jpeg"]
    for name in (*names, "g.svg", "h.md"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    (tmp_path / "folder.png").mkdir()
    assert [path.relative_to(tmp_path).as_posix() for path in images_in(tmp_path)] == names
