"""Reading text, bytes and TOML; links; names by content; files written atomically."""

from __future__ import annotations

import hashlib
import os
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ginn import files
from ginn.errors import AuthorError
from ginn.files import (
    found_in,
    hashed,
    is_file,
    parse_toml,
    paths_in,
    plain_json,
    read_bytes,
    read_text,
    within,
    write_whole,
)


def refused(path: Path) -> AuthorError:
    with pytest.raises(AuthorError) as caught:
        read_text(path, "a text")
    assert caught.value.path == path
    assert caught.value.allowed
    return caught.value


def test_read_text_has_line_feeds_alone_and_keeps_the_rest(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes("a\r\nb\rc\nä\u2028".encode())
    assert read_text(path, "a text") == "a\nb\nc\nä\u2028"


@given(st.binary())
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_read_text_of_any_bytes_is_text_or_refused(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(data)
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        assert refused(path).allowed == "UTF-8"
        return
    if "\0" in text:
        assert refused(path).found == "a NUL character"
    else:
        assert read_text(path, "a text").splitlines() == text.splitlines()


def test_read_text_of_other_bytes_names_the_first_of_them(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(b"ab\xff")
    error = refused(tmp_path / "a.txt")
    assert error.found == "byte 0xff at offset 2, which is \u00ff in Windows-1252"
    assert error.line == 1


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("encoding", ["cp1252", "mac-roman", "latin-1"])
def test_read_text_of_another_encoding_names_the_line(
    tmp_path: Path, encoding: str, end: str
) -> None:
    (tmp_path / "a.txt").write_bytes(f"a{end}{end}K\u00e4se{end}".encode(encoding))
    error = refused(tmp_path / "a.txt")
    assert (error.allowed, error.line, error.hint) == ("UTF-8", 3, "save the file as UTF-8")


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", "utf-32-be"])
def test_read_text_without_a_mark_is_refused_for_its_zero_bytes(
    tmp_path: Path, encoding: str
) -> None:
    (tmp_path / "a.txt").write_bytes("a = 1".encode(encoding))
    assert refused(tmp_path / "a.txt").found == "a NUL character"


def test_read_text_of_a_missing_file_or_a_folder_is_refused(tmp_path: Path) -> None:
    assert refused(tmp_path / "absent").found == "no such file"
    assert refused(tmp_path).found == "a folder that is not a file"
    assert refused(tmp_path / "absent").allowed == "a text"


def test_read_text_of_a_giant_is_refused_unread(tmp_path: Path) -> None:
    with (tmp_path / "giant").open("wb") as stream:
        stream.truncate(10**12)
    error = refused(tmp_path / "giant")
    assert error.found == "1,000,000,000,000 bytes"
    assert error.allowed == "a text of at most 4,000,000 bytes"


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root reads all")
def test_read_text_of_a_locked_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "locked").write_bytes(b"")
    (tmp_path / "locked").chmod(0)
    assert "cannot be read (Permission denied)" in refused(tmp_path / "locked").found


def test_read_text_with_an_error_of_the_disk_gives_its_reason(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(path: Path) -> bytes:
        raise OSError(5, "Input/output error", path)

    (tmp_path / "a").write_bytes(b"")
    monkeypatch.setattr(Path, "read_bytes", fail)
    assert refused(tmp_path / "a").found == "a file that cannot be read (Input/output error)"


def test_read_bytes_takes_files_up_to_its_limit(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"12345")
    assert read_bytes(tmp_path / "a", "data", 5) == b"12345"
    with pytest.raises(AuthorError, match="found 5 bytes, allowed: data of at most 4 bytes"):
        read_bytes(tmp_path / "a", "data", 4)


@pytest.mark.parametrize(
    ("text", "found", "line"),
    [
        ("a = 1\nb = \n", "Invalid value at column 5", 11),
        ("a = 1\na = 2\n", "Cannot overwrite a value at column 6", 11),
        (f"a = {'[' * 9999}", "nested", 0),
        (f"a = {'9' * 9999}", "a number of more digits than can be read", 0),
        ("a = 1\n[b.c]\n[b.c]\n", "Cannot declare [b.c] twice", 12),
    ],
)
def test_parse_toml_of_other_text_names_the_line_of_the_file(
    text: str, found: str, line: int
) -> None:
    with pytest.raises(AuthorError) as caught:
        parse_toml(text, Path("a.toml"), first_line=10)
    assert found in caught.value.found
    assert (caught.value.path, caught.value.line) == (Path("a.toml"), line)
    assert str(caught.value).isprintable()


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("a = 1\na = 2", "keep one of them"),
        ("[a]\n[a]", "put its keys together"),
        ("a = cat", 'straight quotation marks, "..."'),
        ("a = \u201ccat\u201d", "the sign there is LEFT DOUBLE QUOTATION MARK; a text stands"),
        ("a\u00a0= 1", "the sign there is NO-BREAK SPACE; write key = value"),
        ('a = "pictures\\cat.png"', "write a path with /"),
        ('a = "C:\\Users"', "write a path with /"),
        ("a = 0,001", "has a point, 0.001, and no comma"),
        ("a = 1 // one", "a comment begins with #"),
        ("a: 1", "write key = value"),
        ('a = "cat', "end the text on its line"),
        ("a = [1", "correct this line"),
    ],
)
def test_parse_toml_says_how_to_mend_a_common_mistake(text: str, hint: str) -> None:
    with pytest.raises(AuthorError) as caught:
        parse_toml(text, Path("a.toml"))
    assert hint in caught.value.hint
    assert caught.value.line


@pytest.mark.skipif(sys.platform == "win32", reason="links need rights there")
def test_within_allows_links_inside_a_folder_and_refuses_those_that_lead_out(
    tmp_path: Path,
) -> None:
    folder = tmp_path / "content"
    (folder / "pictures").mkdir(parents=True)
    (folder / "real.png").write_bytes(b"")
    (tmp_path / "secret.png").write_bytes(b"")
    (tmp_path / "content-2").mkdir()
    links = {"in.png": "../real.png", "out.png": "../../secret.png", "near.png": "../../content-2"}
    for name, target in links.items():
        (folder / "pictures" / name).symlink_to(target)
    (folder / "everything").symlink_to(tmp_path)
    assert within(folder, folder / "pictures/in.png").name == "in.png"
    for name in ("pictures/out.png", "pictures/near.png", "everything/secret.png"):
        with pytest.raises(AuthorError, match=r"found a link to .*; copy the file"):
            within(folder, folder / name)
    # The folder itself may be a link: the author decides where it leads.
    (tmp_path / "alias").symlink_to(folder)
    assert within(tmp_path / "alias", tmp_path / "alias/pictures/in.png")


@pytest.mark.skipif(sys.platform == "win32", reason="links need rights there")
@pytest.mark.skipif(sys.version_info >= (3, 13), reason="resolve() leaves a circle as it is")
def test_within_refuses_a_link_in_a_circle(tmp_path: Path) -> None:
    (tmp_path / "loop").symlink_to("loop")
    with pytest.raises(AuthorError, match="a link that leads back to itself"):
        within(tmp_path, tmp_path / "loop")


def test_is_file_of_a_name_that_no_file_can_have_is_false(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"")
    assert is_file(tmp_path / "a")
    assert not is_file(tmp_path)
    assert not is_file(tmp_path / "a\0b")
    assert not is_file(tmp_path / ("x" * 10_000))


def test_paths_in_are_sorted_and_match(tmp_path: Path) -> None:
    for name in ("b.md", "a.md", "c.txt"):
        (tmp_path / name).write_bytes(b"")
    assert [path.name for path in paths_in(tmp_path, "*.md")] == ["a.md", "b.md"]
    assert paths_in(tmp_path / "absent", "*.md") == []


def test_hashed_puts_the_contents_digest_before_the_last_suffix() -> None:
    digest = hashlib.sha256(b"data").hexdigest()[:10]
    assert hashed("a/b.min.js", b"data") == f"a/b.min-{digest}.js"
    assert hashed("a/b.min.js", b"date") != hashed("a/b.min.js", b"data")


def test_plain_json_is_indented_and_has_no_nan() -> None:
    assert plain_json({"b": [1], "a": "ä"}) == '{\n "b": [\n  1\n ],\n "a": "ä"\n}\n'.encode()
    with pytest.raises(ValueError, match="JSON"):
        plain_json(float("nan"))


def test_write_whole_replaces_a_file_and_leaves_nothing_beside_it(tmp_path: Path) -> None:
    for data in (b"old", b"new"):
        write_whole(tmp_path / "a.json", data)
        assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {"a.json": data}


def test_write_whole_on_a_full_disk_keeps_the_old_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    write_whole(tmp_path / "a.json", b"old")
    monkeypatch.setattr(files.os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        write_whole(tmp_path / "a.json", b"new")
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {"a.json": b"old"}


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
def test_read_text_of_utf_16_is_refused_by_its_name(tmp_path: Path, encoding: str) -> None:
    mark = "" if encoding == "utf-16" else "\ufeff"
    (tmp_path / "a.txt").write_bytes(f"{mark}a b".encode(encoding))
    error = refused(tmp_path / "a.txt")
    assert (error.found, error.allowed) == ("UTF-16", "UTF-8")
    assert error.hint == "save the file as UTF-8"


def test_read_text_with_a_byte_order_mark_is_read_without_it(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes("\ufeffa\r\nb".encode())
    assert read_text(tmp_path / "a.txt", "a text") == "a\nb"


LEFT = (
    "._index.md", "index.md~", "~$index.md", "#index.md#", ".#index.md",
    ".index.md.swp",
)  # fmt: skip


def test_paths_in_leave_out_what_systems_and_editors_leave_behind(tmp_path: Path) -> None:
    for name in (*LEFT, ".DS_Store", "Thumbs.db", ".hidden.md", "index.md", "a~b.md"):
        (tmp_path / name).write_text("x", encoding="utf-8")
    assert [path.name for path in paths_in(tmp_path, "*")] == ["a~b.md", "index.md"]
    names = [path.name for path in paths_in(tmp_path, "*", hidden=True)]
    assert names == [".hidden.md", "a~b.md", "index.md"]


def test_found_in_is_the_exact_name_if_there_is_one(tmp_path: Path) -> None:
    composed, decomposed = "\u00e9.md", "e\u0301.md"
    (tmp_path / decomposed).write_text("x", encoding="utf-8")
    assert found_in(tmp_path, decomposed).name == decomposed
    assert found_in(tmp_path, composed).exists()
    assert found_in(tmp_path, "absent/\u00e9.md") == tmp_path / "absent/\u00e9.md"


def test_found_in_takes_a_name_with_other_capitals_if_there_is_no_exact_one(
    tmp_path: Path,
) -> None:
    (tmp_path / "Pictures").mkdir()
    (tmp_path / "Pictures/K\u00e4se.PNG").write_text("x", encoding="utf-8")
    found = found_in(tmp_path, "pictures/ka\u0308se.png")
    assert found.samefile(tmp_path / "Pictures/K\u00e4se.PNG")
    (tmp_path / "Pictures/other.png").write_text("x", encoding="utf-8")
    assert found_in(tmp_path, "Pictures/other.png").name == "other.png"
