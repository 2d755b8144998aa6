"""Finished work kept by content hash. Knows nothing of what it keeps.

An entry's key is a digest of everything its value depends on, so an entry is never out of date: it
is there, or it is made. Entries are written beside their place, flushed and renamed; each carries a
digest of itself, and one that is damaged counts as absent. Nothing is ever unpickled.

The folder grows by the entries of every build with other inputs, until `Store.forget` drops those
that were not used for longest.
"""

from __future__ import annotations

import contextlib
import dataclasses
import functools
import hashlib
import io
import json
import os
import re
import sys
import time
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from importlib import metadata
from pathlib import Path
from typing import Any, Generic, TypeVar

import filelock
import numpy as np
from numpy.typing import NDArray

from ginn.files import PART, write_whole

T = TypeVar("T")
U = TypeVar("U")
Say = Callable[[str], None]

FORMAT = 1
DIGEST_LENGTH = 64


class StoreError(Exception):
    """The store or the site's folder cannot do what was asked; the message says how to mend it."""


class _DamagedError(Exception):
    """Bytes that are not what was written."""


def say_on_stderr(line: str) -> None:
    """One line on standard error."""
    sys.stderr.write(f"{line}\n")


def key(stage: str, inputs: Any, sources: Sequence[Path], libraries: Sequence[str]) -> str:
    """SHA-256 (hex) of everything a stage's result depends on.

    `inputs` are JSON's types and dataclasses, upstream keys among them; `sources` the files of code
    or content it reads, taken by name and content with line endings as on Unix; `libraries` the
    distributions it uses, taken by version without importing them. StoreError for an input that is
    not JSON, a source that cannot be read, or a library that is not installed.
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
        raise StoreError(
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
        raise StoreError(f"source {path} cannot be read: {error.strerror}") from error
    return path.name, hashlib.sha256(content.replace(b"\r\n", b"\n")).hexdigest()


@functools.cache
def _version(library: str) -> str:
    try:
        return metadata.version(library)
    except metadata.PackageNotFoundError as error:
        raise StoreError(
            f"library {library!r} is not installed here; run `python -m pip install -e .`"
        ) from error


def _plain(value: Any) -> Any:
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return dataclasses.asdict(value)
    raise TypeError(f"{value!r} is a {type(value).__name__}")


@dataclass(frozen=True)
class Form(Generic[T]):
    """How a value of type T is a file: its suffix, and the way there and back."""

    suffix: str
    encode: Callable[[T], bytes]
    decode: Callable[[bytes], T]

    def of(self, take_apart: Callable[[U], T], put_together: Callable[[T], U]) -> Form[U]:
        """The form of a U that can be taken apart into a T and put together again."""
        return Form(
            self.suffix,
            lambda value: self.encode(take_apart(value)),
            lambda data: put_together(self.decode(data)),
        )


def _pack(members: Mapping[str, bytes]) -> bytes:
    """An uncompressed zip, the same for the same members, whose comment is its own digest."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, content in members.items():
            member = zipfile.ZipInfo(name)  # dated 1980, the format's first day
            member.create_system = 3
            archive.writestr(member, content)
        archive.comment = b"0" * DIGEST_LENGTH
    body = stream.getvalue()[:-DIGEST_LENGTH]
    return body + hashlib.sha256(body).hexdigest().encode()


def _unpack(data: bytes) -> dict[str, bytes]:
    body, digest = data[:-DIGEST_LENGTH], data[-DIGEST_LENGTH:]
    if hashlib.sha256(body).hexdigest().encode() != digest:
        raise _DamagedError
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return {name: archive.read(name) for name in archive.namelist()}
    # What zipfile raises for bytes that are no zip, or one that was not packed here.
    except (zipfile.BadZipFile, zlib.error, OSError, EOFError, ValueError, RuntimeError) as error:
        raise _DamagedError from error


def _pack_arrays(arrays: Mapping[str, NDArray[Any]]) -> bytes:
    members = {}
    for name, array in arrays.items():
        stream = io.BytesIO()
        np.lib.format.write_array(stream, np.asanyarray(array), allow_pickle=False)
        members[f"{name}.npy"] = stream.getvalue()
    return _pack(members)


def _unpack_arrays(data: bytes) -> dict[str, NDArray[Any]]:
    members = _unpack(data)
    try:
        return {
            name.removesuffix(".npy"): np.lib.format.read_array(
                io.BytesIO(content), allow_pickle=False
            )
            for name, content in members.items()
        }
    except (ValueError, TypeError, SyntaxError, OverflowError, MemoryError) as error:
        raise _DamagedError from error


def _pack_json(value: Any) -> bytes:
    content = json.dumps(value, separators=(",", ":"), allow_nan=False)
    digest = hashlib.sha256(content.encode()).hexdigest()
    return f'{{"sha256":"{digest}","value":{content}}}\n'.encode()


def _unpack_json(data: bytes) -> Any:
    try:
        value = json.loads(data)["value"]
        whole = _pack_json(value) == data
    except (ValueError, KeyError, TypeError, RecursionError):
        raise _DamagedError from None
    if not whole:
        raise _DamagedError
    return value


ARRAYS: Form[Mapping[str, NDArray[Any]]] = Form(".npz", _pack_arrays, _unpack_arrays)
FILES: Form[Mapping[str, bytes]] = Form(".zip", _pack, _unpack)
JSON: Form[Any] = Form(".json", _pack_json, _unpack_json)


@dataclass(frozen=True)
class Stage:
    """What became of a stage's entries: how many were made, how many kept, and the seconds."""

    name: str
    made: int
    kept: int
    seconds: float


