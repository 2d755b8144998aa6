"""Begin a new report: a folder that builds without a change."""

from __future__ import annotations

import shutil
from pathlib import Path

from ginn.errors import AuthorError


def begin(starter: Path, folder: Path) -> None:
    """Copy the folder `starter` to `folder`, as a whole or not at all.

    Raises AuthorError if `folder` is not empty or cannot be made.
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
        # Windows cannot rename a folder to the name of another one, even if that is empty.
        if folder.exists():
            folder.rmdir()
        part.rename(folder)
    except OSError as error:
        shutil.rmtree(part, ignore_errors=True)
        found = f"a folder that cannot be made ({error.strerror})"
        raise _refusal(folder, found, "a folder to write to") from error


def _refusal(folder: Path, found: str, allowed: str) -> AuthorError:
    return AuthorError(found, allowed, "choose another", path=folder, key="--new")
