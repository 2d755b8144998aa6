"""Read text and TOML safely, name files by their content, and write files atomically."""

from __future__ import annotations

import codecs
import contextlib
import fnmatch
import hashlib
import json
import os
import re
import unicodedata
from pathlib import Path
from typing import Any

import tomli

from ginn.errors import AuthorError, one_line

REPOSITORY = Path(__file__).resolve().parents[1]
TEMPLATES = REPOSITORY / "templates"
MOST_TEXT_BYTES = 4_000_000
MOST_FILE_BYTES = 100_000_000  # GitHub takes no larger file
# The byte order marks of other encodings. That of UTF-32 begins with that of UTF-16.
MARKS = {
    codecs.BOM_UTF32_LE: "UTF-32",
    codecs.BOM_UTF16_LE: "UTF-16",
    codecs.BOM_UTF16_BE: "UTF-16",
}
AS_UTF_8 = "save the file as UTF-8"
# Files that systems and editors leave beside those of an author: macOS's resource forks and view
# settings, Windows' previews, backups, swap files and locks.
LEFT_BEHIND = (
    "._*", ".DS_Store", ".AppleDouble", ".Spotlight-V100", ".Trashes", ".fseventsd", "Thumbs.db",
    "ehthumbs.db", "desktop.ini", ".directory", "*~", "~$*", "#*#", ".#*", ".*.sw?", "*.swp",
)  # fmt: skip
# How to mend what the parser of TOML finds, by the start of its message.
TOML_HINTS = {
    "Cannot overwrite a value": "the key stands above already: keep one of them",
    "Cannot declare": "the table stands above already: put its keys together",
    "Invalid value": 'a text stands between straight quotation marks, "..."; a number has digits '
    "before its point; true and false are in lower case",
    "Unescaped": 'write a path with /, as in "pictures/cat.png"',
    "Invalid hex value": 'write a path with /, as in "pictures/cat.png"',
    "Expected newline": "one key a line; a number has a point, 0.001, and no comma; a comment "
    "begins with #",
    "Expected '='": "write key = value",
    "Unterminated string": "end the text on its line with a quotation mark",
    "Illegal character '\\n'": "end the text on its line with a quotation mark",
}
TABLE, NAME = re.compile(r"\('.*?\)"), re.compile(r"'([^']*)'")
PART = ".part"  # the end of the name of a file that is not yet complete


def read_text(path: Path, expected: str) -> str:
    """The text of a UTF-8 file without a byte order mark, each line ended by a line feed alone.

    Raises AuthorError if the file is not such a text. `expected` says what the file should be.
    """
    data = read_bytes(path, expected, MOST_TEXT_BYTES)
    if encoding := next((MARKS[mark] for mark in MARKS if data.startswith(mark)), ""):
        raise AuthorError(encoding, "UTF-8", AS_UTF_8, path=path)
    try:
        text = _with_line_feeds(data.decode("utf-8"))
    except UnicodeDecodeError as error:
        before, byte = data[: error.start].decode("latin-1"), data[error.start : error.start + 1]
        found = f"byte {byte[0]:#04x} at offset {error.start}"
        if (sign := byte.decode("cp1252", "ignore")).isprintable() and sign:
            found += f", which is {sign} in Windows-1252"
        line = _with_line_feeds(before).count("\n") + 1
        raise AuthorError(found, "UTF-8", AS_UTF_8, path=path, line=line) from error
    if "\0" in text:
        line = text[: text.index("\0")].count("\n") + 1
        raise AuthorError("a NUL character", "text in UTF-8", AS_UTF_8, path=path, line=line)
    return text.removeprefix("\ufeff")


