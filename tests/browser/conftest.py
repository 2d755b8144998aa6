"""A small site, built once and served under a sub-path, and a browser that reports complaints."""

from __future__ import annotations

import functools
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Playwright
from support.browser import ADDRESS, HOST, BuiltSite, Explore, Journal, Open, chromium, listen
from support.explorer import explorer, ready
from support.once import once
from support.one_process import build_command
from support.paths import ROOT
from support.shorter_draft import shorten
from support.static_host import hosted

# Shows view states one after the other in a page that is open, and waits until each is drawn.
SHOW = """async (addresses) => {
  document.querySelector("dialog[open]")?.close();
  document.activeElement?.blur();
  scrollTo(0, 0);
  for (const address of addresses) {
    history.replaceState(null, "", address);
    dispatchEvent(new HashChangeEvent("hashchange"));
    await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
  }
}"""


def build_draft(folder: Path) -> None:
    """Build the repository's report into `folder`, as a short draft, beside its cache."""
    shutil.copytree(ROOT / "content", folder / "content")
    shorten(folder / "content")
    command = [
        *(*build_command(), "--draft", "--jobs", "1", "--base-url", ADDRESS),
        *("--content", folder / "content", "--site", folder / "site", "--cache", folder / "cache"),
    ]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.fixture(scope="session")
def built_site(tmp_path_factory: pytest.TempPathFactory) -> BuiltSite:
    """The repository's report as a short draft, built once for all workers."""
    site = once(tmp_path_factory, "built", build_draft) / "site"
    return BuiltSite(site, {"http": ADDRESS, "file": f"{site.as_uri()}/"})


@pytest.fixture(scope="session")
def browser(built_site: BuiltSite, playwright: Playwright) -> Iterator[Browser]:
    """A headless Chromium, in which `ADDRESS` leads to the built site."""
    path = chromium()
    with hosted(built_site.folder) as place:
        # Each worker serves the site at a port of its own, and the site knows one address.
        rule = f"MAP {HOST}:80 {place.split('/')[2]}"
        launched = playwright.chromium.launch(
            executable_path=path, args=["--no-sandbox", f"--host-resolver-rules={rule}"]
        )
        yield launched
        launched.close()


Profile = Callable[[tuple[int, int], str], BrowserContext]


@pytest.fixture(scope="session")
def new_profile(browser: Browser) -> Profile:
    """Makes a fresh profile for windows of a size, in a colour scheme."""

    def made(size: tuple[int, int], scheme: str) -> BrowserContext:
        viewport = {"width": size[0], "height": size[1]}
        return browser.new_context(viewport=viewport, color_scheme=scheme)  # type: ignore[arg-type]

    return made


@pytest.fixture(scope="session")
def profile(new_profile: Profile) -> Profile:
    """The profile that all tests share for windows of a size, in a colour scheme.

    In a profile of its own, a page takes twice as long to open.
    """
    return functools.cache(new_profile)


@pytest.fixture
def open_page(new_profile: Profile, profile: Profile) -> Iterator[Open]:
    """Opens an address in a new window; at the end no page may have complained.

    `before(page)` is called ahead of the visit; `complaining=True` where complaints are expected;
    `alone=True` where a test changes what the profile stores or allows.
    """
    opened: list[tuple[Journal, bool]] = []
    closing: list[Page | BrowserContext] = []

    def visit(
        address: str,
        size: tuple[int, int] = (1280, 800),
        scheme: str = "light",
        before: Callable[[Page], object] = lambda page: None,
        complaining: bool = False,
        alone: bool = False,
    ) -> tuple[Page, Journal]:
        context = (new_profile if alone else profile)(size, scheme)
        page = context.new_page()
        closing.append(context if alone else page)
        journal = listen(page)
        opened.append((journal, complaining))
        before(page)
        page.goto(address)
        return page, journal

    yield visit
    for each in closing:
        each.close()
    for journal, complaining in opened:
        assert complaining or not journal.complaints, journal.complaints


@pytest.fixture(scope="module")
def windows() -> Iterator[dict[object, tuple[Page, Journal]]]:
    """The windows that `revisit` and `explore` have opened for a module's tests.

    Their keys are size and colours, and for `explore` the place of the site before them.
    """
    opened: dict[object, tuple[Page, Journal]] = {}
    yield opened
    for page, _ in opened.values():
        page.close()


@pytest.fixture
def revisit(profile: Profile, windows: dict[object, tuple[Page, Journal]]) -> Iterator[Open]:
    """Opens an address anew in a window that a module's tests share, as `open_page` in a new one.

    A new window has a new process, whose start takes longer than many a test. A test that depends
    on a fresh window (history, routes, two windows of a size) uses `open_page`.
    """
    used: list[object] = []

    def visit(
        address: str, size: tuple[int, int] = (1280, 800), scheme: str = "light"
    ) -> tuple[Page, Journal]:
        key = (size, scheme)
        if key not in windows:
            page = profile(size, scheme).new_page()
            windows[key] = page, listen(page)
        used.append(key)
        page, journal = windows[key]
        page.bring_to_front()
        page.goto(address)
        return page, journal

    yield visit
    complaints: list[str] = []
    for key in dict.fromkeys(used):
        page, journal = windows[key]
        page.mouse.move(0, 0)
        page.emulate_media(media="null", reduced_motion="null", forced_colors="null")
        # So the page ends, and the next visit of the same address is not one to its fragment. An
        # empty page that a page opens is in the same process, in which the next one is, too.
        page.evaluate("location.replace('about:blank')")
        page.wait_for_url("about:blank")
        complaints += journal.complaints
        journal.complaints.clear()
        journal.requests.clear()
    assert not complaints, complaints


@pytest.fixture
def explore(
    profile: Profile, built_site: BuiltSite, windows: dict[object, tuple[Page, Journal]]
) -> Iterator[Explore]:
    """Shows a view state in the explorer; at the end the page may not have complained.

    A module's tests share the page, since loading it takes longer than most tests: each starts
    from its own view state, with nothing focused, the help closed and the pointer off the canvas.
    A test that depends on a fresh page (requests, history, announcements) uses `open_page`.
    """

    def show(
        state: str = "",
        place: str = "http",
        size: tuple[int, int] = (1280, 800),
        scheme: str = "light",
    ) -> Page:
        key = (place, size, scheme)
        if key in windows:
            page, _ = windows[key]
            page.bring_to_front()
            page.mouse.move(0, 0)
            # The plain state comes first, or an answer to the last question would be there still.
            page.evaluate(SHOW, [explorer(built_site, place, each) for each in ("", state)])
        else:
            page = profile(size, scheme).new_page()
            windows[key] = page, listen(page)
            # Without a state, the page would open as for a first visit.
            page.goto(explorer(built_site, place, state or "test=0"))
        return page

    yield show
    for _, journal in windows.values():
        complaints = journal.complaints[:]
        journal.complaints.clear()
        assert not complaints, complaints


@pytest.fixture(scope="module")
def quiet_page(profile: Profile, built_site: BuiltSite) -> Iterator[Page]:
    """A page of the explorer in which the viewer's functions can be called."""
    page = profile((1280, 800), "light").new_page()
    page.goto(explorer(built_site))
    yield ready(page)
    page.close()
