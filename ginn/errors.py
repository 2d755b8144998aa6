"""The error for mistakes that the person who builds can correct, and safe text for its message."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from pathlib import Path

SHOWN = 80  # characters of a found value that a message repeats


class AuthorError(Exception):
    """A mistake that the person who builds can correct, in a file, an option or on the machine.

    `found` is what is there. `allowed` is what may be there instead. `hint` is what to do. `path`,
    `line` (from 1; 0 if not known) and `key` are where it is. All parts but `found` may be empty.
    """

    def __init__(
        self,
        found: str,
        allowed: str = "",
        hint: str = "",
        *,
        path: Path | None = None,
        line: int = 0,
        key: str = "",
    ) -> None:
        """Store every part unchanged; `str` joins them."""
        super().__init__(found)
        self.found, self.allowed, self.hint = found, allowed, hint
        self.path, self.line, self.key = path, line, key

    def at(self, path: Path | None = None, line: int = 0, key: str = "") -> AuthorError:
        """A copy of the error in which each missing part of the place is filled in.

        A part that the error already has is kept, since code closer to the mistake has set it.
        """
        return AuthorError(
            self.found,
            self.allowed,
            self.hint,
            path=self.path or path,
            line=self.line or line,
            key=self.key or key,
        )

    def __str__(self) -> str:
        """All parts on one line: "PATH:LINE: KEY: found FOUND, allowed: ALLOWED; HINT"."""
        place = f"{self.path}:{self.line}" if self.path and self.line else str(self.path or "")
        problem = f"found {self.found}"
        problem += f", allowed: {self.allowed}" if self.allowed else ""
        problem += f"; {self.hint}" if self.hint else ""
        return ": ".join(part for part in (place, self.key, problem) if part)

    def __reduce__(self) -> tuple[object, ...]:
        """How pickle restores the error: a worker process sends its errors by pickle."""
        return _restored, (self.found, self.allowed, self.hint, self.path, self.line, self.key)


def _restored(
    found: str, allowed: str, hint: str, path: Path | None, line: int, key: str
) -> AuthorError:
    """The error of these parts. Pickle passes arguments by position only."""
    return AuthorError(found, allowed, hint, path=path, line=line, key=key)


def meant(name: object, names: Iterable[str]) -> str:
    """A hint that asks whether the most similar of the known names is meant; "" if none is similar.

    >>> meant("bakground", ["background", "step"])
    'is background meant?'
    """
    near = difflib.get_close_matches(str(name), list(names), 1)
    return f"is {near[0]} meant?" if near else ""


def quoted(value: object) -> str:
    """A found value as a message repeats it: its `repr` on one line, at most SHOWN characters."""
    try:
        return one_line(repr(value), SHOWN)
    except (ValueError, RecursionError):
        # Python refuses to write a number of several thousand digits, or a table nested too deeply.
        return f"a {type(value).__name__} too long to repeat"


def one_line(text: object, longest: int = 4 * SHOWN) -> str:
    """A text on one line of at most `longest` characters, without control characters.

    White space of any kind and length becomes one space.
    """
    line = " ".join("".join(c if c.isprintable() else " " for c in str(text)).split())
    return line if len(line) <= longest else f"{line[: longest - 3]}..."
