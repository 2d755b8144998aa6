"""The cache and the swap of the site, under damage, kills and company."""

from __future__ import annotations

import hashlib
import io
import os
import random
import re
import select
import shutil
import subprocess
import sys
import threading
import time
import zipfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays_of
from support.paths import ROOT
from support.processes import python

from ginn.errors import AuthorError
from ginn.files import plain_json, write_whole
from ginn.runtime import cache as cache_module
from ginn.runtime.cache import Cache, Stage, key, open_cache
from ginn.runtime.encodings import ARRAYS, FILES, JSON, Encoding

KEY = "a" * 64

VALUES: dict[str, tuple[Encoding[Any], Any]] = {
    "arrays": (
        ARRAYS,
        {
            "weights": np.arange(24, dtype=np.float32).reshape(2, 3, 4),
            "none": np.empty((0, 2)),
            "flags": np.array([True, False]),
            "transposed": np.arange(6).reshape(2, 3).T,
        },
    ),
    "json": (JSON, {"facts": [1, 2.5, None, "naïve"], "deep": {"a": True, "z": 1e-300}}),
    "files": (FILES, {"layer-1/0000.webp": b"\x00RIFF", "empty": b""}),
}
each_encoding = pytest.mark.parametrize(("encoding", "value"), VALUES.values(), ids=VALUES.keys())


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


# Entries


@each_encoding
def test_what_is_saved_is_loaded(cache: Cache, encoding: Encoding[Any], value: Any) -> None:
    cache.save("stage", "name", KEY, encoding, value)
    np.testing.assert_equal(cache.load("stage", "name", KEY, encoding), value)


@settings(max_examples=50)
@given(arrays_of.arrays(arrays_of.scalar_dtypes(), arrays_of.array_shapes(min_dims=0)))
def test_any_array_comes_back_to_the_bit(array: np.ndarray[Any, Any]) -> None:
    back = ARRAYS.decode(ARRAYS.encode({"a": array}))["a"]
    assert (back.dtype, back.shape, back.tobytes()) == (array.dtype, array.shape, array.tobytes())


