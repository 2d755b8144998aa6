"""Replace the output folder as a whole: a reader finds the old site or the new one.

A build writes into a new folder beside the site. At its end the two folders exchange their names:
in one call to the operating system (Linux, macOS), or in two renames (elsewhere, and where a file
system refuses). A build that is killed between the two renames leaves the old site under another
name; the next build puts it back. This guards against kills, not against a loss of power.

A mount point cannot be renamed, for example a volume of a container. There the files are replaced
one by one, the pages last. A reader may then find a new page beside an old one for a moment.
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
from typing import Any

from ginn.errors import AuthorError
from ginn.files import write_whole
from ginn.runtime.lock import Say, locked, say_on_stderr

# A folder is a site of this program if its MARKER names GENERATOR.
MARKER = "build.json"
GENERATOR = "ginn"
MOST_NAMED = 5  # files that a warning names
# The only file that an empty output folder may hold, so that git can have the folder. A site must
# not hold it, since git would then ignore a copy of the site in a repository.
IGNORE = ".gitignore"
IGNORE_CONTENT = "*\n!.gitignore\n"

PATIENCE = 2.0  # s for which a refused renaming is tried again
RETRY = 0.05  # s between two tries
_AT_FDCWD = -100
_RENAME_EXCHANGE = 2  # linux/fs.h
_RENAME_SWAP = 2  # macOS sys/stdio.h
# The system's error numbers for a folder that is a mount point, or on another file system.
_FIXED = {errno.EBUSY, errno.EXDEV}
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
    if site.is_mount():
        say(f"{site} is a mount point: its files are replaced one by one at the end")
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
            replace_site(new, site, say)
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

    A build may replace a folder that is absent, that is empty except for IGNORE, or that is a
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
    """Put back the old site that a killed build has moved, and remove that build's folders."""
    old, new = _beside(site, "old"), _beside(site, "new")
    if old.exists():
        if site.exists():
            shutil.rmtree(old)
        else:
            rename(old, site)
    if new.exists():
        shutil.rmtree(new)


def replace_site(new: Path, site: Path, say: Say = say_on_stderr) -> None:
    """Put folder `new` in the place of `site`, and remove what was there.

    Files that no build made are named in a warning. `replacing` locks the site and checks it.
    """
    if not _is_site(new):
        raise AuthorError(
            f'a new site whose {MARKER} is missing or does not say "generator": "{GENERATOR}"',
            "a site with this marker, so that the next build may replace it",
            path=new,
        )
    if foreign := foreign_files(site, new):
        names = ", ".join(foreign[:MOST_NAMED]) + (", ..." if len(foreign) > MOST_NAMED else "")
        say(
            f"warning: {site}: removed {names}, which no build made; "
            "put files that a site must have into static/ beside report.toml"
        )
    old = _beside(site, "old")
    try:
        if not site.exists():
            rename(new, site)
        elif not exchange(new, site):
            rename(site, old)
            rename(new, site)
    except OSError as error:
        if error.errno in _FIXED and site.is_dir() and new.is_dir():
            fill(site, new)
            return
        recover_site(site)
        raise AuthorError(
            f"a site that could not be replaced ({error.strerror})",
            "a folder that can be renamed",
            "close the program that has its files open, or choose another folder with --site",
            path=site,
        ) from error
    for left in (old, new):
        shutil.rmtree(left, ignore_errors=True)


def foreign_files(site: Path, new: Path) -> list[str]:
    """The sorted names of files in a site that no build made, and that `new` does not have."""
    made = _marker(site).get("files")
    if not isinstance(made, dict):
        return []
    return [
        name
        for name in names_in(site)
        if name not in made
        and name != MARKER
        and not (name == IGNORE and _is_gits_file(site / IGNORE))
        and not (new / name).exists()
    ]


def names_in(folder: Path) -> list[str]:
    """The sorted names of all files in a folder, relative to it."""
    paths = (path for path in folder.rglob("*") if path.is_symlink() or not path.is_dir())
    return sorted(path.relative_to(folder).as_posix() for path in paths)


def fill(site: Path, new: Path) -> None:
    """Replace the files of a site by those of `new` one by one, and remove the others.

    The marker comes first: the next build may then replace what a killed one has left. Raises
    AuthorError if a file cannot be written.
    """
    names = names_in(new)
    try:
        for name in sorted(names, key=lambda name: (name != MARKER, name.endswith(".html"))):
            (site / name).parent.mkdir(parents=True, exist_ok=True)
            write_whole(site / name, (new / name).read_bytes())
        for name in set(names_in(site)) - set(names):
            (site / name).unlink()
        for folder in sorted((path for path in site.rglob("*") if path.is_dir()), reverse=True):
            if not any(folder.iterdir()):
                folder.rmdir()
    except OSError as error:
        raise AuthorError(
            f"a file that cannot be replaced ({error.strerror})",
            "a folder to write to, with room for the site",
            "make room and build again; some files of the site are new and some are old",
            path=site,
        ) from error
    finally:
        shutil.rmtree(new, ignore_errors=True)


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
    """Whether the file is absent, or has the content IGNORE_CONTENT."""
    return not ignore.exists() or ignore.read_text().split() == IGNORE_CONTENT.split()


def _is_site(folder: Path) -> bool:
    """Whether a folder's marker says that this program made it."""
    return _marker(folder).get("generator") == GENERATOR


def _marker(folder: Path) -> dict[str, Any]:
    """The marker of a site; empty if there is none."""
    try:
        marker = json.loads((folder / MARKER).read_bytes())
    except (OSError, ValueError):
        return {}
    return marker if isinstance(marker, dict) else {}


def _refusal(site: Path, found: str, hint: str) -> AuthorError:
    allowed = f"a folder that is absent, empty, or a site made by this program ({MARKER})"
    return AuthorError(found, allowed, f"{hint} with --site", path=site)
