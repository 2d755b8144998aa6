"""The last lines of a build, and file names with a hash of the content."""

from __future__ import annotations

import re
import sys
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ginn.analysis.claim import Claim
from ginn.analysis.outcomes import RunFacts, ScreeningFacts
from ginn.files import hashed
from ginn.pipeline.summary import bytes_by_kind, claims_table, outcomes, peak_memory, summary
from ginn.runtime.cache import StageRecord


@pytest.mark.skipif(sys.platform != "linux", reason="compares with /proc")
def test_peak_memory_is_that_of_this_process() -> None:
    told = float(re.findall(r"[\d.]+(?= GB)", peak_memory(0))[0])
    status = Path("/proc/self/status").read_text(encoding="ascii")
    peak = int(re.findall(r"VmHWM:\s+(\d+) kB", status)[0]) * 1024 / 1e9
    # The system updates its counts in batches of pages, and also counts the process before its
    # program was loaded.
    assert told >= 0.98 * peak - 0.01


@pytest.mark.skipif(sys.platform == "win32", reason="Windows does not tell")
@pytest.mark.parametrize(("platform", "unit"), [("linux", 1024), ("darwin", 1)])
def test_peak_memory_counts_every_worker(
    monkeypatch: pytest.MonkeyPatch, platform: str, unit: int
) -> None:
    import resource

    peaks = {resource.RUSAGE_SELF: 300_000_000, resource.RUSAGE_CHILDREN: 512_000_000}
    monkeypatch.setattr(
        resource, "getrusage", lambda who: SimpleNamespace(ru_maxrss=peaks[who] // unit)
    )
    monkeypatch.setattr(sys, "platform", platform)
    assert peak_memory(3) == (
        "Peak memory: 0.30 GB, and at most 0.51 GB in each of 3 workers: at most 1.84 GB"
    )
    assert peak_memory(0) == "Peak memory: 0.30 GB"
    peaks[resource.RUSAGE_CHILDREN] = 0
    assert peak_memory(3) == "Peak memory: 0.30 GB"


def test_peak_memory_is_left_out_where_the_system_does_not_report_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert "\nPeak memory: 1 GB\n\nSite" in summary([], {}, 1.0, "Peak memory: 1 GB")
    monkeypatch.setitem(sys.modules, "resource", None)
    assert peak_memory(2) == ""
    assert "1.0\n\nSite" in summary([], {}, 1.0, peak_memory(2))


def test_bytes_by_kind_counts_every_byte_once(tmp_path: Path) -> None:
    contents = {
        "index.html": 500, "assets/a.css": 40, "assets/viewer-a.js": 30, "data/run.js": 2000,
        "data/seed-3/weights-000.a.js": 100,
        "data/sheet.webp": 900, "data/target.png": 20, "figures/a.svg": 70, "build.json": 7,
        ".gitignore": 3,
    }  # fmt: skip
    for name, size in contents.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(b"x" * size)
    kinds = bytes_by_kind(tmp_path)
    assert kinds["boundaries"] == (1, 2000)
    assert kinds["weights"] == (1, 100)
    assert kinds["scripts"] == (1, 30)
    assert sum(count for count, _ in kinds.values()) == len(contents)
    assert sum(total for _, total in kinds.values()) == sum(contents.values())
    sizes = [total for _, total in kinds.values()]
    assert sizes == sorted(sizes, reverse=True)


def test_outcomes_name_the_experiment_where_there_are_several() -> None:
    run = RunFacts("seed-3", 3, "", "Seed 3", True, 0.25, 0.9, {}, 0, 0, "")
    screening = ScreeningFacts(128, 10_000, 2, (3, 77))
    text = outcomes(screening, [run])
    assert outcomes(screening, [run], "The cat") == f"\nThe cat{text}"
    assert claims_table([], "The cat") == "\nClaims, The cat"
    assert "2 of 128 seeds" in text
    assert "3, 77" in text
    many = replace(screening, failed=100, failed_seeds=tuple(range(100)))
    assert "10, 11 and 88 others\n" in outcomes(many, [run])
    assert "1 of 1 run failed" in text
    assert re.search(r"seed-3 +loss 0\.2500 +accuracy 0\.900 +failed", text)


def test_claims_table_says_once_which_claims_have_too_few_runs() -> None:
    few = Claim(
        "A", "It is.", "Counted.", "1", "2", 4, "not decidable here", least=0.1, needed_full=8
    )
    assert claims_table([few]).count("8 full runs would be enough") == 1
    assert "enough" not in claims_table([replace(few, needed_full=0)])


def test_summary_has_seconds_and_what_was_kept() -> None:
    record = [StageRecord("train", 2, 1, 12.34), StageRecord("trace", 0, 4, 0.01)]
    text = summary(record, {"pages": (3, 21_500)}, 15.0)
    assert re.search(r"train +2 +1 +12\.3", text)
    assert re.search(r"trace +0 +4 +kept", text)
    assert re.search(r"the whole build +15\.0", text)


@given(st.binary(max_size=20), st.binary(max_size=20))
def test_hashed_names_are_equal_only_for_equal_files(one: bytes, other: bytes) -> None:
    names = {hashed("assets/style.css", content) for content in (one, other)}
    assert len(names) == len({one, other})
    assert all(re.fullmatch(r"assets/style-[0-9a-f]{10}\.css", name) for name in names)


def test_summary_has_one_row_for_a_stage_of_several_experiments() -> None:
    record = [
        StageRecord("train", 16, 0, 100.0),
        StageRecord("film", 4, 0, 9.0),
        StageRecord("train", 8, 2, 50.5),
    ]
    lines = summary(record, {}, 200.0).splitlines()
    (row,) = [line.split() for line in lines if line.startswith("train")]
    assert row == ["train", "24", "2", "150.5"]
    names = [line.split()[0] for line in lines if line.startswith(("train", "film"))]
    assert names == ["train", "film"]