def _with_line_feeds(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


def read_bytes(path: Path, expected: str, most: int = MOST_FILE_BYTES) -> bytes:
    """The content of a file of at most `most` bytes; a larger file is not read.

    Raises AuthorError if there is no such file. `expected` says what the file should be.
    """
    try:
        if path.exists() and not path.is_file():
            found = f"{'a folder' if path.is_dir() else 'something'} that is not a file"
            raise AuthorError(found, expected, "rename it", path=path)
        if (size := path.stat().st_size) > most:
            allowed = f"{expected} of at most {most:,} bytes"
            raise AuthorError(f"{size:,} bytes", allowed, "make it smaller", path=path)
        return path.read_bytes()
    except FileNotFoundError:
        raise AuthorError("no such file", expected, path=path) from None
    except OSError as error:
        found = f"a file that cannot be read ({error.strerror})"
        raise AuthorError(found, expected, "make it readable or remove it", path=path) from error


def is_file(path: Path) -> bool:
    """Whether there is such a file; false for a name that no file can have."""
    try:
        return path.is_file()
    except (OSError, ValueError):
        return False


def paths_in(folder: Path, pattern: str, hidden: bool = False) -> list[Path]:
    """The sorted paths in a folder that match a pattern, such as "*.md".

    Files that systems and editors leave behind are omitted. So are hidden ones (".NAME"), unless
    `hidden` is true.
    """
    return [
        path
        for path in sorted(folder.glob(pattern))
        if not any(
            is_left_behind(name) or (name.startswith(".") and not hidden)
            for name in path.relative_to(folder).parts
        )
    ]


def is_left_behind(name: str) -> bool:
    """Whether a file or a folder of this name was made by a system or an editor for itself."""
    return any(fnmatch.fnmatchcase(name.lower(), pattern.lower()) for pattern in LEFT_BEHIND)


def found_in(folder: Path, named: str) -> Path:
    """The path in a folder that a text names, such as "pictures/cat.png".

    Unicode can write one name in two ways, composed and decomposed. macOS may store one of them
    where a text has the other. macOS and Windows do not distinguish capitals. If there is no file
    of exactly this name, the path is that of the file whose name is equivalent.
    """
    path = folder
    for name in Path(named).parts:
        if not os.path.lexists(path / name):
            name = _equivalent(name, _names_in(path))
        path /= name
    return path


def _equivalent(name: str, names: list[str]) -> str:
    """The first of `names` equal to `name` in Unicode, or else apart from capitals; or `name`."""
    wanted = unicodedata.normalize("NFC", name)
    composed = {other: unicodedata.normalize("NFC", other) for other in names}
    same = [other for other in names if composed[other] == wanted]
    alike = [other for other in names if composed[other].casefold() == wanted.casefold()]
    return next(iter([*same, *alike]), name)


def _names_in(folder: Path) -> list[str]:
    """The sorted names in a folder; none if it cannot be read."""
    try:
        return sorted(path.name for path in folder.iterdir())
    except (OSError, ValueError):
        return []


def parse_toml(text: str, path: Path, first_line: int = 1) -> dict[str, Any]:
    """The TOML document in a text that begins at line `first_line` of the file at `path`.

    Raises AuthorError, with the line, for a text that is not TOML.
    """
    try:
        return tomli.loads(text)
    except tomli.TOMLDecodeError as error:
        message = TABLE.sub(lambda names: f"[{'.'.join(NAME.findall(names[0]))}]", error.msg)
        found = f"{one_line(message)} at column {error.colno}"
        line = first_line + error.lineno - 1
        raise AuthorError(found, "TOML", _toml_hint(error), path=path, line=line) from error
    except RecursionError as error:
        raise AuthorError(one_line(error), "TOML with less nesting", path=path) from error
    except ValueError as error:
        # Python limits the digits of a number.
        found = "a number of more digits than can be read"
        raise AuthorError(found, "TOML with at most 4,300 digits a number", path=path) from error


def _toml_hint(error: tomli.TOMLDecodeError) -> str:
    """How to mend a mistake that the parser names by its message."""
    hint = next((hint for start, hint in TOML_HINTS.items() if error.msg.startswith(start)), "")
    sign = error.doc[error.pos : error.pos + 1]
    if sign and not sign.isascii():
        hint = f"the sign there is {unicodedata.name(sign, 'without a name')}; {hint}"
    return hint.removesuffix("; ") or "correct this line"


def within(folder: Path, path: Path) -> Path:
    """`path` itself, after a check that it stays in `folder`.

    Raises AuthorError if it leads out of the folder by a symbolic link.
    """
    allowed = f"files in {folder}"
    try:
        inside = path.resolve().is_relative_to(folder.resolve())
    except (OSError, RuntimeError) as error:
        raise AuthorError(
            "a link that leads back to itself", allowed, "remove it", path=path
        ) from error
    if not inside:
        found = f"a link to {path.resolve()}"
        raise AuthorError(found, allowed, "copy the file there", path=path)
    return path


def hashed(address: str, content: bytes) -> str:
    """`address` with ten digits of the content's SHA-256 before its suffix.

    A new content has a new address, so a page never loads an old file from a browser's cache.
    """
    stem, _, suffix = address.rpartition(".")
    return f"{stem}-{hashlib.sha256(content).hexdigest()[:10]}.{suffix}"


def plain_json(value: Any) -> bytes:
    """Indented JSON for other programs to read: equal values give equal bytes."""
    return (json.dumps(value, indent=1, allow_nan=False, ensure_ascii=False) + "\n").encode()


def write_whole(path: Path, data: bytes) -> None:
    """Write a file so that no reader ever finds an incomplete one. Raises OSError.

    The data are written to another file in the same folder. That file is flushed to the disk and
    then renamed.
    """
    part = path.with_name(f".{path.name}{PART}")
    try:
        with part.open("wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        part.replace(path)
    except OSError:
        # On a full disk the incomplete file would use space that other files need.
        with contextlib.suppress(OSError):
            part.unlink()
        raise