@each_encoding
def test_the_same_value_makes_the_same_bytes(
    encoding: Encoding[Any], value: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = encoding.encode(value)
    monkeypatch.setattr(time, "localtime", lambda *_: time.struct_time((2040,) + (1,) * 8))
    assert encoding.encode(value) == first


def test_an_entry_of_arrays_is_an_ordinary_npz(cache: Cache) -> None:
    cache.save("stage", "name", KEY, ARRAYS, {"a": np.arange(3)})
    with np.load(entry(cache), allow_pickle=False) as loaded:
        np.testing.assert_array_equal(loaded["a"], np.arange(3))


def test_entries_are_the_same_files_wherever_they_are_made(cache: Cache) -> None:
    data = archive({"a": b"1", "b/c": b""})
    with zipfile.ZipFile(io.BytesIO(data)) as made:
        assert made.comment == hashlib.sha256(data[:-64]).hexdigest().encode()
        assert {(each.create_system, each.date_time[0]) for each in made.infolist()} == {(3, 1980)}
    value = b'{"a":[1,2]}'
    expected = b'{"sha256":"%s","value":%s}\n' % (hashlib.sha256(value).hexdigest().encode(), value)
    assert JSON.encode({"a": [1, 2]}) == expected
    assert (ARRAYS.suffix, FILES.suffix, JSON.suffix) == (".npz", ".zip", ".json")


def test_json_for_other_programs_is_indented_and_has_no_numbers_that_json_lacks() -> None:
    assert plain_json({"b": ["ü", 1]}) == '{\n "b": [\n  "ü",\n  1\n ]\n}\n'.encode()
    for encode in (plain_json, JSON.encode):
        with pytest.raises(ValueError, match="Out of range float"):
            encode([float("nan")])


@dataclass
class Trap:
    """Unpickled, it leaves a file behind."""

    path: Path

    def __reduce__(self) -> tuple[Any, ...]:
        """What unpickling calls."""
        return Path.touch, (self.path,)


def test_a_pickle_in_an_entry_is_damage_and_never_run(
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


def test_an_object_array_is_refused(cache: Cache) -> None:
    with pytest.raises(ValueError, match="pickle"):
        cache.save("stage", "name", KEY, ARRAYS, {"a": np.array([{}], dtype=object)})
    assert cache.load("stage", "name", KEY, ARRAYS) is None


@each_encoding
def test_every_flipped_bit_and_every_cut_is_noticed(
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
def test_any_bytes_are_a_value_or_damaged(cache: Cache, data: bytes) -> None:
    for encoding in (ARRAYS, JSON, FILES):
        (cache.root / "stage").mkdir(exist_ok=True)
        (cache.root / "stage" / f"name.{KEY[:32]}{encoding.suffix}").write_bytes(data)
        value = cache.load("stage", "name", KEY, encoding)
        if value is not None:
            np.testing.assert_equal(encoding.decode(encoding.encode(value)), value)


def test_a_value_is_computed_once_and_again_when_damaged(cache: Cache) -> None:
    computed = []

    def compute() -> int:
        computed.append(1)
        return 7

    assert [cache.keep("stage", KEY, JSON, compute) for _ in range(3)] == [7, 7, 7]
    assert len(computed) == 1
    entry(cache).write_bytes(b"")
    assert cache.keep("stage", KEY, JSON, compute) == 7
    assert len(computed) == 2
    # What was made in this build and read again is told once.
    assert [(stage.made, stage.kept) for stage in cache.record] == [(1, 0), (1, 0)]
    again = Cache(cache.root)
    assert [again.keep("stage", KEY, JSON, compute) for _ in range(2)] == [7, 7]
    assert [(stage.made, stage.kept) for stage in again.record] == [(0, 1)]


def test_only_what_is_missing_is_made_and_in_the_names_order(cache: Cache) -> None:
    asked: list[list[str]] = []

    def compute(names: list[str]) -> Iterator[tuple[str, str]]:
        asked.append(names)
        return ((name, name.upper()) for name in reversed(names))

    keys = {name: key("runs", name, [], []) for name in ("c", "a", "b")}
    cache.keep_each("runs", {"a": keys["a"]}, JSON, compute)
    made = cache.keep_each("runs", keys, JSON, compute)
    assert list(made.items()) == [("c", "C"), ("a", "A"), ("b", "B")]
    assert asked == [["a"], ["c", "b"]]


def test_what_is_done_before_a_failure_is_kept(cache: Cache) -> None:
    def compute(names: list[str]) -> Iterator[tuple[str, int]]:
        yield "a", 1
        raise RuntimeError

    keys = {"a": KEY, "b": KEY}
    with pytest.raises(RuntimeError):
        cache.keep_each("runs", keys, JSON, compute)
    assert cache.load("runs", "a", KEY, JSON) == 1
    with pytest.raises(RuntimeError, match="did not make b"):
        cache.keep_each("runs", keys, JSON, lambda names: [])


def test_a_form_of_something_else_is_taken_apart_and_put_together(cache: Cache) -> None:
    encoding = JSON.via(lambda path: str(path), lambda text: Path(text))
    cache.save("stage", "name", KEY, encoding, ROOT)
    assert cache.load("stage", "name", KEY, encoding) == ROOT


@pytest.mark.parametrize("name", ["", "../up", "a/b", "a.b", "a b"])
def test_a_name_that_is_no_file_name_is_refused(cache: Cache, name: str) -> None:
    with pytest.raises(ValueError, match="allowed: letters"):
        cache.save("stage", name, KEY, JSON, 1)


def test_forgetting_drops_what_was_not_used_for_longest(tmp_path: Path) -> None:
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


def test_what_is_loaded_counts_as_used_in_builds_to_come(tmp_path: Path) -> None:
    with open_cache(tmp_path) as cache:
        for name in ("loaded", "left"):
            cache.save("runs", name, KEY, JSON, "x" * 1000)
    for path in tmp_path.glob("runs/*"):
        os.utime(path, (1e9, 1e9))
    with open_cache(tmp_path) as cache:
        cache.load("runs", "loaded", KEY, JSON)
    with open_cache(tmp_path) as cache:
        assert cache.forget(1500) == 1
        assert [path.name.split(".")[0] for path in tmp_path.glob("runs/*")] == ["loaded"]
        cache.load("runs", "loaded", KEY, JSON)
        assert cache.forget(0) == 0, "this build has loaded it"


def test_what_cannot_be_dropped_is_said_and_the_next_is_dropped(
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


def test_a_store_whose_folder_went_away_makes_it_again(cache: Cache) -> None:
    shutil.rmtree(cache.root)
    cache.save("stage", "name", KEY, JSON, 1)
    assert cache.load("stage", "name", KEY, JSON) == 1


def test_a_file_is_all_on_the_disk_before_it_takes_its_name(
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

    def fill(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", fill)
    with pytest.raises(OSError, match="No space left"):
        write_whole(path, b"newer data")
    assert path.read_bytes() == b"new data"
    assert list(tmp_path.iterdir()) == [path], "what was half written is in nobody's way"


def test_a_folder_is_made_where_there_is_none_and_a_file_is_no_folder(tmp_path: Path) -> None:
    with open_cache(tmp_path / "deep" / "cache") as cache:
        assert cache.root.is_dir()
    (tmp_path / "file").touch()
    with (
        pytest.raises(
            AuthorError, match=r"file: found a cache that cannot be a folder.*with --cache"
        ),
        open_cache(tmp_path / "file"),
    ):
        pass


def test_what_a_killed_build_left_half_written_is_cleared(tmp_path: Path) -> None:
    left = tmp_path / "stage" / f".name.{KEY[:32]}.npz.part"
    left.parent.mkdir()
    left.write_bytes(b"half")
    with open_cache(tmp_path):
        assert not left.exists()


# Keys


@dataclass(frozen=True)
class Inputs:
    widths: tuple[int, ...]
    rate: float


def test_a_key_changes_with_whatever_it_is_made_of(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source, other = tmp_path / "train.py", tmp_path / "trace.py"
    source.write_text("x = 1\n")
    other.write_text("x = 1\n")

    def now(
        stage: str = "train",
        inputs: Any = Inputs((16, 16), 0.1),
        sources: tuple[Path, ...] = (source,),
        libraries: tuple[str, ...] = ("numpy",),
    ) -> str:
        return key(stage, inputs, sources, libraries)

    keys = [
        now(),
        now(stage="trace"),
        now(inputs=Inputs((16, 17), 0.1)),
        now(inputs=Inputs((16, 16), 0.1 + 1e-16)),
        now(inputs=[1, "1"]),
        now(inputs=["1", 1]),
        now(sources=()),
        now(sources=(other,)),
        now(sources=(source, other)),
        now(libraries=()),
        now(libraries=("numpy", "pillow")),
    ]
    source.write_text("x = 2\n")
    keys.append(now())
    monkeypatch.setattr(cache_module, "_version", lambda name: "0.0")
    keys.append(now())
    monkeypatch.setattr(cache_module, "FORMAT", 99)
    keys.append(now())
    assert len(set(keys)) == len(keys) == 14


def test_a_key_is_the_digest_of_this_text(tmp_path: Path) -> None:
    source = tmp_path / "train.py"
    source.write_bytes(b"x = 1\n")
    digest = hashlib.sha256(b"x = 1\n").hexdigest()
    text = (
        '{"format":1,"inputs":{"rate":0.1,"widths":[3,2]},"libraries":{"numpy":"VERSION"},'
        f'"sources":[["train.py","{digest}"]],"stage":"train"}}'
    ).replace("VERSION", np.__version__)
    expected = hashlib.sha256(text.encode()).hexdigest()
    assert key("train", Inputs((3, 2), 0.1), [source], ["numpy"]) == expected


def test_a_key_does_not_change_with_what_does_not_matter(tmp_path: Path) -> None:
    here, there = tmp_path / "train.py", tmp_path / "copy" / "train.py"
    there.parent.mkdir()
    here.write_bytes(b"x = 1\ny = 2\n")
    there.write_bytes(b"x = 1\r\ny = 2\r\n")
    assert key("s", {"a": 1, "b": (2,)}, [here], []) == key("s", {"b": [2], "a": 1}, [there], [])
    other = tmp_path / "trace.py"
    other.touch()
    assert key("s", 1, [here, other], ["numpy", "pillow"]) == key(
        "s", 1, [other, here], ["pillow", "numpy"]
    )


def test_a_key_is_the_same_in_another_process() -> None:
    program = (
        "from ginn.runtime.cache import key; print(key('s', {'b': 1, 'a': [0.1]}, [], ['numpy']))"
    )
    printed = subprocess.run(
        [sys.executable, "-c", program],
        cwd=ROOT,
        env={**os.environ, "PYTHONHASHSEED": "7"},
        check=True,
        capture_output=True,
        text=True,
    )
    assert printed.stdout.strip() == key("s", {"a": [0.1], "b": 1}, [], ["numpy"])


def test_a_key_of_what_cannot_be_read_is_refused(tmp_path: Path) -> None:
    with pytest.raises(AuthorError, match=r"absent\.py: found a source that cannot be read"):
        key("s", 1, [tmp_path / "absent.py"], [])
    with pytest.raises(AuthorError, match="found no library 'no-such-library'"):
        key("s", 1, [], ["no-such-library"])
    for value in (float("nan"), {1, 2}, np.float32(1), Path()):
        with pytest.raises(ValueError, match="stage 's' has an input that JSON does not know"):
            key("s", {"value": value}, [], [])
    for value, named in (({1}, r"\{1\} is a set"), (Inputs, "Inputs'> is a type")):
        with pytest.raises(ValueError, match=named):
            key("s", value, [], [])


# The site's folder


# Company and kills


HOLD = """
import sys
import time
from pathlib import Path
from ginn.runtime.cache import open_cache
with open_cache(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(60)
"""


def test_a_second_build_waits_and_says_for_whom(tmp_path: Path) -> None:
    holder = python(HOLD, tmp_path)
    assert holder.stdout
    assert holder.stdout.readline() == "held\n"
    waiter = python(HOLD, tmp_path)
    assert waiter.stderr
    assert waiter.stdout
    line = waiter.stderr.readline()
    assert line == f"waiting: process {holder.pid} holds {tmp_path / '.lock'}\n"
    if os.name == "posix":
        assert select.select([waiter.stdout], [], [], 0.3)[0] == [], "it waits"
    holder.kill()
    assert waiter.stdout.readline() == "held\n", "a killed process lets go of its lock"
    waiter.kill()
    for process in (holder, waiter):
        process.communicate()


def test_who_holds_the_folder_need_not_be_known(tmp_path: Path, said: list[str]) -> None:
    with ThreadPoolExecutor(1) as others:
        with open_cache(tmp_path):
            (tmp_path / ".lock.holder").unlink()
            spoken = threading.Event()

            def say(line: str) -> None:
                said.append(line)
                spoken.set()

            def wait() -> bool:
                with open_cache(tmp_path, say):
                    return True

            waiting = others.submit(wait)
            assert spoken.wait(30)
        assert waiting.result(30)
    assert said == [f"waiting: another process holds {tmp_path / '.lock'}"]


def test_a_stage_asked_for_by_anothers_work_has_its_seconds_to_itself(tmp_path: Path) -> None:
    def inner() -> int:
        time.sleep(0.1)
        return 1

    with open_cache(tmp_path) as cache:
        cache.record.append(Stage("earlier", 1, 0, 100.0))
        begun = time.perf_counter()
        cache.keep("outer", "a" * 64, JSON, lambda: cache.keep("inner", "b" * 64, JSON, inner))
        elapsed = time.perf_counter() - begun
        seconds = {stage.name: stage.seconds for stage in cache.record}
    assert 0.1 <= seconds["inner"] <= elapsed
    assert 0 <= seconds["outer"] <= elapsed - seconds["inner"]
