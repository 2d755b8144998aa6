"""The cache: results under keys, loaded when they are used, and made again if they are damaged."""

from __future__ import annotations

import hashlib
import io
import os
import random
import re
import shutil
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from support.paths import ROOT
from support.stored_values import each_encoding

from ginn.errors import AuthorError
from ginn.files import write_whole
from ginn.runtime.cache import Cache, Entry, LazyResults, RecentValues, lazy_results, open_cache
from ginn.runtime.encodings import ARRAYS, FILES, JSON, Encoding

KEY = "a" * 64
KEYS = {"a": "a" * 64, "b": "b" * 64, "c": "c" * 64}


@pytest.fixture
def said() -> list[str]:
    return []


@pytest.fixture
def cache(tmp_path: Path, said: list[str]) -> Iterator[Cache]:
    with open_cache(tmp_path / "cache", said.append) as opened:
        yield opened


def entry(cache: Cache) -> Path:
    """The only entry's file."""
    (path,) = (path for path in cache.root.glob("*/*") if path.is_file())
    return path


@each_encoding
def test_cache_loads_what_it_saved(cache: Cache, encoding: Encoding[Any], value: Any) -> None:
    cache.save("stage", "name", KEY, encoding, value)
    np.testing.assert_equal(cache.load("stage", "name", KEY, encoding), value)


@dataclass
class Trap:
    """An object that makes a file when it is unpickled."""

    path: Path

    def __reduce__(self) -> tuple[Any, ...]:
        """What unpickling calls."""
        return Path.touch, (self.path,)


def test_cache_pickle_in_an_entry_counts_as_damage_and_is_never_run(
    cache: Cache, said: list[str], tmp_path: Path
) -> None:
    sprung = tmp_path / "sprung"
    stream = io.BytesIO()
    np.lib.format.write_array(stream, np.array([Trap(sprung)]), allow_pickle=True)
    cache.save("stage", "name", KEY, ARRAYS, {"a": np.arange(3)})
    entry(cache).write_bytes(archive({"a.npy": stream.getvalue()}))
    assert cache.load("stage", "name", KEY, ARRAYS) is None
    assert len(said) == 1
    assert not sprung.exists()
    np.lib.format.read_array(io.BytesIO(stream.getvalue()), allow_pickle=True)
    assert sprung.exists(), "the trap works"


def test_cache_refuses_object_arrays(cache: Cache) -> None:
    with pytest.raises(ValueError, match="pickle"):
        cache.save("stage", "name", KEY, ARRAYS, {"a": np.array([{}], dtype=object)})
    assert cache.load("stage", "name", KEY, ARRAYS) is None


