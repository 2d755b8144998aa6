"""The content of a folder: after a mistake in a name, the regions that can be named are shown."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
from support.paths import ROOT, STARTER, rewrite
from support.two_pictures import write_first, write_second

from ginn import cli
from ginn.errors import AuthorError
from ginn.pipeline.content import Reading, read_content

NAMES = "# [experiment.parts]\n"
OPTIONAL = 'title = "The bottle"\noptional = true'


def starter(folder: Path, parts: str) -> Path:
    """The starter's content, with these names of parts."""
    shutil.copytree(STARTER, folder, dirs_exist_ok=True)
    rewrite(folder / "report.toml", (NAMES, f"[experiment.parts]\n{parts}\n"))
    return folder


@pytest.mark.parametrize(
    ("parts", "found"),
    [
        ("a = [0.5, 0.8]\nb = [0.5, 0.81]", "at points of one region"),
        ('"top left black" = [0.02, 0.02]', ""),
    ],
)
def test_read_content_with_a_wrong_name_prints_the_regions_first(
    tmp_path: Path, parts: str, found: str, capsys: pytest.CaptureFixture[str]
) -> None:
    if found:
        with pytest.raises(AuthorError, match=found):
            read_content(Reading(starter(tmp_path, parts), draft=True))
        told = capsys.readouterr().out
    else:
        told = read_content(Reading(starter(tmp_path, parts), draft=True)).descriptions()
    assert "Otsu's method" in told
    assert "#" in told
    assert " white" in told


@pytest.mark.parametrize(
    ("named", "found", "hint"),
    [
        ("pictures/dog.png", "no file 'pictures/dog.png'", "there is pictures/cat.png"),
        ("dog.png", "no file 'dog.png'", "there is pictures/cat.png"),
        ("pictures", "the folder 'pictures'", ""),
        ("absent/cat.png", "no file 'absent/cat.png'", "there is pictures/cat.png"),
    ],
)
def test_read_content_without_its_picture_names_line_key_and_what_is_there(
    tmp_path: Path, named: str, found: str, hint: str
) -> None:
    report = starter(tmp_path, "") / "report.toml"
    rewrite(report, ('"pictures/cat.png"', f'"{named}"'))
    with pytest.raises(AuthorError) as caught:
        read_content(Reading(tmp_path, draft=True))
    assert (caught.value.found, caught.value.key) == (found, "experiment.picture")
    line = report.read_text(encoding="utf-8").splitlines()[caught.value.line - 1]
    assert line.startswith("picture = ")
    assert hint in caught.value.hint


def test_read_content_finds_a_picture_by_other_capitals(tmp_path: Path) -> None:
    report = starter(tmp_path, "") / "report.toml"
    rewrite(report, ('"pictures/cat.png"', '"Pictures/Cat.PNG"'))
    assert len(read_content(Reading(tmp_path, draft=True)).datasets) == 1


def test_read_content_of_the_starter_with_another_picture_needs_no_change(tmp_path: Path) -> None:
    folder = starter(tmp_path, "")
    shutil.copy(STARTER.parents[1] / ".github/explorer.png", folder / "pictures/cat.png")
    assert len(read_content(Reading(folder, draft=True)).datasets) == 1


@pytest.fixture
def two(tmp_path: Path) -> Path:
    """A report whose second experiment is optional, as is an article about it."""
    content = write_second(write_first(tmp_path / "two"))
    rewrite(content / "report.toml", ('title = "The bottle"', OPTIONAL))
    (content / "articles/methods.md").unlink()
    rewrite(content / "articles/bottle.md", ('{{ evidence("Straight first layer") }}', ""))
    return content


@pytest.mark.parametrize("draft", [True, False])
def test_read_content_leaves_out_optional_experiments_with_their_articles(
    two: Path, draft: bool
) -> None:
    plain, whole = (read_content(Reading(two, draft=draft, every=every)) for every in (False, True))
    assert [each.id for each in plain.settings.experiments] == ["cat"]
    assert [each.slug for each in plain.articles] == ["index"]
    assert list(plain.settings.variants) == ["cat"]
    assert "\nLeft out: The bottle. With --all they are built, too." in plain.descriptions()
    assert [each.id for each in whole.settings.experiments] == ["cat", "bottle"]
    assert [(each.slug, each.experiment) for each in whole.articles] == [
        ("index", ""),
        ("bottle", "bottle"),
    ]
    assert "Left out" not in whole.descriptions()


def test_read_content_with_another_picture_leaves_out_optional_experiments(two: Path) -> None:
    picture = two / "pictures/bottle.toml"
    contents = [
        read_content(Reading(two, picture, draft=True, every=every)) for every in (False, True)
    ]
    for content in contents:
        assert [each.id for each in content.settings.experiments] == ["bottle"]
        assert [each.slug for each in content.articles] == ["index"]
        assert not content.left_out


def test_read_content_refuses_a_link_to_an_article_that_is_left_out(two: Path) -> None:
    index = two / "articles/index.md"
    text = index.read_text(encoding="utf-8")
    link = '[More]({{ page("bottle") }})'
    linked = f'{text}{{% if "bottle" in experiments %}}{link}{{% endif %}}\n'
    index.write_text(linked, encoding="utf-8")
    for every in (False, True):
        read_content(Reading(two, draft=True, every=every))
    index.write_text(f"{text}{link}\n", encoding="utf-8")
    read_content(Reading(two, draft=True, every=True))
    with pytest.raises(AuthorError, match="'bottle', which this build leaves out") as error:
        read_content(Reading(two, draft=True))
    assert error.value.line == text.count("\n") + 1


def test_read_content_refuses_a_first_page_about_an_optional_experiment(two: Path) -> None:
    index = two / "articles/index.md"
    rewrite(index, ("order = 1", 'order = 1\nexperiment = "bottle"'))
    for every in (False, True):
        with pytest.raises(
            AuthorError, match=r"'bottle', .*without --all.*, allowed: cat"
        ) as error:
            read_content(Reading(two, draft=True, every=every))
        assert error.value.key == "experiment"
        lines = index.read_text(encoding="utf-8").splitlines()
        assert lines[error.value.line - 1] == 'experiment = "bottle"'


def test_check_finds_mistakes_with_and_without_optional_experiments(
    two: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    never: Any = None
    options = ["--check", "--content", str(two)]
    index, bottle = two / "articles/index.md", two / "articles/bottle.md"
    for file, mistake in ((bottle, "{{ page('nowhere') }}"), (index, "{{ page('bottle') }}")):
        assert cli.main(never, options) == 0
        text = file.read_text(encoding="utf-8")
        file.write_text(f"{text}\n{mistake}\n", encoding="utf-8")
        assert cli.main(never, options) == 2
        assert f"{file}:{text.count(chr(10)) + 2}: page: found" in capsys.readouterr().err
        file.write_text(text, encoding="utf-8")


def test_content_of_the_repository_has_frozen_its_rules_as_they_are() -> None:
    """If this fails after a change of a rule, freeze the rules again, with a new `first-seed`."""
    found = read_content(Reading(ROOT / "content", draft=True, confirm=True)).settings
    assert found.confirmation.rules is not None
    assert found.second_seed == found.confirmation.first_seed
