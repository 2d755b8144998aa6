"""One error for a mistake that the person who builds can mend, and words that fit on its line."""

from __future__ import annotations

from pathlib import Path

SHOWN = 80  # characters of what was found that a message repeats


class AuthorError(Exception):
    """What an author wrote, or this machine, does not allow the build; told in one line.

    `found` says what is there, `allowed` what may be there, and `hint` how to mend it. `path`,
    `line` and `key` say where; each may be missing.
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
        """Keep every part as it is; `str` joins them."""
        super().__init__(found)
        self.found, self.allowed, self.hint = found, allowed, hint
        self.path, self.line, self.key = path, line, key

    def at(self, path: Path | None = None, line: int = 0, key: str = "") -> AuthorError:
        """The same error, at this place where it does not say one itself."""
        return AuthorError(
            self.found,
            self.allowed,
            self.hint,
            path=self.path or path,
            line=self.line or line,
            key=self.key or key,
        )

    def __str__(self) -> str:
        """All of it on one line: "PATH:LINE: KEY: found FOUND, allowed: ALLOWED; HINT"."""
        place = f"{self.path}:{self.line}" if self.path and self.line else str(self.path or "")
        said = f"found {self.found}"
        said += f", allowed: {self.allowed}" if self.allowed else ""
        said += f"; {self.hint}" if self.hint else ""
        return ": ".join(part for part in (place, self.key, said) if part)

    def __reduce__(self) -> tuple[object, ...]:
        """How a worker process hands it back."""
        return _restored, (self.found, self.allowed, self.hint, self.path, self.line, self.key)


def _restored(
    found: str, allowed: str, hint: str, path: Path | None, line: int, key: str
) -> AuthorError:
    return AuthorError(found, allowed, hint, path=path, line=line, key=key)


def quoted(value: object) -> str:
    """What was found, as a message repeats it: on one line, and not too long."""
    try:
        return one_line(repr(value), SHOWN)
    except (ValueError, RecursionError):
        # Python writes no number of more than some thousands of digits, and no table too deep.
        return f"a {type(value).__name__} too long to repeat"


def one_line(words: object, longest: int = 4 * SHOWN) -> str:
    """Words without what could break a line or a terminal, and not too many of them."""
    line = " ".join("".join(c if c.isprintable() else " " for c in str(words)).split())
    return line if len(line) <= longest else f"{line[: longest - 3]}..."
