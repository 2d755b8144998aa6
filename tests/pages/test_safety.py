"""Nothing that runs what it reads, and a server that shows the site and nothing else."""

from __future__ import annotations

import ast
import re
import socket
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.paths import ROOT

from ginn.devserver import server as serve

SOURCES = [ROOT / "build.py", *sorted((ROOT / "ginn").rglob("*.py"))]

UNSAFE_IMPORTS = {"pickle", "cPickle", "marshal", "shelve", "dill", "cloudpickle", "joblib", "code"}
UNSAFE_NAMES = {"eval", "exec", "compile", "__import__", "input"}
UNSAFE_ATTRIBUTES = {
    ("os", name) for name in ("system", "popen", "execv", "execvp", "spawnv", "startfile")
} | {("subprocess", "getoutput"), ("subprocess", "getstatusoutput"), ("importlib", "import_module")}


def unsafe(source: str) -> list[str]:
    """What a source does that could run data: a word for each."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            found += [str(node.module), *(f"{node.module}.{alias.name}" for alias in node.names)]
        elif isinstance(node, ast.Name) and node.id in UNSAFE_NAMES:
            found.append(f"!{node.id}")
        elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            found.append(f"{node.value.id}.{node.attr}")
        elif isinstance(node, ast.keyword) and node.arg in ("shell", "allow_pickle"):
            plain = isinstance(node.value, ast.Constant) and node.value.value is False
            found += [] if plain else [f"!{node.arg}"]
        if isinstance(node, ast.Call) and ast.unparse(node.func) in ("np.load", "torch.load"):
            said = {keyword.arg for keyword in node.keywords}
            found += [] if said & {"allow_pickle", "weights_only"} else ["!load"]
    dotted = {".".join(pair) for pair in UNSAFE_ATTRIBUTES}
    return [
        word
        for word in found
        if word.startswith("!") or word in dotted or word.split(".")[0] in UNSAFE_IMPORTS
    ]


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.stem)
def test_no_pickle_no_eval_no_shell(path: Path) -> None:
    assert unsafe(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    "source",
    [
        "import pickle",
        "from pickle import loads",
        "import os; os.system('ls')",
        "from os import system",
        "import subprocess; subprocess.run('ls', shell=True)",
        "eval('1')",
        "run = exec",
        "np.load('x')",
        "np.load('x', allow_pickle=True)",
        "np.load('x', allow_pickle=trust)",
        "from importlib import import_module",
    ],
)
def test_what_is_unsafe_is_seen(source: str) -> None:
    assert unsafe(source)


def test_what_is_safe_is_let_be() -> None:
    safe = "import re, os; re.compile('x'); os.replace('a', 'b'); np.load('x', allow_pickle=False)"
    assert not unsafe(safe)


# --- the server -----------------------------------------------------------------------------------


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
    with serve.serving(serve.News(site), ROOT / "templates/serve", 0) as port:
        yield serve.LOOPBACK, port


def ask(
    server: tuple[str, int], path: str, method: str = "GET", host: str | None = "localhost:PORT"
) -> str:
    """The whole answer to a request whose path no library has tidied."""
    named = f"Host: {host.replace('PORT', str(server[1]))}\r\n" if host is not None else ""
    with socket.create_connection(server, timeout=5) as connection:
        connection.sendall(f"{method} {path} HTTP/1.0\r\n{named}\r\n".encode())
        return b"".join(iter(lambda: connection.recv(4096), b"")).decode()


@pytest.mark.parametrize(
    ("path", "said"),
    [("/", "the page"), ("/index.html?x#y", "the page"), ("/deep/", "the deep page")]
    + ([("/inside.html", "the page")] if sys.platform != "win32" else []),
)
def test_the_site_is_served(server: tuple[str, int], path: str, said: str) -> None:
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
def test_nothing_outside_the_site_is_served(server: tuple[str, int], path: str) -> None:
    answer = ask(server, path)
    assert answer.split()[1] in ("404", "400", "414")
    assert "a secret" not in answer


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
def test_nothing_is_taken(server: tuple[str, int], method: str) -> None:
    assert ask(server, "/index.html", method).split()[1] == "501"


@pytest.mark.parametrize("host", ["127.0.0.1:PORT", "localhost:PORT", "[::1]:PORT"])
def test_this_machine_is_known_by_its_names(server: tuple[str, int], host: str) -> None:
    assert ask(server, "/", host=host).split()[1] == "200"


@pytest.mark.parametrize("path", ["/", serve.EVENTS, "/_serve/reload.js", "/absent"])
@pytest.mark.parametrize(
    "host",
    ["evil.example", "evil.example:PORT", "localhost", "localhost:1", "127.0.0.1.evil.example:PORT",
     "localhost:PORT@evil.example", "", None],
)  # fmt: skip
def test_a_name_that_leads_here_from_elsewhere_is_refused(
    server: tuple[str, int], path: str, host: str | None
) -> None:
    for method in ("GET", "HEAD"):
        answer = ask(server, path, method, host)
        assert answer.split()[1] == "403"
        assert "the page" not in answer
        assert "data:" not in answer


def test_no_other_site_may_use_what_is_served(server: tuple[str, int]) -> None:
    for path in ("/", "/_serve/reload.js", "/build.json"):
        answer = ask(server, path)
        assert answer.split()[1] == "200"
        assert "Cross-Origin-Resource-Policy: same-origin" in answer
        assert "Access-Control" not in answer


def test_head_tells_what_get_would_send(server: tuple[str, int]) -> None:
    for path in ("/", "/build.json", "/absent", "/_serve/serve.css"):
        (got, body), (head, none) = (
            ask(server, path, method).split("\r\n\r\n", 1) for method in ("GET", "HEAD")
        )
        undated = [re.sub("Date: .*", "", each) for each in (got, head)]
        assert undated[0] == undated[1]
        assert none == ""
        assert f"Content-Length: {len(body.encode())}\r\n" in got
