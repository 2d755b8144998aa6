"""The time to build a report of many articles and pictures, and to build it again.

`python tests/benchmarks/large.py [ARTICLES] [PICTURES] [FOLDER]` writes such a report into an empty
folder (default: 1,000 and 50, a temporary one), builds it, edits one article, and prints a table.
Networks are tiny, so the time is that of the site and not of the training.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

from PIL import Image, ImageDraw

ROOT = Path(__file__).parents[2]
ARTICLES, PICTURES = 1_000, 50
HEAD = """[site]
title = "Many pictures"
description = "A report of many pictures."
author = "The author"
language = "en-GB"
licence = "MIT"
licence-url = "https://opensource.org/license/mit"
layer-colours = ["#2f55e0", "#ff4320", "#40c688"]
output-colour = "#453a4d"

[draft]
seeds = 2
iterations = 60
snapshots = 4
"""
FIRST = """pixels = 24
iterations = 60
batch = 16
learning-rate = 1e-3
snapshots = [[0, 60, 20]]
[experiment.screening]
seeds = 2
iterations = 20
[experiment.full-runs]
first-seeds = 2
failed-seeds = 0
[experiment.shown]
good = 1
bad = 1
"""
ARTICLE = """+++
title = "{title}"
slug = "{slug}"
description = "The outcome of {title}."
order = {number}
date = 2026-11-23
experiment = "{experiment}"
+++
{{% set best = run("good-1") %}}
This is about {{{{ facts.experiment.widths | sum | count("neuron") }}}}; see {{{{ see("end") }}}}.

{{% call figure("end") %}}
{{{{ best.title }}}} after {{{{ facts.experiment.iterations | count("iteration") }}}}.
{{% endcall %}}

## What it says

{text}

{{{{ figure("loss", view="loss", caption="How the loss fell.") }}}}

## Where to go

[The explorer]({{{{ page("explore") }}}}), and [the next one]({{{{ page("{following}") }}}}).
"""
SENTENCE = "A boundary is a line where a neuron switches, and *many* of them fold the plane. "


class Build(NamedTuple):
    """A finished build: seconds by the clock and by the processors, and the peak of memory (MB)."""

    seconds: float
    busy: float
    megabytes: float


def write_report(folder: Path, articles: int, pictures: int) -> Path:
    """Write a report of some articles and pictures, and return `folder`.

    The articles are about the pictures in turn.
    """
    for name in ("articles", "pictures"):
        (folder / name).mkdir(parents=True)
    tables = []
    for number in range(pictures):
        image = Image.new("L", (48, 48), 255)
        x, y = 4 + number % 7 * 3, 4 + number // 7 * 2
        ImageDraw.Draw(image).ellipse((x, y, x + 18, y + 14 + number % 5), fill=0)
        image.save(folder / f"pictures/picture-{number}.png")
        tables.append(
            f'[[experiment]]\nid = "picture-{number}"\ntitle = "Picture {number}"\n'
            f'picture = "pictures/picture-{number}.png"\nwidths = [{2 + number % 3}, 2]\n'
            + ("" if number else FIRST)
        )
    (folder / "report.toml").write_text("\n".join([HEAD, *tables]), encoding="utf-8")
    slugs = ["index", *(f"article-{number}" for number in range(1, articles))]
    for number, slug in enumerate(slugs):
        text = ARTICLE.format(
            title=slug.replace("-", " ").capitalize(), slug=slug, number=number,
            experiment=f"picture-{number % pictures}", text="\n\n".join([SENTENCE * 8] * 6),
            following=slugs[(number + 1) % articles],
        )  # fmt: skip
        (folder / f"articles/{slug}.md").write_text(text, encoding="utf-8")
    return folder


# Runs a build in a process without other children, and prints its time and peak memory.
RUN = """
import resource, subprocess, sys
done = subprocess.run(sys.argv[1:], capture_output=True, text=True)
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(done.stdout[-6000:], done.stderr[-2000:])
print("used", used.ru_utime + used.ru_stime, used.ru_maxrss / 1000)
sys.exit(done.returncode)
"""


def build(folder: Path) -> Build:
    """Build the report as an author does."""
    command = [sys.executable, str(ROOT / "build.py"), "--content", str(folder / "content")]
    command += ["--site", str(folder / "site"), "--cache", str(folder / "cache")]
    begun = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-c", RUN, *command], capture_output=True, text=True, check=False
    )
    seconds = time.perf_counter() - begun
    if done.returncode:
        sys.exit(done.stdout + done.stderr)
    used = re.search(r"used ([\d.]+) ([\d.]+)", done.stdout)
    assert used
    return Build(seconds, float(used[1]), float(used[2]))


def main(articles: int, pictures: int, folder: Path) -> None:
    """Build, build again, edit one article and build, and print what each took."""
    write_report(folder / "content", articles, pictures)
    rows = {"the first build": build(folder), "again, nothing changed": build(folder)}
    edited = folder / f"content/articles/article-{articles // 2}.md"
    text = edited.read_text(encoding="utf-8")
    edited.write_text(text.replace("fold the plane", "crease the plane"), encoding="utf-8")
    rows["after an edit of one article"] = build(folder)
    print(f"{articles:,} articles, {pictures} pictures")
    print(f"{'':<30}{'seconds':>9}{'of cores':>10}{'peak MB':>9}")
    for name, row in rows.items():
        print(f"{name:<30}{row.seconds:>9.1f}{row.busy:>10.1f}{row.megabytes:>9.0f}")


if __name__ == "__main__":
    given = sys.argv[1:]
    main(
        int(given[0]) if given else ARTICLES,
        int(given[1]) if len(given) > 1 else PICTURES,
        Path(given[2] if len(given) > 2 else tempfile.mkdtemp()),
    )
