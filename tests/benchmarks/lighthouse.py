"""Lighthouse's mobile profile on every page: `python tests/benchmarks/lighthouse.py [SITE]`.

Prints a row a page (scores, paint, blocking, shift and the bytes before a reader does anything) and
fails where a target is missed. A busy machine makes a page slower and never faster. So a page that
misses the target for speed is measured again, up to `TRIES` times, and its best result counts.

It needs `npm install --prefix DIR lighthouse@12` and NODE_PATH set to DIR/node_modules. The site
should be built with the `--base-url` that `--help` names, or its canonical links lead elsewhere.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests"))
from support.static_host import PREFIX, hosted  # noqa: E402

PORT = 8765
LEAST = {"performance": 95, "accessibility": 100, "best-practices": 100, "seo": 100}
MOST_BYTES = 200_000
TRIES = 3


def report_of(address: str, tool: Path, chromium: str) -> dict[str, Any]:
    """The report of Lighthouse on one page."""
    flags = "--headless=new --no-sandbox --disable-gpu"
    command = ["node", str(tool), address, "--quiet", "--output=json", f"--chrome-flags={flags}"]
    done = subprocess.run(
        command, capture_output=True, encoding="utf-8", check=True,
        env=os.environ | {"CHROME_PATH": chromium},
    )  # fmt: skip
    report: dict[str, Any] = json.loads(done.stdout)
    return report


def speed(reports: list[dict[str, Any]]) -> int:
    """The best score for performance among reports, 0 without any."""
    scores = [report["categories"]["performance"]["score"] for report in reports]
    return round(100 * max(scores, default=0))


def row(name: str, report: dict[str, Any]) -> tuple[str, list[str]]:
    """A page's line of the table, and the targets that it misses."""
    scores = {key: round(100 * report["categories"][key]["score"]) for key in LEAST}
    audits = {key: audit.get("numericValue", 0.0) for key, audit in report["audits"].items()}
    size = audits["total-byte-weight"]
    line = (
        f"{name:24}" + "".join(f"{score:6}" for score in scores.values())
        + f"{audits['largest-contentful-paint'] / 1000:8.2f} s"
        + f"{audits['total-blocking-time']:6.0f} ms"
        + f"{audits['cumulative-layout-shift']:7.3f}{size / 1000:8.0f} kB"
    )  # fmt: skip
    missed = [f"{name}: {key} {scores[key]}, not {LEAST[key]}" for key in LEAST
              if scores[key] < LEAST[key]]  # fmt: skip
    if size > MOST_BYTES:
        missed.append(f"{name}: {size / 1000:.0f} kB, not {MOST_BYTES / 1000:.0f}")
    for category in report["categories"].values():
        for reference in category["auditRefs"]:
            audit = report["audits"][reference["id"]]
            if reference["weight"] and audit.get("score") is not None and audit["score"] < 0.9:
                missed.append(f"{name}:   {audit['id']}: {audit.get('displayValue', '')}".rstrip())
    return line, missed


def main() -> int:
    """Measure every page except `404.html`, and return the exit code."""
    parser = argparse.ArgumentParser(
        description=f"The site's --base-url: http://127.0.0.1:{PORT}{PREFIX}"
    )
    parser.add_argument("site", type=Path, nargs="?", default=ROOT / "site")
    site = parser.parse_args().site
    chromium = os.environ.get("CHROMIUM") or shutil.which("chromium") or "google-chrome"
    folders = [Path(folder) for folder in os.environ.get("NODE_PATH", "").split(os.pathsep)]
    tools = [folder / "lighthouse/cli/index.js" for folder in folders]
    tool = next((path for path in tools if path.is_file()), None)
    if tool is None:
        parser.error("no lighthouse in NODE_PATH: see the head of this file")
    misses: list[str] = []
    print(f"{'':24}  perf  a11y  best   seo       LCP      TBT    CLS   weight tries")
    with hosted(site, PORT) as address:
        for page in sorted(site.rglob("*.html")):
            name = page.relative_to(site).as_posix()
            if name != "404.html":
                target = address + name.removesuffix("index.html")
                tries: list[dict[str, Any]] = []
                while len(tries) < TRIES and speed(tries) < LEAST["performance"]:
                    tries.append(report_of(target, tool, chromium))
                line, missed = row(name, max(tries, key=lambda each: speed([each])))
                print(f"{line}{len(tries):6}", flush=True)
                misses += missed
    print("\n".join(misses))
    return bool(misses)


if __name__ == "__main__":
    sys.exit(main())
