"""A report of one's own: a folder to begin with, which builds as it stands."""

from __future__ import annotations

import shutil
from pathlib import Path

from ginn.config.models import InputError


def begin(model: Path, folder: Path) -> None:
    """Copy the folder `model` to `folder`; InputError where something is there or it cannot be.

    What is copied is whole or not there: it is written beside its place and renamed.
    """
    if folder.is_symlink() or (folder.exists() and not folder.is_dir()):
        raise InputError(f"{folder}: found a file or a link, allowed with --new: a folder to make")
    if folder.exists() and any(folder.iterdir()):
        found = ", ".join(sorted(path.name for path in folder.iterdir())[:3])
        raise InputError(
            f"{folder}: found a folder with {found}, allowed with --new: an empty or a new one; "
            "choose another"
        )
    folder = folder.resolve()
    part = folder.with_name(f".{folder.name}.new")
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        shutil.rmtree(part, ignore_errors=True)
        shutil.copytree(model, part)
        # On Windows nothing takes the place of a folder, not even of an empty one.
        if folder.exists():
            folder.rmdir()
        part.rename(folder)
    except OSError as error:
        shutil.rmtree(part, ignore_errors=True)
        raise InputError(
            f"{folder}: cannot be made: found {error.strerror}, allowed with --new: a folder to "
            "write to; choose another"
        ) from error
