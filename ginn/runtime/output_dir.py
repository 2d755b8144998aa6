"""Replace the output folder as a whole: a reader finds the old site or the new one.

A build writes into a new folder beside the site. At its end the two folders exchange their names:
in one call to the operating system (Linux, macOS), or in two renames (elsewhere, and where a file
system refuses). A build that is killed between the two renames leaves the old site under another
name; the next build puts it back. This guards against kills, not against a loss of power.
"""

from __future__ import annotations

import contextlib
import ctypes
import errno
import json
import os
import shutil
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from ginn.errors import AuthorError
from ginn.runtime.lock import Say, locked, say_on_stderr

# A folder is a site of this program if its MARKER names GENERATOR.
MARKER = "build.json"
GENERATOR = "ginn"
# The only file of the output folder in git. Each site holds it, so that git reports no change.
IGNORE = ".gitignore"
IGNORE_CONTENT = "*\n!.gitignore\n"

PATIENCE = 2.0  # s for which a refused renaming is tried again
RETRY = 0.05  # s between two tries
_AT_FDCWD = -100
_RENAME_EXCHANGE = 2  # linux/fs.h
_RENAME_SWAP = 2  # macOS sys/stdio.h
_UNSUPPORTED = {errno.ENOSYS, errno.EINVAL, errno.ENOTSUP, errno.EXDEV, errno.EPERM}


@contextlib.contextmanager
def replacing(
    site: Path, protected: Sequence[Path] = (), say: Say = say_on_stderr
) -> Iterator[Path]:
    """Yield an empty folder for the new site, and put it in the site's place at the end.

    If the block raises an exception, the site stays as it was. A second build waits for the first.
    The new site must hold `build.json`, a JSON object with "generator": "ginn". `check_site`
    explains `protected`. Raises AuthorError if the folder may not be replaced.
    """
    site = check_site(site, protected)
    new = _beside(site, "new")
    try:
        site.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise _unwritable(site.parent, error) from error
    with locked(_beside(site, "lock"), say):
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


def replace_early(new: Path, site: Path, files: Mapping[str, bytes]) -> None:
    """Put a site of these files in its place before the block of `replacing` ends.

    `new` is the folder that `replacing` has yielded. It is empty again afterwards.
    """
    try:
        write_files(new, files)
        replace_site(new, site.resolve())
    finally:
        shutil.rmtree(new, ignore_errors=True)
        new.mkdir()


def write_files(folder: Path, files: Mapping[str, bytes]) -> None:
    """Write each file, named relative to the folder. Raises AuthorError if that fails."""
    for name, content in files.items():
        path = folder / name
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        except OSError as error:
            raise _unwritable(path, error) from error


def _unwritable(path: Path, error: OSError) -> AuthorError:
    return AuthorError(
        f"a path that cannot be written ({error.strerror})",
        "a folder to write to, with room for the site",
        "make room, or choose another with --site; the site is as it was",
        path=path,
    )


def check_site(site: Path, protected: Sequence[Path] = ()) -> Path:
    """The site's absolute path. Raises AuthorError unless a build may replace that folder.

    A build may replace a folder that is absent, that is empty except for git's file, or that is a
    site of this program. It may not replace a link, a file, the root, the home folder, one of
    `protected` (the sources and the cache), or a folder above one of these.
    """
    if site.is_symlink():
        raise _refusal(site, "a symbolic link", "name the folder it points to")
    site = site.resolve()
    for path in (*_home(), *protected):
        above = [path.resolve(), *path.resolve().parents]
        if any(_same(site, folder) for folder in above):
            raise _refusal(site, f"{path} or a folder above it", "choose a folder of its own")
    if not site.exists():
        return site
    if not site.is_dir():
        raise _refusal(site, "something that is not a folder", "choose another path")
    names = {path.name for path in site.iterdir()}
    if not (names <= {IGNORE} and _is_gits_file(site / IGNORE)) and not _is_site(site):
        found = ", ".join(sorted(names)[:3]) + (", ..." if len(names) > 3 else "")
        raise _refusal(site, f"a folder with {found}", "choose an empty or a new folder")
    return site


def _home() -> list[Path]:
    """The home folder of this user, if there is one: a user in a container may have none."""
    try:
        return [Path.home()]
    except RuntimeError:
        return []


def recover_site(site: Path) -> None:
    """Put back the old site that a killed build has moved, and remove its other folders."""
    old, new = _beside(site, "old"), _beside(site, "new")
    if old.exists():
        if site.exists():
            shutil.rmtree(old)
        else:
            rename(old, site)
    if new.exists():
        shutil.rmtree(new)


def replace_site(new: Path, site: Path) -> None:
    """Put folder `new` in the place of `site`, and remove what was there.

    Both must be on one file system. `replacing` ensures this, locks the site and checks it.
    """
    if not _is_site(new):
        raise AuthorError(
            f'a new site whose {MARKER} is missing or does not say "generator": "{GENERATOR}"',
            "a site with this marker, so that the next build may replace it",
            path=new,
        )
    write_files(new, {IGNORE: IGNORE_CONTENT.encode()})
    old = _beside(site, "old")
    try:
        if not site.exists():
            rename(new, site)
        elif not exchange(new, site):
            rename(site, old)
            rename(new, site)
    except OSError as error:
        recover_site(site)
        raise AuthorError(
            f"a site that could not be replaced ({error.strerror})",
            "a folder that can be renamed",
            "close the program that has its files open, or choose another folder with --site",
            path=site,
        ) from error
    for left in (old, new):
        shutil.rmtree(left, ignore_errors=True)


def rename(path: Path, target: Path) -> None:
    """Rename a folder. Try for PATIENCE seconds where the system refuses it.

    Windows refuses while another program has a file of the folder open, and many programs have it
    open for a moment: a virus scanner, the search index, or a server that sends the file.
    """
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            path.rename(target)
        except PermissionError:
            if time.monotonic() >= deadline:
                raise
            time.sleep(RETRY)
        else:
            return


def exchange(one: Path, other: Path) -> bool:
    """Exchange the names of two folders in one step. Returns False where this system cannot."""
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
    """The path beside the site for its lock, the new site or the old one."""
    return site.with_name(f".{site.name}.{purpose}")


def _same(one: Path, other: Path) -> bool:
    """Whether two paths are the same folder, also on a file system that ignores case."""
    return one == other or (one.exists() and other.exists() and one.samefile(other))


def _is_gits_file(ignore: Path) -> bool:
    """Whether the file is absent, or equal to this repository's own."""
    return not ignore.exists() or ignore.read_text().split() == IGNORE_CONTENT.split()


def _is_site(folder: Path) -> bool:
    """Whether a folder's marker says that this program made it."""
    try:
        marker = json.loads((folder / MARKER).read_bytes())
    except (OSError, ValueError):
        return False
    return isinstance(marker, dict) and marker.get("generator") == GENERATOR


def _refusal(site: Path, found: str, hint: str) -> AuthorError:
    allowed = f"a folder that is absent, empty, or a site made by this program ({MARKER})"
    return AuthorError(found, allowed, f"{hint} with --site", path=site)
