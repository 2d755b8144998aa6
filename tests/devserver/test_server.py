"""The development server serves the site and nothing else, and only to this machine."""

from __future__ import annotations

import json
import mimetypes
import re
import socket
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from support.paths import ROOT

from ginn.devserver.server import (
    EVENTS,
    LOOPBACK,
    SiteStatus,
    may_name,
    network_address,
    serving,
)

TEMPLATES = ROOT / "templates/devserver"


@pytest.fixture
def server(tmp_path: Path) -> Iterator[tuple[str, int]]:
    site = tmp_path / "site"
    (site / "deep").mkdir(parents=True)
    (site / "empty").mkdir()
    (site / "index.html").write_text("the page")
    (site / "deep/index.html").write_text("the deep page")
    (tmp_path / "secret.txt").write_text("a secret")
    (tmp_path / "site-2").mkdir()
    (tmp_path / "site-2/secret.txt").write_text("a secret")
    if sys.platform != "win32":
        (site / "inside.html").symlink_to("index.html")
        (site / "out.txt").symlink_to("../secret.txt")
        (site / "out").symlink_to("..")
        (site / "near").symlink_to("../site-2")
        (site / "circle").symlink_to("circle")
    (site / "build.json").write_text("{}")
    with serving(SiteStatus(site), TEMPLATES, [0]) as port:
        yield LOOPBACK, port


def ask(
    server: tuple[str, int],
    path: str,
    method: str = "GET",
    host: str | None = "localhost:PORT",
    more: str = "",
) -> str:
    """The whole answer to a request. The path is sent as it is, not normalised by a library.

    `more` has more headers, each with its end of line.
    """
    named = f"Host: {host.replace('PORT', str(server[1]))}\r\n" if host is not None else ""
    named += more
    with socket.create_connection(server, timeout=5) as connection:
        connection.sendall(f"{method} {path} HTTP/1.0\r\n{named}\r\n".encode())
        return b"".join(iter(lambda: connection.recv(4096), b"")).decode()


@pytest.mark.parametrize(
    ("path", "said"),
    [("/", "the page"), ("/index.html?x#y", "the page"), ("/deep/", "the deep page")]
    + ([("/inside.html", "the page")] if sys.platform != "win32" else []),
)
def test_get_of_a_page_returns_it_uncached(server: tuple[str, int], path: str, said: str) -> None:
    answer = ask(server, path)
    assert answer.startswith("HTTP/1.0 200 ")
    assert answer.partition("\r\n\r\n")[2].startswith(said)
    assert "Cache-Control: no-store" in answer


@pytest.mark.parametrize(
    "path",
    [
        "/../secret.txt",
        "/deep/../../secret.txt",
        "/%2e%2e/secret.txt",
        "/..%2fsecret.txt",
        "/%2e%2e%2fsecret.txt",
        "/..\\secret.txt",
        "/..%5csecret.txt",
        "//etc/hosts",
        "/%2fetc/hosts",
        "/out.txt",
        "/out/secret.txt",
        "/out/",
        "/near/secret.txt",
        "/circle",
        "/a%00b",
        "/" + "a" * 5000,
        "/empty/",
        "/absent",
        "http://localhost/../secret.txt",
    ],
)
def test_get_outside_the_site_is_refused(server: tuple[str, int], path: str) -> None:
    answer = ask(server, path)
    assert answer.split()[1] in ("404", "400", "414")
    assert "a secret" not in answer


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
def test_request_that_writes_is_refused(server: tuple[str, int], method: str) -> None:
    assert ask(server, "/index.html", method).split()[1] == "501"


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1:PORT", "localhost:PORT", "[::1]:PORT", "localhost:1", "127.0.0.1:49152",
     "[::1]:65535", "localhost", "LocalHost:8000"],
)  # fmt: skip
def test_get_by_a_name_of_this_machine_is_answered(server: tuple[str, int], host: str) -> None:
    assert ask(server, "/", host=host).split()[1] == "200"


