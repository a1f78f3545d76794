# SPDX-License-Identifier: Apache-2.0
"""The application in docs/console.md is one: written out, started, used."""

import importlib.util
import re
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from tests.console.conftest import PASSWORD
from tests.console.test_app import csrf

DOCUMENT = Path(__file__).parents[2] / "docs" / "console.md"


def test_the_documented_application_works(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    files = re.findall(r"`([a-z./]+)`:\n\n```\w+\n(.*?)```", DOCUMENT.read_text("utf-8"), re.DOTALL)
    assert len(files) == 4
    for name, content in files:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(content, "utf-8")
    spec = importlib.util.spec_from_file_location("notes", tmp_path / "notes.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    app = module.build(tmp_path / "notes.sqlite")
    with TestClient(app, "http://127.0.0.1") as client:
        code = capsys.readouterr().out.split()[-1]
        form = {"csrf": csrf(client, "/"), "code": code, "name": "wang", "password": PASSWORD}
        assert client.post("/set-up", data=form).url.path == "/"
        answer = client.post("/", data={"csrf": csrf(client, "/"), "note": "<b>"})
        assert "已记下，共 1 条。" in answer.text
        assert "&lt;b&gt;" in answer.text
    app.state.console.engine.dispose()
