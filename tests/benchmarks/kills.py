"""Kill a draft build again and again, restart it, and compare: `kills.py [COUNT [SEED]]`."""

from __future__ import annotations

import contextlib
import io
import sys
import tempfile
import time
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parents[2]), str(Path(__file__).parents[1])]

from support.killing import Killings  # noqa: E402


def main() -> None:
    """Kill and restart builds until COUNT of them have given the right site; print the counts."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 200
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else 0
    begun = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        with contextlib.redirect_stdout(io.StringIO()):
            killings = Killings(Path(folder))
        print(f"changes to the disk in a build: {killings.writes}", flush=True)
        while killings.killed < count:
            with contextlib.redirect_stdout(io.StringIO()):
                for killed in killings.kill(
                    min(20, count - killings.killed), seed + killings.killed
                ):
                    last = killed
            print(f"{last} killed, {time.perf_counter() - begun:,.0f} s", flush=True)
        for way, number in killings.survived.items():
            print(f"{number:5} {way}")
        print(f"{killings.replaced:5} of the kills came after the site was replaced")
        print(f"{killings.bytes:,} bytes compared with those of an undisturbed build: all the same")


if __name__ == "__main__":
    main()
