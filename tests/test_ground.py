# SPDX-License-Identifier: Apache-2.0
"""The ground that the project stands on: locks, Makefile, size of modules, words that stay out."""

import re
import shutil
import socket
import subprocess
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
LOCKS = ("requirements.txt", "requirements-test.txt")
TARGETS = {"help", "run", "test", "lint", "bench", "vectors", "lock", "test-long", "bench-long"}
BUILT = {".git", ".venv", ".hypothesis", "node_modules", "dist", "build", "__pycache__"}
MAX_LINES = 300

# Spelled in two parts, so that this file does not name them either.
PACKAGE_HOSTS = [
    "py" + "pi.org",
    "python" + "hosted.org",
    "registry." + "npmjs",
    "npm" + "mirror.com",
    "mirrors." + "aliyun",
    "pypi." + "tuna",
    "proxy." + "golang",
]
PLACES = ["/wo" + "rk/", "/opt/" + "pypi", "/roo" + "t/", "." + "library"]


def project_files() -> list[Path]:
    """Return the files that are the project: those in git, or all where there is no git."""
    if shutil.which("git") and (ROOT / ".git").exists():
        listed = subprocess.run(
            ["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True, text=True
        )
        files = [ROOT / name for name in listed.stdout.split("\0") if name]
    else:
        files = [p for p in ROOT.rglob("*") if BUILT.isdisjoint(p.relative_to(ROOT).parts)]
    return [path for path in files if path.is_file() and not path.is_symlink()]


def requirements(text: str) -> list[str]:
    """Return the logical lines of a lock: continuations joined, comments and blanks gone."""
    lines = [line for line in text.splitlines() if not line.lstrip().startswith("#")]
    return [line for line in "\n".join(lines).replace("\\\n", " ").splitlines() if line.strip()]


def lock_faults(text: str) -> list[str]:
    """Return the lines that are not one pinned name with the hashes of its files."""
    line_of_lock = re.compile(r"[a-z0-9-]+==[\w.!+]+( ; [^@:]+?)?( +--hash=sha256:[0-9a-f]{64})+ *")
    return [line for line in requirements(text) if not line_of_lock.fullmatch(line)]


def pins(text: str) -> dict[str, str]:
    """Return version by name."""
    heads = (line.split(" ", 1)[0].split("==") for line in requirements(text))
    return {name: version for name, version in heads}  # noqa: C416 # dict() wants pairs, not lists


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_is_pinned_and_hashed_and_names_no_address(name: str) -> None:
    text = (ROOT / name).read_text("utf-8")
    assert len(requirements(text)) > 20
    assert lock_faults(text) == []
    assert "://" not in text


@pytest.mark.parametrize(
    "line",
    [
        "rich==15.0.0",
        "rich==15.0.0 --hash=md5:" + "0" * 64,
        "rich>=15 --hash=sha256:" + "0" * 64,
        "--index-url somewhere",
        "--find-links wheels",
        "rich @ https://host.example/rich.whl --hash=sha256:" + "0" * 64,
    ],
)
def test_a_loose_lock_is_seen(line: str) -> None:
    assert lock_faults(f"# a comment\n{line}\n") == [line]


def test_the_test_lock_contains_the_run_lock() -> None:
    run, test = (pins((ROOT / name).read_text("utf-8")) for name in LOCKS)
    assert run.items() <= test.items()
    assert {"hatchling", "editables", "pip"} <= run.keys()  # else pip fetches them unhashed


def test_the_locks_follow_the_project_file() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    extras = project["project"]["optional-dependencies"]
    wanted = [
        *project["project"]["dependencies"],
        *(one for extra, names in extras.items() if extra != "all" for one in names),
        *project["dependency-groups"]["build"],
    ]
    names = {re.split(r"[\[<>=]", one)[0].lower() for one in wanted}
    assert names <= pins((ROOT / LOCKS[0]).read_text("utf-8")).keys()
    listed = re.fullmatch(r"skillseal\[(.*)\]", extras["all"][0])
    assert listed
    assert set(listed[1].split(",")) == extras.keys() - {"all"}


def test_no_file_names_a_package_host_or_a_place_on_one_machine() -> None:
    found = []
    for path in project_files():
        content = path.read_bytes()
        words = [word for word in PACKAGE_HOSTS + PLACES if word.encode() in content]
        found += [f"{path.relative_to(ROOT)}: {word}" for word in words]
    assert found == []


def test_the_makefile_has_every_target() -> None:
    text = (ROOT / "Makefile").read_text("utf-8")
    defined = set(re.findall(r"^([a-z-]+):", text, re.MULTILINE))
    phony = re.search(r"^\.PHONY: (.*)$", text, re.MULTILINE)
    assert defined >= TARGETS
    assert phony
    assert set(phony[1].split()) == defined
    # What GNU make 3.81, the one of macOS, does not know.
    assert not re.search(r"!=|\.ONESHELL|\$\(file|&:", text)


def test_modules_are_short_enough_to_be_about_one_thing() -> None:
    long = []
    for path in project_files():
        name = path.relative_to(ROOT).as_posix()
        if path.suffix != ".py" or name.startswith("tests/") or "/migrations/" in name:
            continue
        lines = path.read_text("utf-8").splitlines()
        is_generated = any("generated by" in line.lower() for line in lines[:5])
        if len(lines) > MAX_LINES and not is_generated:
            long.append(f"{name}: {len(lines)} lines")
    assert long == []


@pytest.mark.parametrize("method", ["connect", "connect_ex"])
def test_the_network_is_out_of_reach(method: str) -> None:
    with socket.socket() as plug, pytest.raises(pytest.fail.Exception, match=r"192\.0\.2\.1"):
        getattr(plug, method)(("192.0.2.1", 80))


def test_no_foreign_name_is_resolved() -> None:
    with pytest.raises(pytest.fail.Exception, match=r"registry\.example"):
        socket.getaddrinfo("registry.example", 443)


def test_loopback_stays_within_reach() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        with socket.create_connection(("127.0.0.1", port)) as client:
            assert client.getpeername() == ("127.0.0.1", port)
