"""The last lines of a build: outcomes, the seconds of each stage, the site's bytes by kind."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from ginn import formatting
from ginn.analysis.claim import Claim, too_few_runs
from ginn.analysis.confirmation import Confirmation
from ginn.analysis.outcomes import RunFacts, ScreeningFacts
from ginn.pages.report import Report
from ginn.runtime.cache import StageRecord

NAMED = 12  # seeds in a line; the facts have all
KINDS = {
    ".html": "pages",
    ".css": "style",
    ".svg": "figures",
    ".webp": "sprite sheets",
    ".png": "pictures",
    ".json": "facts and manifest",
    ".npz": "snapshots",
}


def _added_up(record: Sequence[StageRecord]) -> list[StageRecord]:
    """The records added up by stage, in order of first use: variants run the same stages."""
    rows: dict[str, StageRecord] = {}
    for stage in record:
        before = rows.get(stage.name, StageRecord(stage.name, 0, 0, 0.0))
        rows[stage.name] = StageRecord(
            stage.name, before.made + stage.made, before.kept + stage.kept,
            before.seconds + stage.seconds,
        )  # fmt: skip
    return list(rows.values())


def bytes_by_kind(folder: Path) -> dict[str, tuple[int, int]]:
    """The number of files and of bytes of a site by kind, largest first."""
    kinds: dict[str, tuple[int, int]] = {}
    for path in folder.rglob("*"):
        if path.is_file():
            kind = KINDS.get(path.suffix, "other")
            if path.suffix == ".js":
                kind = "boundaries" if path.is_relative_to(folder / "data") else "scripts"
                kind = "weights" if path.name.startswith("weights-") else kind
            count, total = kinds.get(kind, (0, 0))
            kinds[kind] = (count + 1, total + path.stat().st_size)
    return dict(sorted(kinds.items(), key=lambda item: -item[1][1]))


def peak_memory(workers: int) -> str:
    """The most memory that a build's processes have had, in words; "" on Windows.

    The system reports the peak of this process, and the largest peak of the worker processes that
    have ended. The upper limit assumes that all workers had that largest peak at the same time.
    """
    try:
        import resource
    except ImportError:  # Windows
        return ""
    unit = 1 if sys.platform == "darwin" else 1024  # bytes
    own, largest = (
        resource.getrusage(who).ru_maxrss * unit / 1e9
        for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    )
    if not workers or not largest:
        return f"Peak memory: {own:.2f} GB"
    return (
        f"Peak memory: {own:.2f} GB, and at most {largest:.2f} GB in each of {workers} workers: at "
        f"most {own + workers * largest:.2f} GB"
    )


def closing_lines(
    reports: Sequence[Report],
    record: Sequence[StageRecord],
    sizes: Mapping[str, tuple[int, int]],
    seconds: float,
    memory: str,
) -> str:
    """The last lines of a build: outcomes, stages and sizes, and claims."""
    titles = ["" if len(reports) == 1 else report.experiment.title for report in reports]
    facts = [report.facts for report in reports]
    lines = [
        outcomes(each.experiment.screening, each.experiment.full_runs, title)
        for each, title in zip(facts, titles, strict=True)
    ]
    lines.append(summary(record, sizes, seconds, memory))
    lines += [
        claims_table(each.claims, title, each.confirmation)
        for each, title in zip(facts, titles, strict=True)
    ]
    return "\n".join(lines)


def claims_table(
    rows: Sequence[Claim], of: str = "", confirmation: Confirmation | None = None
) -> str:
    """The claims, one below the other, each with verdict, effects, p-values, value and control.

    `of` is the experiment's title, or "" if there is only one experiment. `confirmation` has what a
    second block of seeds says of each claim.
    """
    lines = [f"\nClaims, {of}" if of else "\nClaims"]
    if few := too_few_runs(rows):
        lines.append(few)
    lines += [confirmation.about] if confirmation else []
    for row in rows:
        lines += [
            f"{row.name:<38} {row.verdict:<20} {formatting.count(row.runs, 'run'):>9}",
            *(f"    {effect.text}" for effect in row.effects),
            *([_p_values(row)] if row.p_value is not None else []),
            f"    {row.value}",
            f"    control: {row.control}",
            *([f"    second block: {confirmation.repeats(row.name)}"] if confirmation else []),
        ]
    return "\n".join(lines)


def _p_values(row: Claim) -> str:
    """The p-value of a row before and after its correction."""
    own, corrected = (formatting.p_value(each or 0.0) for each in (row.p_value, row.corrected))
    return f"    {own}, corrected {corrected}"


def _named(seeds: Sequence[int]) -> str:
    """The first seeds, and how many there are beyond them."""
    named = ", ".join(map(str, seeds[:NAMED]))
    return named if len(seeds) <= NAMED else f"{named} and {len(seeds) - NAMED:,} others"


def outcomes(screening: ScreeningFacts, runs: Sequence[RunFacts], of: str = "") -> str:
    """The outcomes of an experiment as text. `of` is its title, or "" if it is the only one."""
    lines = [
        f"\n{of}" if of else "",
        f"Screening: {screening.failed} of {formatting.count(screening.seeds, 'seed')} had failed "
        f"after {formatting.count(screening.iterations, 'iteration')}"
        + (f": {_named(screening.failed_seeds)}" if screening.failed else ""),
        f"Full runs: {sum(run.failed for run in runs)} of {formatting.count(len(runs), 'run')} "
        "failed",
    ]
    lines += [
        f"  {run.id:<10} loss {run.loss:.4f}  accuracy {run.accuracy:.3f}"
        + ("  failed" if run.failed else "")
        for run in runs
    ]
    return "\n".join(lines)


def summary(
    record: Sequence[StageRecord],
    sizes: Mapping[str, tuple[int, int]],
    seconds: float,
    memory: str = "",
) -> str:
    """The tables of a build: the stages' seconds, the memory, the site's bytes."""
    lines = ["\nStage                      made  kept  seconds"]
    for stage in _added_up(record):
        spent = f"{stage.seconds:8.1f}" if stage.made else "    kept"
        lines.append(f"{stage.name:<24}{stage.made:>7}{stage.kept:>6} {spent}")
    lines.append(f"{'the whole build':<37} {seconds:8.1f}")
    lines += [memory] if memory else []
    lines.append("\nSite                files       kB")
    for kind, (count, total) in sizes.items():
        lines.append(f"{kind:<18}{count:>7}{total / 1000:>9,.0f}")
    everything = sum(total for _, total in sizes.values())
    lines.append(
        f"{'all':<18}{sum(count for count, _ in sizes.values()):>7}{everything / 1000:>9,.0f}"
    )
    return "\n".join(lines)