@pytest.mark.parametrize("path", ["/", EVENTS, "/_serve/reload.js", "/absent"])
@pytest.mark.parametrize(
    "host",
    ["evil.example", "evil.example:PORT", "127.0.0.1.evil.example:PORT", "evil.example:localhost",
     "localhost:PORT@evil.example", "localhost.evil.example", "localhost:PORT:PORT", "localhost:x",
     "192.0.2.1:PORT", "[::2]:PORT", "::1", "localhost,evil.example", "", None],
)  # fmt: skip
def test_request_for_a_foreign_name_is_refused(
    server: tuple[str, int], path: str, host: str | None
) -> None:
    for method in ("GET", "HEAD"):
        answer = ask(server, path, method, host)
        assert answer.split()[1] == "403"
        assert "the page" not in answer
        assert "data:" not in answer


def test_answer_forbids_use_by_another_site(server: tuple[str, int]) -> None:
    for path in ("/", "/_serve/reload.js", "/build.json"):
        answer = ask(server, path)
        assert answer.split()[1] == "200"
        assert "Cross-Origin-Resource-Policy: same-origin" in answer
        assert "Access-Control" not in answer


def test_head_returns_the_headers_of_get(server: tuple[str, int]) -> None:
    for path in ("/", "/build.json", "/absent", "/_serve/overlay.css"):
        (got, body), (head, none) = (
            ask(server, path, method).split("\r\n\r\n", 1) for method in ("GET", "HEAD")
        )
        undated = [re.sub("Date: .*", "", each) for each in (got, head)]
        assert undated[0] == undated[1]
        assert none == ""
        assert f"Content-Length: {len(body.encode())}\r\n" in got


@pytest.mark.parametrize(
    ("header", "places"),
    [
        ("bytes=0-0", "0-0"),
        ("bytes=0-1", "0-1"),
        ("bytes=4-", "4-9"),
        ("bytes=4-400", "4-9"),
        ("bytes=-3", "7-9"),
        ("bytes=-30", "0-9"),
    ],
)
def test_get_of_a_range_returns_its_bytes(
    server: tuple[str, int], tmp_path: Path, header: str, places: str
) -> None:
    (tmp_path / "site/clip.mp4").write_bytes(b"0123456789")
    head, _, body = ask(server, "/clip.mp4", more=f"Range: {header}\r\n").partition("\r\n\r\n")
    assert head.startswith("HTTP/1.0 206 ")
    assert f"Content-Range: bytes {places}/10" in head
    first, last = map(int, places.split("-"))
    assert body == "0123456789"[first : last + 1]
    assert f"Content-Length: {len(body)}" in head


@pytest.mark.parametrize("header", ["bytes=10-", "bytes=-0"])
def test_get_of_a_range_behind_the_end_is_refused(
    server: tuple[str, int], tmp_path: Path, header: str
) -> None:
    (tmp_path / "site/clip.mp4").write_bytes(b"0123456789")
    answer = ask(server, "/clip.mp4", more=f"Range: {header}\r\n")
    assert answer.startswith("HTTP/1.0 416 ")
    assert "Content-Range: bytes */10" in answer


@pytest.mark.parametrize("header", ["bytes=3-1", "bytes=0-1,4-5", "lines=0-1", "bytes=-", "bytes"])
def test_get_of_a_range_that_is_none_returns_the_whole_file(
    server: tuple[str, int], tmp_path: Path, header: str
) -> None:
    (tmp_path / "site/clip.mp4").write_bytes(b"0123456789")
    answer = ask(server, "/clip.mp4", more=f"Range: {header}\r\n")
    assert answer.startswith("HTTP/1.0 200 ")
    assert answer.endswith("\r\n\r\n0123456789")


