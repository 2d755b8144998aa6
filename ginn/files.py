"""Read text and TOML safely, name files by their content, and write files atomically."""

from __future__ import annotations

import codecs
import contextlib
import fnmatch
import hashlib
import json
import os
import unicodedata
from pathlib import Path
from typing import Any

import tomli

from ginn.errors import AuthorError, one_line

REPOSITORY = Path(__file__).resolve().parents[1]
TEMPLATES = REPOSITORY / "templates"
MOST_TEXT_BYTES = 4_000_000
MOST_FILE_BYTES = 100_000_000  # GitHub takes no larger file
UTF_16_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
# Files that systems and editors leave beside those of an author: macOS's resource forks and view
# settings, Windows' previews, backups, swap files and locks.
LEFT_BEHIND = (
    "._*", ".DS_Store", ".AppleDouble", ".Spotlight-V100", ".Trashes", ".fseventsd", "Thumbs.db",
    "ehthumbs.db", "desktop.ini", ".directory", "*~", "~$*", "#*#", ".#*", ".*.sw?", "*.swp",
)  # fmt: skip
PART = ".part"  # the end of the name of a file that is not yet complete


def read_text(path: Path, expected: str) -> str:
    """The text of a UTF-8 file without a byte order mark, each line ended by a line feed alone.

    Raises AuthorError if the file is not such a text. `expected` says what the file should be.
    """
    data = read_bytes(path, expected, MOST_TEXT_BYTES)
    if data.startswith(UTF_16_MARKS):
        raise AuthorError("UTF-16", "UTF-8", "save the file as UTF-8", path=path)
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        found = f"byte {data[error.start]:#04x} at offset {error.start}"
        raise AuthorError(found, "UTF-8", "save the file as UTF-8", path=path) from error
    return text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")


def read_bytes(path: Path, expected: str, most: int = MOST_FILE_BYTES) -> bytes:
    """The content of a file of at most `most` bytes; a larger file is not read.

    Raises AuthorError if there is no such file. `expected` says what the file should be.
    """
    try:
        if path.exists() and not path.is_file():
            raise AuthorError("something that is not a file", expected, "remove it", path=path)
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
    where a text has the other. If there is no file of exactly this name, the path is that of the
    file whose name is equivalent.
    """
    path = folder
    for name in Path(named).parts:
        if not os.path.lexists(path / name):
            name = next((other for other in _names_in(path) if _same(other, name)), name)
        path /= name
    return path


def _same(one: str, other: str) -> bool:
    return unicodedata.normalize("NFC", one) == unicodedata.normalize("NFC", other)


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
        found = f"{one_line(error.msg)} at column {error.colno}"
        line = first_line + error.lineno - 1
        raise AuthorError(found, "TOML", "correct this line", path=path, line=line) from error
    except (RecursionError, ValueError) as error:
        # The parser limits the nesting of brackets. Python limits the digits of a number.
        raise AuthorError(one_line(error), "TOML with less nesting", path=path) from error


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
