"""Begin a new report: a folder that builds without a change."""

from __future__ import annotations

import json
import re
import shutil
from dataclasses import dataclass
from pathlib import Path

from ginn.errors import AuthorError, quoted

# The texts about the starter's own picture, and the files of the starter.
TITLE = "How a small network draws a cat"
DESCRIPTION = "Every boundary of every neuron while a ReLU network learns a picture of a cat."
REPORT, ARTICLE, README = "report.toml", "articles/index.md", "README.md"
PICTURE = "pictures/cat.png"
WORKFLOW, NO_GENERATOR = ".github/workflows/pages.yml", "vars.GINN_REPOSITORY || ''"
NAMES = re.compile(r" To name the cat's parts.*?(?=\n\n)", re.DOTALL)


@dataclass(frozen=True)
class OwnPicture:
    """The author's own picture for a new report, and the report's title."""

    picture: Path
    title: str

    @property
    def name(self) -> str:
        """The picture's file in the report, in lower-case letters, digits and hyphens."""
        stem = re.sub(r"[^a-z0-9]+", "-", self.picture.stem.lower()).strip("-") or "picture"
        return f"pictures/{stem}{self.picture.suffix.lower()}"


def begin(starter: Path, folder: Path, own: OwnPicture | None = None, generator: str = "") -> None:
    """Copy the folder `starter` to `folder`, as a whole or not at all.

    `own` replaces the starter's picture and title. `generator` is the "OWNER/NAME" on GitHub of the
    program itself, or "". Raises AuthorError if `folder` is not empty or cannot be made.
    """
    if folder.is_symlink() or (folder.exists() and not folder.is_dir()):
        raise _refusal(folder, "a file or a link", "an empty or a new folder")
    if folder.exists() and any(folder.iterdir()):
        found = ", ".join(sorted(path.name for path in folder.iterdir())[:3])
        raise _refusal(folder, f"a folder with {found}", "an empty or a new folder")
    folder = folder.resolve()
    part = folder.with_name(f".{folder.name}.new")
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        shutil.rmtree(part, ignore_errors=True)
        shutil.copytree(starter, part)
        if own:
            _make_own(part, own)
        if generator:
            _replace(part / WORKFLOW, {NO_GENERATOR: f"vars.GINN_REPOSITORY || '{generator}'"})
        # Windows cannot rename a folder to the name of another one, even if that is empty.
        if folder.exists():
            folder.rmdir()
        part.rename(folder)
    except OSError as error:
        found = f"a folder that cannot be made ({error.strerror})"
        raise _refusal(folder, found, "a folder to write to") from error
    finally:
        shutil.rmtree(part, ignore_errors=True)


def _make_own(folder: Path, own: OwnPicture) -> None:
    """Put another picture and title into a copy of the starter."""
    (folder / PICTURE).unlink()
    shutil.copyfile(own.picture, folder / own.name)
    # TOML's basic strings have the escapes of JSON.
    title = json.dumps(own.title, ensure_ascii=False)
    both = {f'"{TITLE}"': title, DESCRIPTION: DESCRIPTION.removesuffix(" of a cat.") + "."}
    report = folder / REPORT
    _replace(report, both | {'"cat"': '"picture"', '"The cat"': title, PICTURE: own.name})
    report.write_text(NAMES.sub("", report.read_text("utf-8")), encoding="utf-8", newline="\n")
    _replace(folder / ARTICLE, both)
    _replace(folder / README, {TITLE: own.title})


def _replace(path: Path, texts: dict[str, str]) -> None:
    """Replace texts in a file of the starter. Raises AuthorError for a text that it lacks."""
    text = path.read_text(encoding="utf-8")
    for old, new in texts.items():
        if old not in text:
            raise AuthorError(
                f"a starter without {quoted(old)}", "the program's own starter", path=path
            )
        text = text.replace(old, new)
    path.write_text(text, encoding="utf-8", newline="\n")


def title_of(picture: Path) -> str:
    """A title from the name of a picture's file."""
    words = re.sub(r"[\W_]+", " ", picture.stem).strip() or "a picture"
    return f"How a small network draws: {words}"


def generator_of(repository: Path) -> str:
    """The "OWNER/NAME" of a clone's origin on GitHub; "" if there is none."""
    try:
        text = (repository / ".git/config").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
    pattern = r'\[remote "origin"\][^\[]*?url = \S*github\.com[:/]([\w.-]+/[\w.-]+?)(?:\.git)?/?\s'
    found = re.search(pattern, f"{text}\n")
    return found[1] if found else ""


def _refusal(folder: Path, found: str, allowed: str) -> AuthorError:
    return AuthorError(found, allowed, "choose another", path=folder, key="--new")
