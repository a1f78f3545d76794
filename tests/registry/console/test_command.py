# SPDX-License-Identifier: Apache-2.0
"""`skillseal registry console` in a process of its own, as an operator starts it."""

import json
import re
import subprocess
import sys
from pathlib import Path

import httpx2
import pytest

from skillseal.main import main
from tests import ports
from tests.registry.world import World

START_IT = "import sys; from skillseal.main import main; sys.exit(main(sys.argv[1:]))"


def settings_of(world: World, *more: str) -> Path:
    folder = world.folder
    (folder / "root.json").write_text(json.dumps([list(one) for one in world.settings.chain]))
    file = folder / "registry.toml"
    lines = [
        f'database = "{world.settings.database}"',
        'root = "root.json"',
        'published = "published"',
        f'anchor = "{world.settings.anchor}"',
        *more,
    ]
    file.write_text("\n".join(lines))
    return file


def test_the_first_account_is_made_with_the_code_of_the_terminal(tmp_path: Path) -> None:
    file, port = settings_of(World(tmp_path)), str(ports.free())
    words = ["registry", "console", "--settings", str(file), "--port", port]
    process = subprocess.Popen(
        [sys.executable, "-u", "-c", START_IT, *words], stdout=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout is not None
        lines = [process.stdout.readline() for _ in range(2)]
        code = re.search(r"set-up code: (\d+)", "".join(lines))
        assert code
        transport = httpx2.HTTPTransport(retries=20)
        with httpx2.Client(base_url=f"http://127.0.0.1:{port}", transport=transport) as client:
            assert client.get("/public").status_code == 200
            page = client.get("/set-up").text
            csrf = re.search('name="csrf" value="([^"]*)"', page)
            assert csrf
            form = {"csrf": csrf[1], "code": code[1], "name": "root.admin"}
            form |= {"display": "管理员", "password": "a long enough password"}
            assert client.post("/set-up", data=form).status_code == 303
            assert client.get("/").headers["location"] == "/parties"
            assert "root.admin" in client.get("/accounts").text
    finally:
        process.terminate()
        process.wait(10)
        assert process.stdout is not None
        process.stdout.close()


@pytest.mark.parametrize(
    ("more", "code"), [(["--host", "0.0.0.0"], "console.tls"), (["--unmask"], "holder.key")]
)
def test_what_it_cannot_do_safely_it_does_not_start(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], more: list[str], code: str
) -> None:
    file = settings_of(World(tmp_path))
    assert main(["registry", "console", "--settings", str(file), *more]) == 2
    assert code in capsys.readouterr().err
