"""Images of an author's own are placed unchanged, or refused with their line."""

from __future__ import annotations

import re
import shutil
import sys
import unicodedata
from html import unescape
from pathlib import Path

import pytest
from PIL import Image
from support.images import encoded, moving
from support.pages import BODY_LINE, ParsedPage, article_of, page_of, report_pages
from support.paths import ROOT
from support.skips import LACKS_A_RIGHT

from ginn.errors import AuthorError
from ginn.pages.images import images_in
from ginn.pages.layout import Rendered


def picture(
    kind: str = "PNG", size: tuple[int, int] = (30, 20), orientation: int = 1, place: bool = False
) -> bytes:
    exif = Image.Exif()
    if place:
        exif.get_ifd(0x8825).update({1: "N", 2: (55.0, 57.0, 0.0)})  # GPSLatitude
    if orientation > 1:
        exif[0x0112] = orientation
    return encoded(Image.new("RGB", size, "teal"), kind, exif=exif)


def of_a_phone() -> bytes:
    """A photograph with a second, smaller picture behind it."""
    second = Image.new("RGB", (15, 10), "red")
    first = Image.new("RGB", (30, 20), "teal")
    return encoded(first, "MPO", save_all=True, append_images=[second])


def shown(body: str, folder: Path, slug: str = "index") -> tuple[Rendered, dict[str, str]]:
    """The page of an article in a folder, and the attributes of its one image."""
    article = article_of(body, slug, folder)
    rendered = page_of(article)
    (found,) = ParsedPage(rendered.files[article.address]).all("img")
    return rendered, found


@pytest.mark.parametrize(
    ("kind", "name", "suffix"),
    [("PNG", "my cat.PNG", "png"), ("JPEG", "a/cat.jpeg", "jpg"), ("WEBP", "cat.webp", "webp"),
     ("GIF", "cat.gif", "gif"), ("PNG", "\N{CYRILLIC SMALL LETTER KA}.jpg", "png")],
)  # fmt: skip
def test_image_goes_to_the_site_unchanged_with_its_size(
    kind: str, name: str, suffix: str, tmp_path: Path
) -> None:
    content = picture(kind)
    (tmp_path / name).parent.mkdir(exist_ok=True)
    (tmp_path / name).write_bytes(content)
    site, found = shown(f"Before ![A *teal* cat](<{name}>) after.", tmp_path)
    address = found["src"]
    assert site.files[address] == content
    assert re.fullmatch(rf"pictures/(my-cat|cat|picture)-[0-9a-f]{{10}}\.{suffix}", address)
    assert (found["width"], found["height"], found["loading"]) == ("30", "20", "lazy")
    assert "teal" in found["alt"]
    deep, same = shown(f"![The same]({name.replace(' ', '%20')})", tmp_path, "deep")
    assert same["src"] == f"../{address}"
    assert deep.files[address] == content


@pytest.mark.parametrize(
    ("address", "place"),
    [
        ("../pictures/cat.png", "pictures/cat.png"),
        ("../static/deep/cat.png", "static/deep/cat.png"),
        ("static/cat.png", "static/cat.png"),
        ("./pictures/cat.png", "pictures/cat.png"),
        ("static/../static/cat.png", "static/cat.png"),
        ("static/own.png", "articles/static/own.png"),
        ("../static/beside.png", "static/beside.png"),
    ],
)
def test_image_beside_the_articles_is_shown(address: str, place: str, tmp_path: Path) -> None:
    path = tmp_path / place
    path.parent.mkdir(parents=True)
    content = picture()
    path.write_bytes(content)
    articles = tmp_path / "articles"
    (articles / "static" if "own" in address or "beside" in address else articles).mkdir(
        parents=True, exist_ok=True
    )
    site, found = shown(f"![A cat]({address})", articles)
    assert site.files[found["src"]] == content
    assert path in images_in(articles)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_photograph_on_its_side_has_the_size_that_browsers_show(
    orientation: int, tmp_path: Path
) -> None:
    (tmp_path / "cat.jpg").write_bytes(picture("JPEG", (30, 20), orientation))
    _, found = shown("![A cat](cat.jpg)", tmp_path)
    turned = orientation >= 5  # Exif 2.3, 4.6.4 A: rows stand for columns from there on
    assert (found["width"], found["height"]) == (("20", "30") if turned else ("30", "20"))


