"""Read text and TOML safely, name files by their content, and write them whole."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import tomllib
from pathlib import Path
from typing import Any

from ginn.errors import AuthorError, one_line

REPOSITORY = Path(__file__).resolve().parents[1]
TEMPLATES = REPOSITORY / "templates"
MOST_TEXT_BYTES = 4_000_000
MOST_FILE_BYTES = 100_000_000  # GitHub takes no larger file
PART = ".part"  # ends the name of a file that is not yet whole


def read_text(path: Path, expected: str) -> str:
    """A file's text in UTF-8, its line ends as on Unix.

    Raises AuthorError where there is no such text; `expected` says what the file should be.
    """
    try:
        if path.exists() and not path.is_file():
            raise AuthorError("what is not a file", expected, "remove it", path=path)
        if (size := path.stat().st_size) > MOST_TEXT_BYTES:
            allowed = f"{expected} of at most {MOST_TEXT_BYTES:,} bytes"
            raise AuthorError(f"{size:,} bytes", allowed, "make it smaller", path=path)
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise AuthorError("no such file", expected, path=path) from None
    except OSError as error:
        found = f"a file that cannot be read ({error.strerror})"
        raise AuthorError(found, expected, "mend it or remove it", path=path) from error
    except UnicodeDecodeError as error:
        found = f"byte {error.object[error.start]:#04x} at offset {error.start}"
        raise AuthorError(found, "UTF-8", "save the file as UTF-8", path=path) from error


def read_bytes(path: Path, expected: str) -> bytes:
    """A file's bytes. Raises AuthorError where it cannot be read; `expected` says what it is."""
    try:
        if (size := path.stat().st_size) > MOST_FILE_BYTES:
            allowed = f"{expected} of at most {MOST_FILE_BYTES:,} bytes"
            raise AuthorError(f"{size:,} bytes", allowed, "make it smaller", path=path)
        return path.read_bytes()
    except OSError as error:
        found = f"a file that cannot be read ({error.strerror})"
        raise AuthorError(found, expected, "mend it or remove it", path=path) from error


def is_file(path: Path) -> bool:
    """Whether there is such a file; false for a name that no file can have."""
    try:
        return path.is_file()
    except (OSError, ValueError):
        return False


def paths_in(folder: Path, pattern: str) -> list[Path]:
    """The sorted paths in a folder that match a pattern, such as "*.md"."""
    return sorted(folder.glob(pattern))


def read_toml(path: Path, expected: str) -> dict[str, Any]:
    """A TOML file's document. Raises AuthorError where there is none.

    Parsing nested brackets exhausts the stack, and a number of thousands of digits is refused by
    Python; the parser reports neither as an error of its own.
    """
    text = read_text(path, expected)
    try:
        return tomllib.loads(text)
    except RecursionError:
        found = "brackets that are nested too deep"
        raise AuthorError(found, "a few levels", "close some", path=path) from None
    except ValueError as error:
        raise AuthorError(one_line(error), "TOML", "mend it there", path=path) from error


def within(folder: Path, path: Path) -> Path:
    """`path`. Raises AuthorError where it leads out of `folder`, as by a symbolic link."""
    allowed = f"files in {folder}"
    try:
        inside = path.resolve().is_relative_to(folder.resolve())
    except (OSError, RuntimeError) as error:
        raise AuthorError("a link in a circle", allowed, "remove it", path=path) from error
    if not inside:
        found = f"a link to {path.resolve()}"
        raise AuthorError(found, allowed, "copy the file there", path=path)
    return path


def hashed(address: str, content: bytes) -> str:
    """`address` with a part of the content's SHA-256 before its suffix.

    A page so never shows a file of another build.
    """
    stem, _, suffix = address.rpartition(".")
    return f"{stem}-{hashlib.sha256(content).hexdigest()[:10]}.{suffix}"


def plain_json(value: Any) -> bytes:
    """JSON for other programs to read: indented, and the same bytes for the same value."""
    return (json.dumps(value, indent=1, allow_nan=False, ensure_ascii=False) + "\n").encode()


def write_whole(path: Path, data: bytes) -> None:
    """Write a file beside its place, flush it to the disk and rename it. Raises OSError."""
    part = path.with_name(f".{path.name}{PART}")
    try:
        with part.open("wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        part.replace(path)
    except OSError:
        # On a full disk what is half written would stand in the way of what is needed.
        with contextlib.suppress(OSError):
            part.unlink()
        raise
