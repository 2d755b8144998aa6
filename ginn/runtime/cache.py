"""A cache that keeps results of any type in files, each under a key.

The key of a result is a digest of everything that the result depends on. So a stored result is
never out of date. A result is written to a temporary file in the same folder, which is flushed and
then renamed. A damaged result counts as absent.

The folder grows with every build that has other inputs. `Cache.forget` removes the least recently
used results.
"""

from __future__ import annotations

import contextlib
import os
import re
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Generic, TypeVar, cast

from ginn.errors import AuthorError
from ginn.files import PART, write_whole
from ginn.runtime.encodings import DamagedError, Encoding
from ginn.runtime.lock import Say, locked, say_on_stderr

T = TypeVar("T")
Entry = tuple[str, str]  # the name and the key of a stored result
Compute = Callable[[list[Entry]], Iterable[tuple[Entry, T]]]

# The most bytes of values that stay in memory. The bytes of a value are those of its file.
MOST_BYTES = 250_000_000


@dataclass(frozen=True)
class StageRecord:
    """How many results a stage made, how many it took from the cache, and the seconds it took."""

    name: str
    made: int
    kept: int
    seconds: float


@dataclass
class Cache:
    """A folder of entries, `root/stage/name.key.suffix`, and the `record` of the stages of a build.

    Open it with `open_cache`, so that only one build uses the folder.
    """

    root: Path
    say: Say = say_on_stderr
    record: list[StageRecord] = field(default_factory=list)
    _used: set[Path] = field(default_factory=set)

    def load(self, stage: str, name: str, key: str, encoding: Encoding[T]) -> T | None:
        """An entry's value, or None if there is none. A damaged entry gives None and a warning."""
        path = self._path(stage, name, key, encoding.suffix)
        try:
            data = path.read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise _unreadable(path, error) from error
        try:
            value = encoding.decode(data)
        except DamagedError:
            self.say(f"warning: {path} is damaged; it is made again")
            return None
        self._touch(path)
        return value

    def has(self, stage: str, name: str, key: str, encoding: Encoding[Any]) -> bool:
        """Whether there is an entry, which then counts as used. It is not read."""
        path = self._path(stage, name, key, encoding.suffix)
        try:
            there = path.exists()
        except OSError:
            there = True  # loading it raises the error again
        if there:
            self._touch(path)
        return there

    def drop(self, stage: str, name: str, key: str, encoding: Encoding[Any]) -> None:
        """Remove an entry, if it exists and can be removed."""
        with contextlib.suppress(OSError):
            self._path(stage, name, key, encoding.suffix).unlink()

    def size(self, stage: str, name: str, key: str, encoding: Encoding[Any]) -> int:
        """The bytes of an entry, which must exist."""
        return self._path(stage, name, key, encoding.suffix).stat().st_size

    def digest(self, stage: str, name: str, key: str, encoding: Encoding[Any]) -> str:
        """The digest of an entry's value, as its file states it; "" if the file is damaged."""
        path = self._path(stage, name, key, encoding.suffix)
        try:
            with path.open("rb") as stream:
                return encoding.read_digest(stream)
        except OSError as error:
            raise _unreadable(path, error) from error

    def _touch(self, path: Path) -> None:
        """Record that an entry was used."""
        # Only `forget` needs this. A file of another user may be readable but not writable.
        with contextlib.suppress(OSError):
            os.utime(path)
        self._used.add(path)

    def save(self, stage: str, name: str, key: str, encoding: Encoding[T], value: T) -> None:
        """Write an entry, whole or not at all."""
        path = self._path(stage, name, key, encoding.suffix)
        data = encoding.encode(value)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            write_whole(path, data)
        except OSError as error:
            raise AuthorError(
                f"a file that cannot be written ({error.strerror})",
                f"a folder to write to with {len(data):,} bytes free",
                "make room, or choose another with --cache",
                path=path,
            ) from error
        self._used.add(path)

    def forget(self, limit: int) -> int:
        """Drop entries until at most `limit` bytes are left. Returns the number dropped.

        The least recently used are dropped first. Entries that this build has used are kept.
        """
        entries = [path for path in self.root.glob("*/*") if path.is_file()]
        stats = {path: path.stat() for path in entries}
        total = sum(each.st_size for each in stats.values())
        dropped = 0
        for path in sorted(set(entries) - self._used, key=lambda path: stats[path].st_mtime):
            if total <= limit:
                break
            try:
                path.unlink()
            except OSError as error:
                # The build did not need this entry, so it must not fail because of it.
                self.say(f"warning: {path} cannot be dropped: {error.strerror}")
                continue
            total -= stats[path].st_size
            dropped += 1
        return dropped

    def _path(self, stage: str, name: str, key: str, suffix: str) -> Path:
        for part in (stage, name):
            if not re.fullmatch(r"[A-Za-z0-9_-]+", part):
                raise ValueError(f"found {part!r}, allowed: letters, digits, '-' and '_'")
        # 128 bits of the key are enough. Windows limits a path to 260 characters.
        return self.root / stage / f"{name}.{key[:32]}{suffix}"