@dataclass
class Store:
    """A folder of entries, `root/stage/name.key.suffix`; `record` grows by a `Stage` at a time.

    Open it with `opened`, which sees to it that only one build uses the folder.
    """

    root: Path
    say: Say = say_on_stderr
    record: list[Stage] = field(default_factory=list)
    counted: set[tuple[str, str]] = field(default_factory=set)
    _used: set[Path] = field(default_factory=set)

    def keep(self, stage: str, key: str, form: Form[T], compute: Callable[[], T]) -> T:
        """The one value of a stage: loaded if it is there, else computed and saved."""
        made = self.keep_each(stage, {stage: key}, form, lambda _: [(stage, compute())])
        return made[stage]

    def keep_each(
        self,
        stage: str,
        keys: Mapping[str, str],
        form: Form[T],
        compute: Callable[[list[str]], Iterable[tuple[str, T]]],
    ) -> dict[str, T]:
        """A value for each name in `keys`, in their order.

        Those that are there are loaded. `compute` is given the names of the others, if any, and
        yields each with its value in whatever order they get done; each is saved as it comes.
        """
        begun, before = time.perf_counter(), len(self.record)
        values = {}
        for name, entry_key in keys.items():
            if (value := self.load(stage, name, entry_key, form)) is not None:
                values[name] = value
        missing = [name for name in keys if name not in values]
        if missing:
            for name, value in compute(list(missing)):
                self.save(stage, name, keys[name], form, value)
                values[name] = value
        if undone := [name for name in keys if name not in values]:
            raise StoreError(f"stage {stage!r} was to make {', '.join(undone)}, and did not")
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

    def load(self, stage: str, name: str, key: str, form: Form[T]) -> T | None:
        """An entry's value, or None where there is none or, with a line said, a damaged one."""
        path = self._path(stage, name, key, form.suffix)
        try:
            data = path.read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise StoreError(
                f"{path} cannot be read: found {error.strerror}, allowed: a file of your own; "
                "remove it, or choose another folder with --cache"
            ) from error
        try:
            value = form.decode(data)
        except _DamagedError:
            self.say(f"warning: {path} is damaged; it is made again")
            return None
        self._touch(path)
        return value

    def has(self, stage: str, name: str, key: str, form: Form[Any]) -> bool:
        """Whether there is an entry, which counts as used; it is not read, and may be damaged."""
        path = self._path(stage, name, key, form.suffix)
        try:
            there = path.exists()
        except OSError:
            there = True  # whoever loads it says why it cannot be
        if there:
            self._touch(path)
        return there

    def drop(self, stage: str, name: str, key: str, form: Form[Any]) -> None:
        """Remove an entry, if it is there and can be."""
        with contextlib.suppress(OSError):
            self._path(stage, name, key, form.suffix).unlink()

    def size(self, stage: str, name: str, key: str, form: Form[Any]) -> int:
        """The bytes of an entry that is there."""
        return self._path(stage, name, key, form.suffix).stat().st_size

    def _touch(self, path: Path) -> None:
        """Note that an entry was of use."""
        # Of use to `forget` alone, and another user's file may be read but not touched.
        with contextlib.suppress(OSError):
            os.utime(path)
        self._used.add(path)

    def save(self, stage: str, name: str, key: str, form: Form[T], value: T) -> None:
        """Write an entry: whole, or not at all."""
        path = self._path(stage, name, key, form.suffix)
        data = form.encode(value)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            write_whole(path, data)
        except OSError as error:
            raise StoreError(
                f"{path} cannot be written: found {error.strerror}, allowed: a folder to write to "
                f"with {len(data):,} bytes free; make room, or choose another with --cache"
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
                raise StoreError(
                    f"an entry's name {part!r} found; letters, digits, '-' and '_' are allowed"
                )
        # 128 bits of the key: Windows allows a path 260 characters.
        return self.root / stage / f"{name}.{key[:32]}{suffix}"


@contextlib.contextmanager
def opened(root: Path, say: Say = say_on_stderr) -> Iterator[Store]:
    """The store in folder `root`, which only one build uses at a time; made if absent."""
    try:
        root.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StoreError(
            f"the cache {root} cannot be a folder: {error.strerror}; choose another with --cache"
        ) from error
    with sole(root / ".lock", say):
        for part in root.glob(f"*/.*{PART}"):
            with contextlib.suppress(OSError):
                part.unlink()
        yield Store(root, say)


@contextlib.contextmanager
def sole(lock: Path, say: Say = say_on_stderr) -> Iterator[None]:
    """Hold `lock` while the block runs; wait, and say for whom, where another process holds it.

    The operating system releases the lock of a process that ends, however it ends.
    """
    # Not in the lock itself: whoever tries it may empty it, and Windows lets nobody read it.
    holder = lock.with_name(f"{lock.name}.holder")
    waiting = filelock.FileLock(lock)
    try:
        waiting.acquire(timeout=0)
    except filelock.Timeout:
        try:
            process = f"process {holder.read_text()}"
        except OSError:
            process = "another process"
        say(f"waiting: {process} holds {lock}")
        waiting.acquire()
    except OSError as error:
        raise StoreError(
            f"{lock} cannot be held: found {error.strerror}, allowed: a folder to write to; choose "
            "another with --cache and --site"
        ) from error
    try:
        # Only words for whoever waits: a full disk is noticed by those who need it.
        with contextlib.suppress(OSError):
            holder.write_text(str(os.getpid()))
        yield
    finally:
        waiting.release()
