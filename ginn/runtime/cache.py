"""A cache of results in files, each under a key. It knows nothing of what it keeps.

The key of a result is a digest of everything that the result depends on, so a result is never out
of date: it is there, or it is made. Results are written beside their place, flushed and renamed; a
damaged one counts as absent.

The folder grows with every build that has other inputs; `Cache.forget` removes the results that
were not used for longest.
"""

from __future__ import annotations

import contextlib
import dataclasses
import functools
import hashlib
import json
import os
import re
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from importlib import metadata
from pathlib import Path
from typing import Any, Generic, TypeVar, cast

from ginn.errors import AuthorError
from ginn.files import PART, write_whole
from ginn.runtime.encodings import DamagedError, Encoding
from ginn.runtime.lock import Say, locked, say_on_stderr

T = TypeVar("T")
Compute = Callable[[list[str]], Iterable[tuple[str, T]]]

FORMAT = 1
# Bytes of values that stay in memory, by the lengths of their files; others are loaded again.
MOST_BYTES = 250_000_000


def key(stage: str, inputs: Any, sources: Sequence[Path], libraries: Sequence[str]) -> str:
    """SHA-256 (hex) of everything a stage's result depends on.

    `inputs` are JSON's types and dataclasses, upstream keys among them; `sources` the files of code
    or content it reads, taken by name and content with line endings as on Unix; `libraries` the
    distributions it uses, taken by version without importing them. Raises ValueError for an input
    that is not JSON, AuthorError for a source that cannot be read or a library that is missing.
    """
    whole = {
        "format": FORMAT,
        "stage": stage,
        "inputs": inputs,
        "sources": sorted(_source(path) for path in sources),
        "libraries": {name: _version(name) for name in libraries},
    }
    try:
        canonical = json.dumps(
            whole, sort_keys=True, separators=(",", ":"), allow_nan=False, default=_plain
        )
    except (TypeError, ValueError) as error:
        raise ValueError(
            f"stage {stage!r} has an input that JSON does not know: {error}; give numbers that "
            "are finite, strings, lists, mappings or dataclasses"
        ) from error
    return hashlib.sha256(canonical.encode()).hexdigest()


def keys(
    stage: str,
    own: Mapping[str, Any],
    inputs: Any,
    sources: Sequence[Path],
    libraries: Sequence[str],
) -> dict[str, str]:
    """A key for each entry of a stage, by name: of its own input, and of all that they share."""
    shared = key(stage, inputs, sources, libraries)
    return {name: key(stage, {"own": each, "shared": shared}, [], []) for name, each in own.items()}


def _source(path: Path) -> tuple[str, str]:
    try:
        content = path.read_bytes()
    except OSError as error:
        found = f"a source that cannot be read ({error.strerror})"
        raise AuthorError(found, "a readable file", path=path) from error
    return path.name, hashlib.sha256(content.replace(b"\r\n", b"\n")).hexdigest()


@functools.cache
def _version(library: str) -> str:
    try:
        return metadata.version(library)
    except metadata.PackageNotFoundError as error:
        raise AuthorError(
            f"no library {library!r}", "an installed one", "run `python -m pip install -e .`"
        ) from error


def _plain(value: Any) -> Any:
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return dataclasses.asdict(value)
    raise TypeError(f"{value!r} is a {type(value).__name__}")


@dataclass(frozen=True)
class Stage:
    """What became of a stage's entries: how many were made, how many kept, and the seconds."""

    name: str
    made: int
    kept: int
    seconds: float


