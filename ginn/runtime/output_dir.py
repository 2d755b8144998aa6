"""The site's folder, swapped in whole: a reader finds the old site or the new one.

A build writes into a folder beside the site. When it is done, the two exchange names in one call to
the operating system (Linux, macOS) or in two renames (elsewhere, and where a file system refuses).
A build killed between those two leaves the old site under another name, and the next one puts it
back. This guards against kills, not against a loss of power.
"""

from __future__ import annotations

import contextlib
import ctypes
import errno
import json
import os
import shutil
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from ginn.runtime.cache import Say, StoreError, say_on_stderr, sole

# A folder whose MARKER does not name GENERATOR was not made here, and is never replaced.
MARKER = "build.json"
GENERATOR = "ginn"
# Git keeps the site's folder by this file alone; each site carries it, so git sees no change.
IGNORE = ".gitignore"
IGNORE_CONTENT = "*\n!.gitignore\n"

_AT_FDCWD = -100
_RENAME_EXCHANGE = 2  # linux/fs.h
_RENAME_SWAP = 2  # macOS sys/stdio.h
_UNSUPPORTED = {errno.ENOSYS, errno.EINVAL, errno.ENOTSUP, errno.EXDEV, errno.EPERM}


@contextlib.contextmanager
def replacing(
    site: Path, protected: Sequence[Path] = (), say: Say = say_on_stderr
) -> Iterator[Path]:
    """An empty folder to write the new site into; it takes the site's place when the block ends.

    Where the block raises, the site stays as it was. One build at a time: a second waits. The new
    site must hold `build.json`, a JSON object with "generator": "ginn". StoreError where the folder
    may not be replaced; see `check_site`, which also tells what `protected` is.
    """
    site = check_site(site, protected)
    new = _beside(site, "new")
    try:
        site.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise _unwritable(site.parent, error) from error
    with sole(_beside(site, "lock"), say):
        try:
            recover_site(site)
            new.mkdir()
        except OSError as error:
            raise _unwritable(new, error) from error
        try:
            yield new
            check_site(site, protected)
            replace_site(new, site)
        finally:
            shutil.rmtree(new, ignore_errors=True)


def write_files(folder: Path, files: Mapping[str, bytes]) -> None:
    """Write each file, named relative to the folder; StoreError where one cannot be written."""
    for name, content in files.items():
        path = folder / name
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        except OSError as error:
            raise _unwritable(path, error) from error


def _unwritable(path: Path, error: OSError) -> StoreError:
    return StoreError(
        f"{path} cannot be written: found {error.strerror}, allowed: a folder to write to with "
        "room for the site; make room, or choose another with --site; the site is as it was"
    )


def check_site(site: Path, protected: Sequence[Path] = ()) -> Path:
    """The site's absolute path; StoreError unless a build may replace that folder.

    It may if it is absent, empty but for git's file, or a site made here. It may not if it is a
    link, a file, the root, the home folder or above it, or one of `protected` or above one of
    them: the sources and the cache.
    """
    if site.is_symlink():
        raise _refusal(site, "a symbolic link", "name the folder it points to")
    site = site.resolve()
    for path in (Path.home(), *protected):
        above = [path.resolve(), *path.resolve().parents]
        if any(_same(site, folder) for folder in above):
            raise _refusal(site, f"{path} or a folder above it", "choose a folder of its own")
    if not site.exists():
        return site
    if not site.is_dir():
        raise _refusal(site, "not a folder", "choose another path, or move it away")
    names = {path.name for path in site.iterdir()}
    if not (names <= {IGNORE} and _is_gits(site / IGNORE)) and not _is_ours(site):
        found = ", ".join(sorted(names)[:3]) + (", ..." if len(names) > 3 else "")
        raise _refusal(site, f"a folder with {found}", "choose an empty or a new folder")
    return site


def recover_site(site: Path) -> None:
    """Undo what a killed build left: put the old site back if it has no place, clear the rest."""
    old, new = _beside(site, "old"), _beside(site, "new")
    if old.exists():
        if site.exists():
            shutil.rmtree(old)
        else:
            old.rename(site)
    if new.exists():
        shutil.rmtree(new)


def replace_site(new: Path, site: Path) -> None:
    """Put folder `new` in the place of `site` and remove what was there.

    Both are on one file system; `replacing` sees to that, to the lock and to all checks of `site`.
    """
    if not _is_ours(new):
        raise StoreError(
            f'{new / MARKER} is missing or does not say "generator": "{GENERATOR}"; '
            "a new site must carry it, or the next build would refuse to replace it"
        )
    write_files(new, {IGNORE: IGNORE_CONTENT.encode()})
    old = _beside(site, "old")
    try:
        if not site.exists():
            new.rename(site)
        elif not exchange(new, site):
            site.rename(old)
            new.rename(site)
    except OSError as error:
        recover_site(site)
        raise StoreError(
            f"the site {site} could not be replaced: {error.strerror}; close what has its files "
            "open, or choose another folder with --site"
        ) from error
    for left in (old, new):
        shutil.rmtree(left, ignore_errors=True)


def exchange(one: Path, other: Path) -> bool:
    """Exchange the names of two folders in one step; False where this system cannot."""
    if os.name != "posix":
        return False
    library = ctypes.CDLL(None, use_errno=True)
    first, second = os.fsencode(one), os.fsencode(other)
    if sys.platform == "darwin" and hasattr(library, "renamex_np"):
        failed = library.renamex_np(first, second, _RENAME_SWAP)
    elif sys.platform == "linux" and hasattr(library, "renameat2"):
        failed = library.renameat2(_AT_FDCWD, first, _AT_FDCWD, second, _RENAME_EXCHANGE)
    else:
        return False
    if failed:
        number = ctypes.get_errno()
        if number not in _UNSUPPORTED:
            raise OSError(number, os.strerror(number), str(one), None, str(other))
    return not failed


def _beside(site: Path, purpose: str) -> Path:
    """The path next to the site for its lock, its successor or its predecessor."""
    return site.with_name(f".{site.name}.{purpose}")


def _same(one: Path, other: Path) -> bool:
    """Whether two paths are one folder, also where letters' case does not count."""
    return one == other or (one.exists() and other.exists() and one.samefile(other))


def _is_gits(ignore: Path) -> bool:
    """Whether git's file is absent or as git keeps it."""
    return not ignore.exists() or ignore.read_text().split() == IGNORE_CONTENT.split()


def _is_ours(folder: Path) -> bool:
    """Whether a folder's marker says that it was made here."""
    try:
        marker = json.loads((folder / MARKER).read_bytes())
    except (OSError, ValueError):
        return False
    return isinstance(marker, dict) and marker.get("generator") == GENERATOR


def _refusal(site: Path, found: str, mend: str) -> StoreError:
    return StoreError(
        f"the site cannot go to {site}: it is {found}; allowed is a folder that is absent, empty, "
        f"or holds a site made here ({MARKER}): {mend} with --site"
    )
