"""`python build.py --new DIR`: a report of one's own, which builds as it stands."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

import pytest
from PIL import Image, ImageDraw
from support.killing import copy_content
from support.paths import ROOT, STARTER

import build as story
from ginn import new_project
from ginn.config.loader import load_settings
from ginn.pages.articles import read_articles, require_experiments
from ginn.pipeline.content import Reading, read_content


def files(folder: Path) -> dict[str, bytes]:
    found = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in found}


@pytest.mark.slow
def test_begin_makes_a_report_that_builds(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "far/away"
    assert story.main(["--new", str(folder)]) == 0
    assert str(folder) in capsys.readouterr().out
    assert files(folder) == files(STARTER)
    assert {"report.toml", "articles/index.md", ".github/workflows/pages.yml"} <= set(files(folder))
    # Shorter, for the test's sake alone.
    report = folder / "report.toml"
    text = report.read_text(encoding="utf-8")
    assert "iterations = 10_000\nsnapshots = 60" in text
    assert "pixels = 160" in text
    shorter = text.replace("10_000\nsnapshots = 60", "60\nsnapshots = 6")
    report.write_text(shorter.replace("pixels = 160", "pixels = 48"), "utf-8")
    options = ["--draft", "--jobs", "1", "--content", str(folder), "--cache", str(tmp_path / "c")]
    assert story.main(options) == 0
    told = capsys.readouterr().out
    assert "Otsu's method" in told
    parts = re.findall(r"(?m)^ +[\d.]+%  (?:white|black)  (.*)$", told)
    assert set(parts) == {"surrounding white", "middle black", "middle white", "middle white 2"}
    assert "middle white 2" in (folder / "site/index.html").read_text(encoding="utf-8")
    assert not (tmp_path / "far/.away.new").exists()


def test_begin_where_something_is_refuses_and_keeps_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    thesis = tmp_path / "thesis"
    thesis.mkdir()
    (thesis / "thesis.txt").write_text("years of work", encoding="utf-8")
    (tmp_path / "file").write_text("a file", encoding="utf-8")
    if sys.platform != "win32":
        (tmp_path / "link").symlink_to(tmp_path / "nowhere")
    for name in ("thesis", "file", "link", "file/below"):
        if name == "link" and sys.platform == "win32":
            continue
        assert story.main(["--new", str(tmp_path / name)]) == 2
        message = capsys.readouterr().err
        assert message.startswith(f"build.py: error: {tmp_path / name}: ")
        assert "--new: found " in message
        assert "allowed: " in message
        assert message.count("\n") == 1
    assert files(tmp_path) == {"thesis/thesis.txt": b"years of work", "file": b"a file"}
    (tmp_path / "empty").mkdir()
    assert story.main(["--new", str(tmp_path / "empty")]) == 0
    assert (tmp_path / "empty/report.toml").is_file()


def stored(folder: Path, name: str, size: tuple[int, int] = (60, 40)) -> Path:
    """A picture of a dark ellipse in a folder."""
    folder.mkdir(exist_ok=True)
    drawn(size).save(folder / name)
    return folder / name


def test_begin_with_a_picture_makes_a_report_of_it_alone(tmp_path: Path) -> None:
    picture = stored(tmp_path, "Mein Hund Ä.JPG".replace("JPG", "png"))
    title = 'A "dog" \\ Ünï: 1'
    folder = tmp_path / "dog"
    assert story.main(["--new", str(folder), "--picture", str(picture), "--title", title]) == 0
    made = files(folder)
    assert made["pictures/mein-hund.png"] == picture.read_bytes()
    texts = {name: file for name, file in made.items() if not name.endswith((".png", ".json"))}
    assert [name for name, file in texts.items() if re.search(rb"(?i)\bcats?\b", file)] == []
    content = read_content(Reading(folder, draft=True))
    assert content.settings.site.title == title
    assert [article.title for article in content.articles] == [title]
    assert content.settings.experiment.picture == "pictures/mein-hund.png"
    assert title in made["README.md"].decode()


def test_begin_with_a_picture_without_a_title_names_it_by_its_file(tmp_path: Path) -> None:
    picture = stored(tmp_path, "black_dot.png")
    assert story.main(["--new", str(tmp_path / "a"), "--picture", str(picture)]) == 0
    settings = load_settings(tmp_path / "a/report.toml")
    assert settings.site.title == "How a small network draws: black dot"


def test_begin_with_what_is_no_picture_names_the_file_and_makes_no_folder(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "a.png").write_bytes(b"no picture")
    for name in ("a.png", "absent.png"):
        picture = tmp_path / name
        assert story.main(["--new", str(tmp_path / "a"), "--picture", str(picture)]) == 2
        assert capsys.readouterr().err.startswith(f"build.py: error: {picture}: found ")
    assert [path.name for path in tmp_path.iterdir()] == ["a.png"]


@pytest.mark.parametrize("options", [["--title", "x"], ["--new", "x", "--title", "x"]])
def test_title_without_a_new_picture_is_refused(
    options: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        story.main(options)
    assert "--title: found no --new with --picture" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("url", "named"),
    [
        ("git@github.com:one/two.git", "one/two"),
        ("https://github.com/one/two", "one/two"),
        ("ssh://git@github.com/one/two.x.git", "one/two.x"),
        ("https://other.example/one/two", ""),
    ],
)
def test_workflow_names_the_repository_of_the_generator(
    url: str, named: str, tmp_path: Path
) -> None:
    (tmp_path / ".git").mkdir()
    config = f'[core]\n\tbare = false\n[remote "origin"]\n\turl = {url}\n\tfetch = x\n'
    (tmp_path / ".git/config").write_text(config, encoding="utf-8")
    assert new_project.generator_of(tmp_path) == named
    assert new_project.generator_of(tmp_path / "absent") == ""
    new_project.begin(STARTER, tmp_path / "a", generator=named)
    workflow = (tmp_path / "a" / new_project.WORKFLOW).read_text(encoding="utf-8")
    assert f"GENERATOR: ${{{{ vars.GINN_REPOSITORY || '{named}' }}}}" in workflow


def test_starter_workflow_gives_the_addresses_of_the_site_and_of_its_sources() -> None:
    workflow = (STARTER / new_project.WORKFLOW).read_text(encoding="utf-8")
    assert '--base-url "$BASE_URL"' in workflow
    assert "BASE_URL: ${{ steps.pages.outputs.base_url }}" in workflow
    ours = (ROOT / ".github/workflows/pages.yml").read_text(encoding="utf-8")
    actions = re.compile(r"uses: (\S+)")
    assert set(actions.findall(workflow)) <= set(actions.findall(ours))


def test_starter_workflow_runs_known_options(capsys: pytest.CaptureFixture[str]) -> None:
    workflow = (ROOT / "templates/starter/.github/workflows/pages.yml").read_text(encoding="utf-8")
    with pytest.raises(SystemExit):
        story.main(["--help"])
    known = set(re.findall(r"--[a-z]+", capsys.readouterr().out))
    (command,) = re.findall(r"build\.py (.*)", workflow)
    assert set(re.findall(r"--[a-z]+", command)) <= known
    (torch,) = re.findall(r"grep -o '(.*?)'", workflow)
    assert re.search(torch, (ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def drawn(size: tuple[int, int], mode: str = "RGB") -> Image.Image:
    """A dark ellipse on a light or a clear ground."""
    image = Image.new(mode, size, (0, 0, 0, 0) if mode == "RGBA" else (200, 190, 180))
    box = [each // 4 for each in size] + [each * 3 // 4 for each in size]
    ImageDraw.Draw(image).ellipse(box, fill=(30, 40, 50, 255)[: len(mode)])
    return image


@pytest.mark.slow
@pytest.mark.parametrize(
    ("size", "mode", "suffix"),
    [
        ((900, 300), "RGB", "jpg"),
        ((200, 800), "RGBA", "png"),
        ((4, 3), "RGB", "png"),
        ((5000, 4000), "RGB", "jpg"),
    ],
)
def test_build_with_any_picture_makes_a_whole_report(
    tmp_path: Path,
    size: tuple[int, int],
    mode: str,
    suffix: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    content = copy_content(tmp_path / "content")
    picture = tmp_path / f"Black dot.{suffix}"
    drawn(size, mode).save(picture)
    places = ["--content", str(content), "--cache", str(tmp_path / "cache")]
    assert story.main(["--draft", "--jobs", "1", "--picture", str(picture), *places]) == 0
    told = capsys.readouterr().out
    assert f"Picture {picture.name}, 24 x 24 pixels\n  from {size[0]} x {size[1]}, padded" in told
    assert "left eye" not in told
    page = (content / "site/index.html").read_text(encoding="utf-8")
    assert "The picture to learn." in page
    assert "<h1>How a small network draws a picture: Black dot</h1>" in page
    (file,) = (content / "site/downloads").glob("facts-*.json")
    facts = json.loads(file.read_text(encoding="utf-8"))
    assert facts["experiment"]["id"] == "black-dot"


def test_lines_of_make_your_own_are_read_as_it_says(tmp_path: Path) -> None:
    article = (ROOT / "content/articles/make-your-own.md").read_text(encoding="utf-8")
    blocks = re.findall(r"(?s)```toml\n(.*?)```", article)
    (second,) = (block for block in blocks if "[[experiment]]" in block)
    (variant,) = (block for block in blocks if "[[variant]]" in block)
    report = (ROOT / "content/report.toml").read_text(encoding="utf-8")
    variant = variant.replace('"deeper"', '"another"')
    path = tmp_path / "report.toml"
    path.write_text(f"{report}\n{second}\n{variant}", encoding="utf-8")
    spec = load_settings(path)
    assert [each.id for each in spec.experiments][-1] == "cat"
    assert spec.experiments[-1].widths == (32, 32)
    assert spec.variants[spec.experiment.id][-1].widths == (16, 16, 16, 16, 16)
    (line,) = (block for block in blocks if block.startswith("experiment ="))
    page = (ROOT / "content/articles/index.md").read_text(encoding="utf-8")
    (tmp_path / "index.md").write_text(page.replace("+++\n", f"+++\n{line}", 1), "utf-8")
    (read,) = read_articles(tmp_path)
    require_experiments([read], [each.id for each in spec.experiments])
    assert read.experiment == "cat"
    for block in (b for b in blocks if b.startswith(("picture", "parts", "widths"))):
        key = block.partition(" =")[0]
        text = re.sub(rf"(?m)^{key} = .*$", "", report, count=1)
        path.write_text(text.replace("pixels = 200", f"pixels = 200\n{block}"), encoding="utf-8")
        assert (
            load_settings(path).experiment != load_settings(ROOT / "content/report.toml").experiment
        )
