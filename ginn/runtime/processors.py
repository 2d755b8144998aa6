"""How many processes a build may use at once: the cores, and the limits that are set for them."""

from __future__ import annotations

import os
import sys
from pathlib import Path

# More processes would have no work.
MOST_JOBS = 64
# Windows waits for at most 63 handles, and the pool of processes needs two of them.
MOST_JOBS_ON_WINDOWS = 61


def most_jobs(system: str = sys.platform) -> int:
    """The largest number of worker processes on a system."""
    return MOST_JOBS_ON_WINDOWS if system == "win32" else MOST_JOBS


def usable_processors(root: Path = Path("/")) -> int:
    """The number of processors that this process may use, from 1 to `most_jobs`.

    It counts the cores that the process may run on, and a container's quota of processor time.
    `root` is the folder in which Linux has its files about processes.
    """
    cores = _cores()
    quota = _quota(root)
    # With a quota of one and a half, the second process has a core for half of the time.
    allowed = cores if quota is None else min(cores, max(1, -int(-quota // 1)))
    return min(allowed, most_jobs())


def _cores() -> int:
    """The number of cores that the process may run on."""
    count = getattr(os, "process_cpu_count", None)  # Python 3.13
    if count is not None:
        return count() or 1
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:
        return os.cpu_count() or 1


def _quota(root: Path) -> float | None:
    """The processors whose time the control groups of this process allow; None for no limit.

    The limits of all groups above the process's own count, too. A container sees its own group as
    the root.
    """
    limits = [
        limit
        for line in _lines(root / "proc/self/cgroup")
        for folder in _group_folders(root, line)
        if (limit := _limit(folder)) is not None
    ]
    return min(limits, default=None)


def _group_folders(root: Path, line: str) -> list[Path]:
    """The folders of a group of `/proc/self/cgroup`, "NUMBER:CONTROLLERS:PATH", and of all above.

    Version 2 has one hierarchy, without a name. In version 1, that of the controller "cpu" counts.
    """
    _, _, rest = line.partition(":")
    controllers, _, path = rest.partition(":")
    if controllers and "cpu" not in controllers.split(","):
        return []
    top = root / "sys/fs/cgroup" / controllers
    below = Path(path.lstrip("/"))
    return [top / part for part in (below, *below.parents) if ".." not in part.parts]


def _limit(folder: Path) -> float | None:
    """The processors whose time one group allows, or None for no limit."""
    if found := _lines(folder / "cpu.max"):  # version 2: "QUOTA PERIOD" or "max PERIOD"
        quota, _, period = found[0].partition(" ")
    else:  # version 1: the quota is -1 for no limit
        quota, period = (
            "".join(_lines(folder / f"cpu.cfs_{name}_us")[:1]) for name in ("quota", "period")
        )
    if not (quota.isdecimal() and period.isdecimal() and int(quota) and int(period)):
        return None
    return int(quota) / int(period)


def _lines(path: Path) -> list[str]:
    """The lines of a file, or no lines if it cannot be read."""
    try:
        return path.read_text(encoding="utf-8").splitlines()
    except (OSError, ValueError):
        return []