def _unreadable(path: Path, error: OSError) -> AuthorError:
    return AuthorError(
        f"a file that cannot be read ({error.strerror})",
        "a file that you may read",
        "remove it, or choose another folder with --cache",
        path=path,
    )


@contextlib.contextmanager
def open_cache(root: Path, say: Say = say_on_stderr) -> Iterator[Cache]:
    """The cache in folder `root`, which is made if absent. One build uses it at a time."""
    try:
        root.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise AuthorError(
            f"a cache folder that cannot be made ({error.strerror})",
            "a folder to write to",
            "choose another with --cache",
            path=root,
        ) from error
    with locked(root / ".lock", say):
        # Temporary files of a build that was killed while it wrote.
        for left in root.glob(f"*/.*{PART}"):
            with contextlib.suppress(OSError):
                left.unlink()
        yield Cache(root, say)


@dataclass
class RecentValues:
    """The most recently used values, by key."""

    most: int = MOST_BYTES
    values: dict[str, tuple[int, Any]] = field(default_factory=dict)

    def get(self, key: str) -> Any:
        """The value of a key, or None if it is not held. The key becomes the last one used."""
        if key not in self.values:
            return None
        self.values[key] = self.values.pop(key)
        return self.values[key][1]

    def drop(self, key: str) -> None:
        """Forget a value, if it is held."""
        self.values.pop(key, None)

    def put(self, key: str, size: int, value: Any) -> None:
        """Hold a value of `size` bytes; drop the least recently used above `most` bytes."""
        self.values[key] = (size, value)
        total = sum(size for size, _ in self.values.values())
        while total > self.most and len(self.values) > 1:
            total -= self.values.pop(next(iter(self.values)))[0]


@dataclass(frozen=True)
class LazyResults(Mapping[str, T], Generic[T]):
    """The results of a stage by name, loaded when they are used.

    A damaged result is made again when it is loaded.
    """

    cache: Cache
    recent: RecentValues
    stage: str
    keys_of: Mapping[str, str]  # the name of a result -> its key
    encoding: Encoding[T]
    compute: Compute[T]

    def __getitem__(self, name: str) -> T:
        """The result of that name."""
        key = self.keys_of[name]
        value = self.recent.get(key)
        if value is None:
            value = self.cache.load(self.stage, name, key, self.encoding)
        if value is None:
            value = dict(self.compute([(name, key)]))[name, key]
            self.cache.save(self.stage, name, key, self.encoding, value)
        self.recent.put(key, self.cache.size(self.stage, name, key, self.encoding), value)
        return cast(T, value)

    def __iter__(self) -> Iterator[str]:
        """The names, in their order."""
        return iter(self.keys_of)

    def __len__(self) -> int:
        """The number of results."""
        return len(self.keys_of)

    def __contains__(self, name: object) -> bool:
        """Whether there is a result of that name; nothing is loaded."""
        return name in self.keys_of

    def digest(self, name: str) -> str:
        """The digest of a result's file; the rest of the file is not read.

        A file without a digest is damaged, and its result is made again.
        """
        entry = (self.stage, name, self.keys_of[name], self.encoding)
        if not (found := self.cache.digest(*entry)):
            self.recent.drop(self.keys_of[name])
            self[name]  # loading it makes it again
            found = self.cache.digest(*entry)
        return found


def lazy_results(
    cache: Cache,
    recent: RecentValues,
    stage: str,
    several: Sequence[Mapping[str, str]],
    encoding: Encoding[T],
    compute: Compute[T],
) -> list[LazyResults[T]]:
    """The results of a stage for each of `several` mappings of names to keys, in their order.

    `compute` is given the entries that are not in the cache, if any. It yields each with its
    result, in any order. Each result is saved as soon as it is yielded. Raises RuntimeError if
    `compute` leaves out an entry.
    """
    begun = time.perf_counter()
    # Two mappings may share an entry.
    entries = dict.fromkeys(entry for keys in several for entry in keys.items())
    missing = [(name, key) for name, key in entries if not cache.has(stage, name, key, encoding)]
    not_made = set(missing)
    for (name, key), value in compute(missing) if missing else ():
        cache.save(stage, name, key, encoding, value)
        recent.put(key, cache.size(stage, name, key, encoding), value)
        not_made.discard((name, key))
    if not_made:
        names = ", ".join(sorted(name for name, _ in not_made))
        raise RuntimeError(f"stage {stage!r} did not make {names}")
    seconds = time.perf_counter() - begun
    kept = sum(map(len, several)) - len(missing)
    cache.record.append(StageRecord(stage, len(missing), kept, seconds))
    return [LazyResults(cache, recent, stage, dict(keys), encoding, compute) for keys in several]