@pytest.mark.parametrize(
    ("markdown", "said"),
    [
        ("![](cat.png)", "an image without a text, 'cat.png', allowed: ![what it shows](cat.png)"),
        ("![ ](<cat.png>)", "an image without a text, 'cat.png'"),
        ("![A cat](dog.png)", "no file 'dog.png'"),
        ("![A cat](../cat.png)", "'../cat.png', which leads out of the folder"),
        ("![A cat](../static/../cat.png)", "cat.png', which leads out of the folder"),
        ("![A cat](../../static/cat.png)", "which leads out of the folder"),
        ("![A cat](../static/dog.png)", "no file '../static/dog.png'"),
        ("![A cat](/etc/cat.png)", "which leads out of the folder"),
        ("![A cat](out.png)", "which leads out of the folder"),
        ("![A cat](a%00b.png)", "which leads out of the folder"),
        (f"![A cat]({'a' * 5000}.png)", "no file 'aaa"),
        ("![A cat](https://a.example/cat.png)", "the address 'https://a.example/cat.png'"),
        ("![A cat](//a.example/cat.png)", "the address"),
        ("![A cat](data:image/png;base64,AAAA)", "the address"),
        ("![A cat](cat.svg)", "save it as PNG, since SVG can hold scripts"),
        ("![A cat](cat.tiff)", "allowed: a file in"),
        ("![A cat](text.png)", "which is not an image that can be read, allowed: PNG, JPEG"),
        ("![A cat](half.png)", "which is not an image that can be read (image file is trunc"),
        ("![A cat](moving.gif)", "which is animated, allowed: an image of one frame"),
        ("![A cat](home.jpg)", "which states where it was taken"),
        ("![A cat](folder.png)", "no file 'folder.png'"),
    ],
)
def test_image_that_cannot_be_shown_is_refused_with_its_line(
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
    (folder / "moving.gif").write_bytes(moving("GIF"))
    (folder / "home.jpg").write_bytes(picture("JPEG", place=True))
    for name in ("cat.png", "cat.tiff"):
        (folder / name).write_bytes(picture("PNG" if name.endswith("png") else "TIFF"))
    with pytest.raises(AuthorError) as caught:
        shown(f"![Fine](cat.png)\n\nand\n\n{markdown}", folder)
    assert said in str(caught.value)
    assert caught.value.path == folder / "index.md"
    assert caught.value.line == BODY_LINE + 4
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 600


def test_image_too_large_for_phones_is_refused_before_it_is_decoded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ginn.pages.images.MOST_PICTURE_PIXELS", 599)
    (tmp_path / "cat.png").write_bytes(picture()[:50])  # only the head, which states the size
    with pytest.raises(AuthorError, match="of 30 x 20 pixels, allowed: at most 599 in all"):
        shown("![A cat](cat.png)", tmp_path)


def test_lines_that_make_your_own_gives_to_authors_work(tmp_path: Path) -> None:
    page = report_pages()["make-your-own/index.html"].decode()
    blocks = [
        unescape(block) for block in re.findall(r"(?s)<span></span><code>(.*?)</code></pre>", page)
    ]
    blocks = [block for block in blocks if block.startswith(("{%", "!["))]
    assert len(blocks) == 3
    shutil.copy(ROOT / "templates/starter/pictures/cat.png", tmp_path)
    article = article_of("\n\n".join(blocks), folder=tmp_path)
    html = page_of(article).files["index.html"].decode()
    for made in ('id="figure-end"', 'class="note"', 'alt="A cat asleep on a keyboard"'):
        assert made in html


def test_images_in_a_folder_are_every_file_that_may_be_shown(tmp_path: Path) -> None:
    names = ["a.png", "b/c.JPG", "d.webp", "e.gif", "f.jpeg"]
    for name in (*names, "g.svg", "h.md"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    (tmp_path / "folder.png").mkdir()
    assert [path.relative_to(tmp_path).as_posix() for path in images_in(tmp_path)] == names


def places(kind: str, gps: dict[int, object], xmp: bytes = b"") -> bytes:
    """An image with these tags of GPS and this XMP."""
    exif = Image.Exif()
    exif.get_ifd(0x8825).update(gps)
    more = {"xmp": xmp} if xmp else {}
    return encoded(Image.new("RGB", (8, 8), "teal"), kind, exif=exif, **more)


XMP = b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:Description %s/></x:xmpmeta>'


@pytest.mark.parametrize(
    ("data", "refused"),
    [
        (places("JPEG", {0: b"\x02\x03\x00\x00"}), False),
        (places("JPEG", {0: b"\x02\x03\x00\x00", 6: 12.0, 7: (1.0, 2.0, 3.0)}), False),
        (places("JPEG", {4: (11.0, 0.0, 0.0)}), True),
        (places("JPEG", {28: b"ASCII\0\0\0Home"}), True),
        (places("JPEG", {}, XMP % b'xmp:Rating="5"'), False),
        (places("JPEG", {}, XMP % b'exif:GPSLatitude="55,57N"'), True),
        (places("WEBP", {}, XMP % b'exif:GPSLongitude="3,11W"'), True),
        (places("JPEG", {}, XMP % b'photoshop:City="Edinburgh"'), True),
        (of_a_phone(), False),
    ],
)
def test_image_that_says_where_it_was_taken_is_refused_and_no_other(
    data: bytes, refused: bool, tmp_path: Path
) -> None:
    (tmp_path / "cat.jpg").write_bytes(data)
    if refused:
        with pytest.raises(AuthorError, match="where it was taken"):
            shown("![A cat](cat.jpg)", tmp_path)
    else:
        rendered, found = shown("![A cat](cat.jpg)", tmp_path)
        assert data in rendered.files.values()
        assert found["src"].rpartition(".")[2] in ("jpg", "webp")


def test_image_of_a_phone_has_the_size_of_its_first_picture(tmp_path: Path) -> None:
    (tmp_path / "cat.jpg").write_bytes(of_a_phone())
    _, found = shown("![A cat](cat.jpg)", tmp_path)
    assert (found["width"], found["height"]) == ("30", "20")


@pytest.mark.parametrize("forms", [("NFC", "NFD"), ("NFD", "NFC")])
def test_image_is_found_in_either_form_of_its_name(forms: tuple[str, str], tmp_path: Path) -> None:
    stored, named = (unicodedata.normalize(form, "Bär Ünï") for form in forms)
    (tmp_path / stored).mkdir()
    (tmp_path / stored / f"{stored}.png").write_bytes(picture())
    shown(f"![A bear](<{named}/{named}.png>)", tmp_path)


def test_images_in_leaves_out_what_systems_leave_behind(tmp_path: Path) -> None:
    for name in ("cat.png", "._cat.png", ".hidden.png", ".AppleDouble/cat.png"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(picture())
    assert [path.name for path in images_in(tmp_path)] == ["cat.png"]
