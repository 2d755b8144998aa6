"""A site of several experiments: each has pages of its own, with links to those of the others."""

from __future__ import annotations

import json
import re
import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest
from support.killing import digest
from support.link_checker import complaints, files_of
from support.two_pictures import write_first, write_second

import build

pytestmark = pytest.mark.slow
BASE = "https://a.example/name/"


@dataclass(frozen=True)
class Built:
    """A site of two pictures. `told` is the output of the build that added the second one."""

    content: Path
    site: Path
    cache: Path
    told: str

    def page(self, address: str) -> str:
        return (self.site / address).read_text(encoding="utf-8")


def options(content: Path, site: Path, cache: Path, jobs: int = 1) -> list[str]:
    places = ("--content", content, "--site", site, "--cache", cache, "--jobs", jobs)
    return ["--draft", *map(str, places), "--base-url", BASE]


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """One picture is built, then a second one is added."""
    root = tmp_path_factory.mktemp("two")
    content, site, cache = write_first(root / "content"), root / "site", root / "cache"
    assert build.main(options(content, site, cache)) == 0
    write_second(content)
    with pytest.MonkeyPatch.context() as patch:
        lines: list[str] = []
        patch.setattr("builtins.print", lambda *words, **_: lines.append(" ".join(map(str, words))))
        assert build.main(options(content, site, cache, 2)) == 0
    return Built(content, site, cache, "\n".join(lines))


def test_build_second_experiment_does_not_train_the_first_again(built: Built) -> None:
    rows = re.findall(r"(?m)^(full-runs|screening|sprite-sheets) +(\d+) +(\d+) ", built.told)
    made = {name: (int(new), int(kept)) for name, new, kept in rows}
    # Two runs of the bottle and two of its variant are trained. The cat's two are in the cache.
    assert made["full-runs"] == (4, 2)
    assert made["screening"][0] == 4
    assert made["sprite-sheets"] == (2, 2)
    for title in ("The cat", "The bottle"):
        assert re.search(rf"(?m)^{title}\nScreening: \d", built.told)
        assert f"\nClaims, {title}\n" in built.told


def test_build_bytes_do_not_depend_on_jobs_or_on_the_cache(built: Built, tmp_path: Path) -> None:
    again = tmp_path / "site"
    assert build.main(options(built.content, again, tmp_path / "cache")) == 0
    assert digest(again) == digest(built.site)


def test_build_of_two_experiments_has_no_dead_link(built: Built) -> None:
    assert complaints(files_of(built.site), BASE) == []


def test_article_reads_its_own_experiment_and_can_read_another(built: Built) -> None:
    page = " ".join(built.page("bottle/index.html").split())
    assert "5 neurons on 20 rows of bottle, not 5 neurons of the cat" in page
    assert "The diamond is there." in page
    moments = re.findall(r'href="([^"]+)#run=', page)
    assert len(moments) == 3
    assert set(moments) == {"../explore/bottle/index.html"}
    places = re.findall(r'href="([^"]+)#run=', built.page("explore/bottle/index.html"))
    assert len(places) >= 2
    assert set(places) == {"../../explore/bottle/index.html"}
    for address in ("explore/bottle/", "downloads/bottle/", "explore/", "downloads/"):
        assert f'href="../{address}index.html"' in page
    assert 'class="evidence' in page
    assert "The diamond is there." not in built.page("index.html")
    index = {name: data_of(built.page(name)) for name in ("index.html", "bottle/index.html")}
    assert index["index.html"] != index["bottle/index.html"].removeprefix("../")
    explorer = data_of(built.page("explore/bottle/index.html"))
    assert explorer == f"../{index['bottle/index.html']}"


def data_of(page: str) -> str:
    """The address of the data that a page's viewer loads."""
    (found,) = re.findall(r'data-(?:index|experiment)="([^"]+)"', page)
    return str(found)


@pytest.mark.parametrize("kind", ["explore", "downloads"])
def test_pages_of_experiments_name_and_link_each_other(built: Built, kind: str) -> None:
    for address, root in ((f"{kind}/index.html", "../"), (f"{kind}/bottle/index.html", "../../")):
        page = built.page(address)
        (listed,) = re.findall(r'(?s)<nav class="experiments".*?</nav>', page)
        assert re.findall(r'href="([^"]+)"', listed) == [
            f"{root}{kind}/index.html", f"{root}{kind}/bottle/index.html",
        ]  # fmt: skip
        assert re.findall(r'aria-current="page">([^<]+)', listed) == [
            "The bottle" if "bottle" in address else "The cat"
        ]
        # The header has one link of each kind, however many experiments there are.
        (header,) = re.findall(r'(?s)<nav aria-label="Site">.*?</nav>', page)
        assert len(re.findall(rf'href="{root}{kind}/', header)) == 1
        canonical = BASE + address.removesuffix("index.html")
        assert f'<link rel="canonical" href="{canonical}">' in page


def test_feed_and_site_map_have_the_pages_of_all_experiments(built: Built) -> None:
    site_map = built.page("sitemap.xml")
    pages = list(built.site.rglob("index.html"))
    for page in pages:
        address = page.relative_to(built.site).as_posix().removesuffix("index.html")
        assert f"<loc>{BASE}{address}</loc>" in site_map
    assert len(pages) == site_map.count("<loc>") == 8
    assert "A bottle, too" in built.page("feed.xml")
    facts = {
        path.parent.name: json.loads(path.read_text(encoding="utf-8"))["experiment"]["id"]
        for path in built.site.glob("downloads/**/facts-*.json")
    }
    assert facts == {"downloads": "cat", "bottle": "bottle"}
    assert len(list(built.site.glob("downloads/bottle/seed-*.npz"))) == 2


def test_build_with_another_picture_leaves_out_the_other_experiments(
    built: Built, tmp_path: Path
) -> None:
    picture = tmp_path / "Moon.png"
    shutil.copy(built.content / "pictures/cat.png", picture)
    site = tmp_path / "site"
    arguments = [*options(built.content, site, built.cache), "--picture", str(picture)]
    assert build.main(arguments) == 0
    assert not (site / "bottle").exists()
    assert not (site / "explore/bottle").exists()
    assert 'class="experiments"' not in (site / "explore/index.html").read_text(encoding="utf-8")
    assert complaints(files_of(site), BASE) == []