def test_wait_for_change_without_a_change_returns_the_same_version(tmp_path: Path) -> None:
    status = SiteStatus(tmp_path)
    version, state = status.wait_for_change(-1, 0.0)
    assert (version, json.loads(state)) == (0, {"site": "", "mistake": "", "build": None})
    assert status.wait_for_change(version, 0.01)[0] == version


def test_status_tells_how_far_a_build_is_until_it_has_ended(tmp_path: Path) -> None:
    status = SiteStatus(tmp_path)

    def build() -> object:
        return json.loads(status.wait_for_change(-1, 0.0)[1])["build"]

    status.begin_build()
    assert build() == {"stage": "", "share": 0.0}
    status.report("full-runs", 0.25)
    status.begin_build()
    assert build() == {"stage": "full-runs", "share": 0.25}
    status.publish("", running=True)
    assert build() == {"stage": "full-runs", "share": 0.25}
    status.publish("<p>no</p>")
    assert build() is None


def test_publish_wakes_those_who_wait(tmp_path: Path) -> None:
    status = SiteStatus(tmp_path)
    with ThreadPoolExecutor(1) as threads:
        waiting = threads.submit(status.wait_for_change, 0, 30.0)
        status.publish("<p>no</p>")
        version, state = waiting.result(30)
    assert version == 1
    assert json.loads(state)["mistake"] == "<p>no</p>"


HOSTNAME = socket.gethostname()


@pytest.mark.parametrize(
    "named", ["192.0.2.7:8000", "[2001:db8::1]:80", "10.0.0.1", "localhost:1", HOSTNAME, "[::1]"]
)
def test_may_name_with_a_server_for_the_network_accepts_addresses_and_own_names(named: str) -> None:
    assert may_name(named, "0.0.0.0")


@pytest.mark.parametrize(
    "named", ["evil.example", "192.0.2.7.evil.example", f"{HOSTNAME}.evil.example", "[evil]", ""]
)
def test_may_name_with_a_server_for_the_network_refuses_foreign_names(named: str) -> None:
    assert not may_name(named, "0.0.0.0")


def test_type_of_a_file_is_that_of_the_servers_table(
    server: tuple[str, int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Another program may have entered such types in the registry of Windows.
    monkeypatch.setattr(mimetypes, "guess_type", lambda *_: ("text/plain", None))
    monkeypatch.setattr(
        mimetypes, "guess_file_type", lambda *_: ("text/plain", None), raising=False
    )
    types = {
        "a.js": "text/javascript",
        "a.svg": "image/svg+xml",
        "a.webp": "image/webp",
        "a.JPG": "image/jpeg",
        "a.mp4": "video/mp4",
        "a.pdf": "application/pdf",
        "a.npz": "application/zip",
        "a": "application/octet-stream",
    }
    for name, kind in types.items():
        (tmp_path / "site" / name).write_text("x")
        assert re.search(rf"Content-type: {re.escape(kind)}[;\r]", ask(server, f"/{name}")), name
    assert "Content-Type: text/javascript; charset=utf-8" in ask(server, "/_serve/reload.js")


def test_serving_with_a_port_that_is_taken_takes_the_next_free_one(tmp_path: Path) -> None:
    status = SiteStatus(tmp_path)
    with serving(status, TEMPLATES, [0]) as first:
        with serving(status, TEMPLATES, [first, 0]) as second:
            assert second != first
        with pytest.raises(OSError, match=r"in use|permitted"):
            serving(status, TEMPLATES, [first]).__enter__()


def test_server_for_the_network_answers_at_every_address(tmp_path: Path) -> None:
    with serving(SiteStatus(tmp_path), TEMPLATES, [0], "0.0.0.0") as port:
        assert ask((LOOPBACK, port), "/", host="192.0.2.7:80").split()[1] == "503"
        assert ask((LOOPBACK, port), "/", host="evil.example").split()[1] == "403"
        if address := network_address():
            assert ask((address, port), "/", host=f"{address}:{port}").split()[1] == "503"