@dataclass
class Cache:
    """A folder of entries, `root/stage/name.key.suffix`; `record` grows by a `Stage` at a time.

    Open it with `open_cache`, which sees to it that only one build uses the folder.
    """

    root: Path
    say: Say = say_on_stderr
    record: list[Stage] = field(default_factory=list)
    counted: set[tuple[str, str]] = field(default_factory=set)
    _used: set[Path] = field(default_factory=set)

    def keep(self, stage: str, key: str, encoding: Encoding[T], compute: Callable[[], T]) -> T:
        """The one value of a stage: loaded if it is there, else computed and saved."""
        made = self.keep_each(stage, {stage: key}, encoding, lambda _: [(stage, compute())])
        return made[stage]

    def keep_each(
        self,
        stage: str,
        keys: Mapping[str, str],
        encoding: Encoding[T],
        compute: Callable[[list[str]], Iterable[tuple[str, T]]],
    ) -> dict[str, T]:
        """A value for each name in `keys`, in their order.

        Those that are there are loaded. `compute` is given the names of the others, if any, and
        yields each with its value in whatever order they get done; each is saved as it comes.
        """
        begun, before = time.perf_counter(), len(self.record)
        values = {}
        for name, entry_key in keys.items():
            if (value := self.load(stage, name, entry_key, encoding)) is not None:
                values[name] = value
        missing = [name for name in keys if name not in values]
        if missing:
            for name, value in compute(list(missing)):
                self.save(stage, name, keys[name], encoding, value)
                values[name] = value
        if undone := [name for name in keys if name not in values]:
            raise RuntimeError(f"stage {stage!r} did not make {', '.join(undone)}")
        self.count(stage, keys, missing, begun, before)
        return {name: values[name] for name in keys}

    def count(
        self, stage: str, keys: Mapping[str, str], missing: list[str], begun: float, before: int
    ) -> None:
        """Add to the record what became of a stage that began at `begun`, by `time.perf_counter`,
        when the record had `before` lines.
        """
        # What another stage has read or made in this build already is not counted twice.
        fresh = {(stage, key) for key in keys.values()} - self.counted
        self.counted |= fresh
        kept = sum((stage, keys[name]) in fresh for name in keys if name not in missing)
        # A stage that was asked for by this one's work has its seconds in a line of its own.
        others = sum(inner.seconds for inner in self.record[before:])
        seconds = time.perf_counter() - begun - others
        if fresh or missing:
            self.record.append(Stage(stage, len(missing), kept, seconds))

    def load(self, stage: str, name: str, key: str, encoding: Encoding[T]) -> T | None:
        """An entry's value, or None where there is none or, with a line said, a damaged one."""
        path = self._path(stage, name, key, encoding.suffix)
        try:
            data = path.read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise AuthorError(
                f"a file that cannot be read ({error.strerror})",
                "a file of your own",
                "remove it, or choose another folder with --cache",
                path=path,
            ) from error
        try:
            value = encoding.decode(data)
        except DamagedError:
            self.say(f"warning: {path} is damaged; it is made again")
            return None
        self._touch(path)
        return value

    def has(self, stage: str, name: str, key: str, encoding: Encoding[Any]) -> bool:
        """Whether there is an entry, which counts as used; it is not read, and may be damaged."""
        path = self._path(stage, name, key, encoding.suffix)
        try:
            there = path.exists()
        except OSError:
            there = True  # whoever loads it says why it cannot be
        if there:
            self._touch(path)
        return there

    def drop(self, stage: str, name: str, key: str, encoding: Encoding[Any]) -> None:
        """Remove an entry, if it is there and can be."""
        with contextlib.suppress(OSError):
            self._path(stage, name, key, encoding.suffix).unlink()

    def size(self, stage: str, name: str, key: str, encoding: Encoding[Any]) -> int:
        """The bytes of an entry that is there."""
        return self._path(stage, name, key, encoding.suffix).stat().st_size

    def _touch(self, path: Path) -> None:
        """Note that an entry was of use."""
        # Of use to `forget` alone, and another user's file may be read but not touched.
        with contextlib.suppress(OSError):
            os.utime(path)
        self._used.add(path)

    def save(self, stage: str, name: str, key: str, encoding: Encoding[T], value: T) -> None:
        """Write an entry: whole, or not at all."""
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
        """Drop entries this build has not used, the least recently used first, until at most
        `limit` bytes are left; the number dropped.
        """
        entries = [path for path in self.root.glob("*/*") if path.is_file()]
        sizes = {path: path.stat() for path in entries}
        total = sum(size.st_size for size in sizes.values())
        dropped = 0
        for path in sorted(set(entries) - self._used, key=lambda path: sizes[path].st_mtime):
            if total <= limit:
                break
            try:
                path.unlink()
            except OSError as error:
                # The build is done and must not fail for what it did not need.
                self.say(f"warning: {path} cannot be dropped: {error.strerror}")
                continue
            total -= sizes[path].st_size
            dropped += 1
        return dropped

    def _path(self, stage: str, name: str, key: str, suffix: str) -> Path:
        for part in (stage, name):
            if not re.fullmatch(r"[A-Za-z0-9_-]+", part):
                raise ValueError(f"found {part!r}, allowed: letters, digits, '-' and '_'")
        # 128 bits of the key: Windows allows a path 260 characters.
        return self.root / stage / f"{name}.{key[:32]}{suffix}"