@each_encoding
def test_cache_notices_every_flipped_bit_and_every_cut(
    cache: Cache, said: list[str], encoding: Encoding[Any], value: Any
) -> None:
    cache.save("stage", "name", KEY, encoding, value)
    path = entry(cache)
    whole = path.read_bytes()
    generator = random.Random(0)
    places = range(len(whole)) if len(whole) < 400 else generator.sample(range(len(whole)), 400)
    damaged = [
        whole[:place] + bytes([whole[place] ^ 1 << generator.randrange(8)]) + whole[place + 1 :]
        for place in places
    ]
    damaged += [whole[:place] for place in (0, 1, 63, 64, 65, len(whole) // 2, len(whole) - 1)]
    damaged += [whole + b"\n", bytes(len(whole))]
    for data in damaged:
        said.clear()
        path.write_bytes(data)
        assert cache.load("stage", "name", KEY, encoding) is None
        assert len(said) == 1
        assert str(path) in said[0]
    path.write_bytes(whole)
    assert cache.load("stage", "name", KEY, encoding) is not None


def signed(body: bytes) -> bytes:
    """Bytes with the digest that an archive of the cache ends with."""
    return body + hashlib.sha256(body).hexdigest().encode()


def archive(members: dict[str, bytes]) -> bytes:
    return FILES.encode(members)


@given(
    st.binary()
    | st.binary().map(signed)
    | st.dictionaries(st.text(max_size=9), st.binary(max_size=200), max_size=3).map(archive)
    | st.binary(max_size=99).map(lambda b: archive({"a.npy": b"\x93NUMPY\x01\x00" + b}))
    | st.binary(max_size=99).map(lambda b: b'{"sha256":"0","value":' + b + b"}")
)
@example(signed(b"PK"))
@example(b"[" * 100_000)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_cache_any_bytes_are_a_value_or_damaged(cache: Cache, data: bytes) -> None:
    for encoding in (ARRAYS, JSON, FILES):
        (cache.root / "stage").mkdir(exist_ok=True)
        (cache.root / "stage" / f"name.{KEY[:32]}{encoding.suffix}").write_bytes(data)
        value = cache.load("stage", "name", KEY, encoding)
        if value is not None:
            np.testing.assert_equal(encoding.decode(encoding.encode(value)), value)


def test_arrays_file_is_an_ordinary_npz(cache: Cache) -> None:
    cache.save("stage", "name", KEY, ARRAYS, {"a": np.arange(3)})
    with np.load(entry(cache), allow_pickle=False) as loaded:
        np.testing.assert_array_equal(loaded["a"], np.arange(3))


def test_via_stores_values_of_another_type(cache: Cache) -> None:
    encoding = JSON.via(lambda path: str(path), lambda text: Path(text))
    cache.save("stage", "name", KEY, encoding, ROOT)
    assert cache.load("stage", "name", KEY, encoding) == ROOT


@pytest.mark.parametrize("name", ["", "../up", "a/b", "a.b", "a b"])
def test_cache_refuses_names_that_are_no_file_names(cache: Cache, name: str) -> None:
    with pytest.raises(ValueError, match="allowed: letters"):
        cache.save("stage", name, KEY, JSON, 1)


def test_forget_drops_what_was_not_used_for_longest(tmp_path: Path) -> None:
    with open_cache(tmp_path) as cache:
        for age, name in enumerate(["new", "older", "oldest"]):
            cache.save("runs", name, KEY, JSON, "x" * 1000)
            path = next(cache.root.glob(f"runs/{name}.*"))
            os.utime(path, (1e9 - age, 1e9 - age))
        assert cache.forget(0) == 0, "this build used them all"
    with open_cache(tmp_path) as cache:
        assert cache.load("runs", "oldest", KEY, JSON)
        assert cache.forget(2500) == 1
        assert {path.name.split(".")[0] for path in cache.root.glob("runs/*")} == {"new", "oldest"}
        total = sum(path.stat().st_size for path in cache.root.glob("runs/*"))
        assert cache.forget(total) == 0
        assert cache.forget(total - 1) == 1
        assert cache.load("runs", "oldest", KEY, JSON)


def test_forget_loaded_entries_count_as_used_in_later_builds(tmp_path: Path) -> None:
    with open_cache(tmp_path) as cache:
        for name in ("loaded", "left"):
            cache.save("runs", name, KEY, JSON, "x" * 1000)
    for path in tmp_path.glob("runs/*"):
        written = 1e9 - path.name.startswith("loaded")  # the older one, if it were not loaded
        os.utime(path, (written, written))
    with open_cache(tmp_path) as cache:
        cache.load("runs", "loaded", KEY, JSON)
    with open_cache(tmp_path) as cache:
        assert cache.forget(1500) == 1
        assert [path.name.split(".")[0] for path in tmp_path.glob("runs/*")] == ["loaded"]
        cache.load("runs", "loaded", KEY, JSON)
        assert cache.forget(0) == 0, "this build has loaded it"


def test_has_an_entry_counts_as_its_use(tmp_path: Path) -> None:
    with open_cache(tmp_path) as cache:
        cache.save("runs", "asked", KEY, JSON, 1)
    with open_cache(tmp_path) as cache:
        assert cache.has("runs", "asked", KEY, JSON)
        assert not cache.has("runs", "other", KEY, JSON)
        assert cache.forget(0) == 0


def test_has_an_entry_that_cannot_be_looked_at_leaves_the_error_to_load(
    cache: Cache, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_: Path) -> bool:
        raise PermissionError

    monkeypatch.setattr(Path, "exists", refuse)
    assert cache.has("runs", "a", KEY, JSON)


def test_drop_removes_an_entry_and_passes_over_a_missing_one(cache: Cache) -> None:
    cache.save("runs", "a", KEY, JSON, 1)
    cache.drop("runs", "a", KEY, JSON)
    assert not cache.has("runs", "a", KEY, JSON)
    cache.drop("runs", "a", KEY, JSON)


def test_forget_warns_of_an_entry_that_cannot_be_dropped(
    tmp_path: Path, said: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with open_cache(tmp_path) as cache:
        for age, name in enumerate(["new", "older", "oldest"]):
            cache.save("runs", name, KEY, JSON, "x" * 1000)
            path = next(tmp_path.glob(f"runs/{name}.*"))
            os.utime(path, (1e9 - age, 1e9 - age))
    unlink = Path.unlink

    def refuse_oldest(path: Path, missing_ok: bool = False) -> None:
        if path.name.startswith("oldest"):
            raise PermissionError(13, "Permission denied")
        unlink(path, missing_ok)

    with open_cache(tmp_path, said.append) as cache:
        monkeypatch.setattr(Path, "unlink", refuse_oldest)
        assert cache.forget(2500) == 1
    (line,) = said
    assert re.fullmatch(r"warning: .*oldest\S* cannot be dropped: Permission denied", line)
    assert {path.name.split(".")[0] for path in tmp_path.glob("runs/*")} == {"new", "oldest"}


def test_cache_makes_its_folder_again_when_it_is_gone(cache: Cache) -> None:
    shutil.rmtree(cache.root)
    cache.save("stage", "name", KEY, JSON, 1)
    assert cache.load("stage", "name", KEY, JSON) == 1


def test_write_whole_is_on_the_disk_before_it_takes_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "entry"
    path.write_bytes(b"old")
    flushed = []

    def listen(descriptor: int) -> None:
        assert path.read_bytes() == b"old"
        flushed.append(os.fstat(descriptor).st_size)

    monkeypatch.setattr(os, "fsync", listen)
    write_whole(path, b"new data")
    assert flushed == [8]
    assert path.read_bytes() == b"new data"


def test_open_cache_makes_its_folder_and_refuses_a_file(tmp_path: Path) -> None:
    with open_cache(tmp_path / "deep" / "cache") as cache:
        assert cache.root.is_dir()
        assert (cache.root / ".lock").is_file()
    (tmp_path / "file").touch()
    with (
        pytest.raises(
            AuthorError, match=r"file: found a cache folder that cannot be made.*with --cache"
        ),
        open_cache(tmp_path / "file"),
    ):
        pass


def test_open_cache_clears_half_written_files(tmp_path: Path) -> None:
    left = tmp_path / "stage" / f".name.{KEY[:32]}.npz.part"
    left.parent.mkdir()
    left.write_bytes(b"half")
    with open_cache(tmp_path):
        assert not left.exists()


# Lazy results


class Watched:
    """Lazy results of three texts, with the names made and loaded, and the warnings."""

    def __init__(self, root: Path, most: int = 10**6) -> None:
        """Make the results, or take them from the cache in `root`."""
        self.made: list[str] = []
        self.loaded: list[str] = []
        self.said: list[str] = []
        self.cache = Cache(root, self.said.append)
        encoding: Encoding[str] = JSON.via(lambda text: text, self.load)
        self.results: LazyResults[str]
        (self.results,) = lazy_results(
            self.cache, RecentValues(most), "runs", [KEYS], encoding, self.compute
        )

    def load(self, text: str) -> str:
        self.loaded.append(text[0])
        return text

    def compute(self, entries: list[Entry]) -> Iterable[tuple[Entry, str]]:
        for entry in entries:
            self.made.append(entry[0])
            yield entry, entry[0] * 100


def test_lazy_results_are_read_when_they_are_used(tmp_path: Path) -> None:
    first = Watched(tmp_path)
    assert (first.made, first.loaded) == (["a", "b", "c"], [])
    assert first.results["b"] == "b" * 100
    assert first.loaded == [], "what was just made stays in memory"
    again = Watched(tmp_path)
    assert list(again.results) == ["a", "b", "c"]
    assert len(again.results) == 3
    assert len(again.results.digest("a")) == 64
    assert "b" in again.results
    assert "d" not in again.results
    assert (again.made, again.loaded) == ([], [])
    assert again.results["b"] == again.results["b"] == "b" * 100
    assert (again.made, again.loaded) == ([], ["b"])
    assert [(stage.made, stage.kept) for stage in first.cache.record] == [(3, 0)]
    assert [(stage.made, stage.kept) for stage in again.cache.record] == [(0, 3)]
    assert 0 <= first.cache.record[0].seconds < 60
    assert again.cache.forget(0) == 0  # results of this build are in use, even if not read yet
    assert dict(again.results) == {name: name * 100 for name in "abc"}


def test_lazy_results_missing_are_made_at_once_and_damaged_ones_when_used(
    tmp_path: Path,
) -> None:
    Watched(tmp_path)
    a, b, _ = sorted((tmp_path / "runs").iterdir())
    a.unlink()
    whole = b.read_bytes()
    b.write_bytes(whole[:-9])
    again = Watched(tmp_path)
    assert again.made == ["a"]
    assert again.said == []
    assert again.results["b"] == "b" * 100
    assert again.made == ["a", "b"]
    assert again.said == [f"warning: {b} is damaged; it is made again"]
    assert b.read_bytes() == whole


def test_lazy_results_unreadable_entry_is_named_when_used(tmp_path: Path) -> None:
    Watched(tmp_path)
    entry = min((tmp_path / "runs").iterdir())
    entry.unlink()
    entry.mkdir()
    again = Watched(tmp_path)
    assert again.made == []
    with pytest.raises(AuthorError, match="found a file that cannot be read") as caught:
        again.results["a"]
    assert caught.value.allowed == "a file that you may read"
    assert caught.value.hint == "remove it, or choose another folder with --cache"


def test_lazy_results_refuse_a_stage_that_makes_nothing(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="'runs' did not make a, b, c"):
        lazy_results(Cache(tmp_path), RecentValues(), "runs", [KEYS], JSON, lambda entries: [])


def test_lazy_results_value_dropped_from_memory_is_loaded_again(tmp_path: Path) -> None:
    Watched(tmp_path)
    again = Watched(tmp_path, most=250)  # room for one value
    for name in "aabba":
        assert again.results[name] == name * 100
    assert again.loaded == ["a", "b", "a"]


@given(st.integers(1, 50), st.lists(st.tuples(st.sampled_from("abcde"), st.integers(0, 30))))
def test_recent_values_are_those_used_last(most: int, asked: list[tuple[str, int]]) -> None:
    recent, last = RecentValues(most), dict[str, int]()
    for key, size in asked:
        if recent.get(key) is None:
            recent.put(key, size, (key, size))
            last.pop(key, None)
            last[key] = size
        else:
            last[key] = last.pop(key)
        held = list(recent.values)
        assert held == list(last)[len(last) - len(held) :]
        assert held or not last
        assert sum(last[each] for each in held) <= most or len(held) == 1
        if len(held) < len(last):
            dropped_last = list(last)[-len(held) - 1]
            assert sum(last[each] for each in (dropped_last, *held)) > most
        last = {each: last[each] for each in held}


def test_lazy_results_in_the_order_of_their_names_however_they_were_made(tmp_path: Path) -> None:
    cache = Cache(tmp_path)
    asked: list[list[str]] = []

    def compute(entries: list[Entry]) -> Iterator[tuple[Entry, str]]:
        asked.append([name for name, _ in entries])
        return ((entry, entry[0].upper()) for entry in reversed(entries))

    lazy_results(cache, RecentValues(), "runs", [{"a": KEYS["a"]}], JSON, compute)
    keys = {name: KEYS[name] for name in ("c", "a", "b")}
    (made,) = lazy_results(cache, RecentValues(), "runs", [keys], JSON, compute)
    assert list(made.items()) == [("c", "C"), ("a", "A"), ("b", "B")]
    assert asked == [["a"], ["c", "b"]]
    lazy_results(cache, RecentValues(), "runs", [keys], JSON, compute)
    assert asked == [["a"], ["c", "b"]], "nothing is asked of a stage whose results are there"


def test_lazy_results_of_several_are_made_together_and_shared_ones_once(tmp_path: Path) -> None:
    cache = Cache(tmp_path)
    asked: list[list[Entry]] = []

    def compute(entries: list[Entry]) -> Iterator[tuple[Entry, str]]:
        asked.append(entries)
        return ((entry, entry[1].upper()) for entry in entries)

    # One name has two keys, one key has two names, and one entry occurs twice.
    several = [{"a": KEYS["a"], "b": KEYS["b"]}, {"a": KEYS["c"], "b": KEYS["b"], "c": KEYS["b"]}]
    made = lazy_results(cache, RecentValues(0), "runs", several, JSON, compute)
    assert asked == [[*several[0].items(), ("a", KEYS["c"]), ("c", KEYS["b"])]]
    for results, keys in zip(made, several, strict=True):
        assert dict(results) == {name: key.upper() for name, key in keys.items()}
    assert [(stage.made, stage.kept) for stage in cache.record] == [(4, 1)]


def test_lazy_results_made_before_a_failure_are_kept(tmp_path: Path) -> None:
    def compute(entries: list[Entry]) -> Iterator[tuple[Entry, int]]:
        yield entries[0], 1
        raise ZeroDivisionError

    cache = Cache(tmp_path)
    with pytest.raises(ZeroDivisionError):
        lazy_results(cache, RecentValues(), "runs", [KEYS], JSON, compute)
    assert cache.load("runs", "a", KEYS["a"], JSON) == 1


def test_lazy_results_digest_is_that_of_the_content(tmp_path: Path) -> None:
    cache = Cache(tmp_path)

    def made(key: str, value: object) -> LazyResults[object]:
        (results,) = lazy_results(
            cache, RecentValues(), "s", [{"a": key}], JSON, lambda entries: [(entries[0], value)]
        )
        return results

    one, same, other = made(KEYS["a"], [1]), made(KEYS["b"], [1]), made(KEYS["c"], [2])
    assert one.digest("a") == same.digest("a") != other.digest("a")
    (path,) = tmp_path.glob(f"s/a.{'a' * 32}.json")
    found = one.digest("a")
    path.write_bytes(b"")
    assert one.digest("a") == found
    assert one["a"] == [1]
    path.unlink()
    path.mkdir()
    with pytest.raises(AuthorError, match="found a file that cannot be read"):
        one.digest("a")
