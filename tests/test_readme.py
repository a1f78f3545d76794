# SPDX-License-Identifier: Apache-2.0
"""What the README tells a newcomer to type exists, with the options that it shows."""

import re
from pathlib import Path

import pytest

from skillseal.main import build

ROOT = Path(__file__).parents[1]
PAGES = ("README.md", "README.zh-CN.md", "docs/operations.md", "docs/walk-through.md")
_COMMAND = re.compile(r"(?:^|[`;$] ?)skillseal ([a-z]+)((?:[^`;\n]|\\\n)*)", re.MULTILINE)
_ACTIONS = {"issuer", "keys", "registry"}


def _commands(page: str) -> list[tuple[str, ...]]:
    found = []
    for name, rest in _COMMAND.findall((ROOT / page).read_text("utf-8")):
        words = rest.replace("\\\n", " ").split("#")[0].split()
        action = words[:1] if name in _ACTIONS and words else []
        options = [word for word in words if re.fullmatch(r"--[a-z][a-z-]*", word)]
        found.append((name, *action, *options))
    return sorted(set(found))


@pytest.mark.parametrize(
    ("page", "command"), [(page, command) for page in PAGES for command in _commands(page)]
)
def test_a_command_exists_with_its_options(
    page: str, command: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    words = [word for word in command if not word.startswith("--")]
    if len(words) > 1 and not re.fullmatch("[a-z-]+", words[1]):
        words = words[:1]
    with pytest.raises(SystemExit) as ended:
        build(words[0]).parse_args([*words, "--help"])
    assert ended.value.code == 0
    told = capsys.readouterr().out
    for option in command:
        if option.startswith("--"):
            assert option in told, f"{page}: skillseal {' '.join(words)} has no {option}"


def test_the_pages_were_read() -> None:
    assert sum(len(_commands(page)) for page in PAGES) > 20


def test_pictures_and_links_exist() -> None:
    for page in (*PAGES, "docs/design.md", "docs/verifier-page.md"):
        text = (ROOT / page).read_text("utf-8")
        for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", text):
            assert (ROOT / page).parent.joinpath(target).exists(), f"{page}: {target}"