@contextlib.contextmanager
def open_cache(root: Path, say: Say = say_on_stderr) -> Iterator[Cache]:
    """The cache in folder `root`, which only one build uses at a time; made if absent."""
    try:
        root.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise AuthorError(
            f"a cache that cannot be a folder ({error.strerror})",
            "a folder to write to",
            "choose another with --cache",
            path=root,
        ) from error
    with locked(root / ".lock", say):
        for part in root.glob(f"*/.*{PART}"):
            with contextlib.suppress(OSError):
                part.unlink()
        yield Cache(root, say)


@dataclass
class RecentValues:
    """The values that were asked for last, by key."""

    most: int = MOST_BYTES
    values: dict[str, tuple[int, Any]] = field(default_factory=dict)

    def get(self, key: str) -> Any:
        """A value that is held, or None; from now on it is the last that was asked for."""
        if key not in self.values:
            return None
        self.values[key] = self.values.pop(key)
        return self.values[key][1]

    def put(self, key: str, size: int, value: Any) -> None:
        """Hold a value, and let go those that nobody has asked for since longest."""
        self.values[key] = (size, value)
        total = sum(size for size, _ in self.values.values())
        while total > self.most and len(self.values) > 1:
            total -= self.values.pop(next(iter(self.values)))[0]


@dataclass(frozen=True)
class LazyResults(Mapping[str, T], Generic[T]):
    """A stage's values by name; what is not in memory is loaded, what is damaged is made again."""

    cache: Cache
    recent: RecentValues
    stage: str
    entries: Mapping[str, str]  # the name of a value -> its key
    encoding: Encoding[T]
    compute: Compute[T]

    def __getitem__(self, name: str) -> T:
        """One value."""
        key = self.entries[name]
        value = self.recent.get(key)
        if value is None:
            value = self.cache.load(self.stage, name, key, self.encoding)
        if value is None:
            value = dict(self.compute([name]))[name]
            self.cache.save(self.stage, name, key, self.encoding, value)
        self.recent.put(key, self.cache.size(self.stage, name, key, self.encoding), value)
        return cast(T, value)

    def __iter__(self) -> Iterator[str]:
        """The names, in their order."""
        return iter(self.entries)

    def __len__(self) -> int:
        """How many there are."""
        return len(self.entries)

    def __contains__(self, name: object) -> bool:
        """Whether there is a value of that name; nothing is loaded."""
        return name in self.entries


def lazy_results(
    cache: Cache,
    recent: RecentValues,
    stage: str,
    keys: Mapping[str, str],
    encoding: Encoding[T],
    compute: Compute[T],
) -> LazyResults[T]:
    """A value for each name in `keys`, as `Cache.keep_each` keeps them, but loaded one by one.

    What is not there is made at once.
    """
    begun, before = time.perf_counter(), len(cache.record)
    missing = [name for name, key in keys.items() if not cache.has(stage, name, key, encoding)]
    undone = set(missing)
    for name, value in compute(missing) if missing else ():
        cache.save(stage, name, keys[name], encoding, value)
        recent.put(keys[name], cache.size(stage, name, keys[name], encoding), value)
        undone.discard(name)
    if undone:
        raise RuntimeError(f"stage {stage!r} did not make {', '.join(sorted(undone))}")
    cache.count(stage, keys, missing, begun, before)
    return LazyResults(cache, recent, stage, dict(keys), encoding, compute)
