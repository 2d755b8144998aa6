"""The store and the swap of the site, under damage, kills and company."""

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

from ginn.files import plain_json, write_whole
from ginn.runtime import cache as store_module
from ginn.runtime.cache import ARRAYS, FILES, JSON, Form, Stage, Store, StoreError, key, opened

KEY = "a" * 64

VALUES: dict[str, tuple[Form[Any], Any]] = {
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
each_form = pytest.mark.parametrize(("form", "value"), VALUES.values(), ids=VALUES.keys())


@pytest.fixture
def said() -> list[str]:
    return []


@pytest.fixture
def store(tmp_path: Path, said: list[str]) -> Iterator[Store]:
    with opened(tmp_path / "cache", said.append) as opened_store:
        yield opened_store


def entry(store: Store) -> Path:
    """The only entry's file."""
    (path,) = (path for path in store.root.glob("*/*") if path.is_file())
    return path


# Entries


@each_form
def test_what_is_saved_is_loaded(store: Store, form: Form[Any], value: Any) -> None:
    store.save("stage", "name", KEY, form, value)
    np.testing.assert_equal(store.load("stage", "name", KEY, form), value)


@settings(max_examples=50)
@given(arrays_of.arrays(arrays_of.scalar_dtypes(), arrays_of.array_shapes(min_dims=0)))
def test_any_array_comes_back_to_the_bit(array: np.ndarray[Any, Any]) -> None:
    back = ARRAYS.decode(ARRAYS.encode({"a": array}))["a"]
    assert (back.dtype, back.shape, back.tobytes()) == (array.dtype, array.shape, array.tobytes())


@each_form
def test_the_same_value_makes_the_same_bytes(
    form: Form[Any], value: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = form.encode(value)
    monkeypatch.setattr(time, "localtime", lambda *_: time.struct_time((2040,) + (1,) * 8))
    assert form.encode(value) == first


def test_an_entry_of_arrays_is_an_ordinary_npz(store: Store) -> None:
    store.save("stage", "name", KEY, ARRAYS, {"a": np.arange(3)})
    with np.load(entry(store), allow_pickle=False) as loaded:
        np.testing.assert_array_equal(loaded["a"], np.arange(3))


def test_entries_are_the_same_files_wherever_they_are_made(store: Store) -> None:
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
    store: Store, said: list[str], tmp_path: Path
) -> None:
    sprung = tmp_path / "sprung"
    stream = io.BytesIO()
    np.lib.format.write_array(stream, np.array([Trap(sprung)]), allow_pickle=True)
    store.save("stage", "name", KEY, ARRAYS, {"a": np.arange(3)})
    entry(store).write_bytes(archive({"a.npy": stream.getvalue()}))
    assert store.load("stage", "name", KEY, ARRAYS) is None
    assert len(said) == 1
    assert not sprung.exists()
    np.lib.format.read_array(io.BytesIO(stream.getvalue()), allow_pickle=True)
    assert sprung.exists(), "the trap works"


def test_an_object_array_is_refused(store: Store) -> None:
    with pytest.raises(ValueError, match="pickle"):
        store.save("stage", "name", KEY, ARRAYS, {"a": np.array([{}], dtype=object)})
    assert store.load("stage", "name", KEY, ARRAYS) is None


@each_form
def test_every_flipped_bit_and_every_cut_is_noticed(
    store: Store, said: list[str], form: Form[Any], value: Any
) -> None:
    store.save("stage", "name", KEY, form, value)
    path = entry(store)
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
        assert store.load("stage", "name", KEY, form) is None
        assert len(said) == 1
        assert str(path) in said[0]
    path.write_bytes(whole)
    assert store.load("stage", "name", KEY, form) is not None


def signed(body: bytes) -> bytes:
    """Bytes with the digest that an archive of the store ends with."""
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
def test_any_bytes_are_a_value_or_damaged(store: Store, data: bytes) -> None:
    for form in (ARRAYS, JSON, FILES):
        (store.root / "stage").mkdir(exist_ok=True)
        (store.root / "stage" / f"name.{KEY[:32]}{form.suffix}").write_bytes(data)
        value = store.load("stage", "name", KEY, form)
        if value is not None:
            np.testing.assert_equal(form.decode(form.encode(value)), value)


def test_a_value_is_computed_once_and_again_when_damaged(store: Store) -> None:
    computed = []

    def compute() -> int:
        computed.append(1)
        return 7

    assert [store.keep("stage", KEY, JSON, compute) for _ in range(3)] == [7, 7, 7]
    assert len(computed) == 1
    entry(store).write_bytes(b"")
    assert store.keep("stage", KEY, JSON, compute) == 7
    assert len(computed) == 2
    # What was made in this build and read again is told once.
    assert [(stage.made, stage.kept) for stage in store.record] == [(1, 0), (1, 0)]
    again = Store(store.root)
    assert [again.keep("stage", KEY, JSON, compute) for _ in range(2)] == [7, 7]
    assert [(stage.made, stage.kept) for stage in again.record] == [(0, 1)]


def test_only_what_is_missing_is_made_and_in_the_names_order(store: Store) -> None:
    asked: list[list[str]] = []

    def compute(names: list[str]) -> Iterator[tuple[str, str]]:
        asked.append(names)
        return ((name, name.upper()) for name in reversed(names))

    keys = {name: key("runs", name, [], []) for name in ("c", "a", "b")}
    store.keep_each("runs", {"a": keys["a"]}, JSON, compute)
    made = store.keep_each("runs", keys, JSON, compute)
    assert list(made.items()) == [("c", "C"), ("a", "A"), ("b", "B")]
    assert asked == [["a"], ["c", "b"]]


def test_what_is_done_before_a_failure_is_kept(store: Store) -> None:
    def compute(names: list[str]) -> Iterator[tuple[str, int]]:
        yield "a", 1
        raise RuntimeError

    keys = {"a": KEY, "b": KEY}
    with pytest.raises(RuntimeError):
        store.keep_each("runs", keys, JSON, compute)
    assert store.load("runs", "a", KEY, JSON) == 1
    with pytest.raises(StoreError, match="was to make b"):
        store.keep_each("runs", keys, JSON, lambda names: [])


def test_a_form_of_something_else_is_taken_apart_and_put_together(store: Store) -> None:
    form = JSON.of(lambda path: str(path), lambda text: Path(text))
    store.save("stage", "name", KEY, form, ROOT)
    assert store.load("stage", "name", KEY, form) == ROOT


@pytest.mark.parametrize("name", ["", "../up", "a/b", "a.b", "a b"])
def test_a_name_that_is_no_file_name_is_refused(store: Store, name: str) -> None:
    with pytest.raises(StoreError, match="are allowed"):
        store.save("stage", name, KEY, JSON, 1)


def test_forgetting_drops_what_was_not_used_for_longest(tmp_path: Path) -> None:
    with opened(tmp_path) as store:
        for age, name in enumerate(["new", "older", "oldest"]):
            store.save("runs", name, KEY, JSON, "x" * 1000)
            path = next(store.root.glob(f"runs/{name}.*"))
            os.utime(path, (1e9 - age, 1e9 - age))
        assert store.forget(0) == 0, "this build used them all"
    with opened(tmp_path) as store:
        assert store.load("runs", "oldest", KEY, JSON)
        assert store.forget(2500) == 1
        assert {path.name.split(".")[0] for path in store.root.glob("runs/*")} == {"new", "oldest"}
        total = sum(path.stat().st_size for path in store.root.glob("runs/*"))
        assert store.forget(total) == 0
        assert store.forget(total - 1) == 1
        assert store.load("runs", "oldest", KEY, JSON)


def test_what_is_loaded_counts_as_used_in_builds_to_come(tmp_path: Path) -> None:
    with opened(tmp_path) as store:
        for name in ("loaded", "left"):
            store.save("runs", name, KEY, JSON, "x" * 1000)
    for path in tmp_path.glob("runs/*"):
        os.utime(path, (1e9, 1e9))
    with opened(tmp_path) as store:
        store.load("runs", "loaded", KEY, JSON)
    with opened(tmp_path) as store:
        assert store.forget(1500) == 1
        assert [path.name.split(".")[0] for path in tmp_path.glob("runs/*")] == ["loaded"]
        store.load("runs", "loaded", KEY, JSON)
        assert store.forget(0) == 0, "this build has loaded it"


def test_what_cannot_be_dropped_is_said_and_the_next_is_dropped(
    tmp_path: Path, said: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with opened(tmp_path) as store:
        for age, name in enumerate(["new", "older", "oldest"]):
            store.save("runs", name, KEY, JSON, "x" * 1000)
            path = next(tmp_path.glob(f"runs/{name}.*"))
            os.utime(path, (1e9 - age, 1e9 - age))
    unlink = Path.unlink

    def refuse_oldest(path: Path, missing_ok: bool = False) -> None:
        if path.name.startswith("oldest"):
            raise PermissionError(13, "Permission denied")
        unlink(path, missing_ok)

    with opened(tmp_path, said.append) as store:
        monkeypatch.setattr(Path, "unlink", refuse_oldest)
        assert store.forget(2500) == 1
    (line,) = said
    assert re.fullmatch(r"warning: .*oldest\S* cannot be dropped: Permission denied", line)
    assert {path.name.split(".")[0] for path in tmp_path.glob("runs/*")} == {"new", "oldest"}


def test_a_store_whose_folder_went_away_makes_it_again(store: Store) -> None:
    shutil.rmtree(store.root)
    store.save("stage", "name", KEY, JSON, 1)
    assert store.load("stage", "name", KEY, JSON) == 1


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
    with opened(tmp_path / "deep" / "cache") as store:
        assert store.root.is_dir()
    (tmp_path / "file").touch()
    with (
        pytest.raises(StoreError, match=r"file cannot be a folder: .*with --cache"),
        opened(tmp_path / "file"),
    ):
        pass


def test_what_a_killed_build_left_half_written_is_cleared(tmp_path: Path) -> None:
    left = tmp_path / "stage" / f".name.{KEY[:32]}.npz.part"
    left.parent.mkdir()
    left.write_bytes(b"half")
    with opened(tmp_path):
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
    monkeypatch.setattr(store_module, "_version", lambda name: "0.0")
    keys.append(now())
    monkeypatch.setattr(store_module, "FORMAT", 99)
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
        "from ginn.runtime.cache import (key; print)(key('s', {'b': 1, 'a': [0.1]}, [], ['numpy']))"
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
    with pytest.raises(StoreError, match=r"absent\.py cannot be read"):
        key("s", 1, [tmp_path / "absent.py"], [])
    with pytest.raises(StoreError, match="'no-such-library' is not installed"):
        key("s", 1, [], ["no-such-library"])
    for value in (float("nan"), {1, 2}, np.float32(1), Path()):
        with pytest.raises(StoreError, match="stage 's' has an input that JSON does not know"):
            key("s", {"value": value}, [], [])
    for value, named in (({1}, r"\{1\} is a set"), (Inputs, "Inputs'> is a type")):
        with pytest.raises(StoreError, match=named):
            key("s", value, [], [])


# The site's folder


# Company and kills


HOLD = """
import sys
import time
from pathlib import Path
from ginn.runtime.cache import opened
with opened(Path(sys.argv[1])):
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
        with opened(tmp_path):
            (tmp_path / ".lock.holder").unlink()
            spoken = threading.Event()

            def say(line: str) -> None:
                said.append(line)
                spoken.set()

            def wait() -> bool:
                with opened(tmp_path, say):
                    return True

            waiting = others.submit(wait)
            assert spoken.wait(30)
        assert waiting.result(30)
    assert said == [f"waiting: another process holds {tmp_path / '.lock'}"]


def test_a_stage_asked_for_by_anothers_work_has_its_seconds_to_itself(tmp_path: Path) -> None:
    def inner() -> int:
        time.sleep(0.1)
        return 1

    with opened(tmp_path) as store:
        store.record.append(Stage("earlier", 1, 0, 100.0))
        begun = time.perf_counter()
        store.keep("outer", "a" * 64, JSON, lambda: store.keep("inner", "b" * 64, JSON, inner))
        elapsed = time.perf_counter() - begun
        seconds = {stage.name: stage.seconds for stage in store.record}
    assert 0.1 <= seconds["inner"] <= elapsed
    assert 0 <= seconds["outer"] <= elapsed - seconds["inner"]
