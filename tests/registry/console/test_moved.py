# SPDX-License-Identifier: Apache-2.0
"""A console that was left running over a database from which the registry was moved."""

import secrets
from pathlib import Path

from registry import move
from tests.registry.console.town import Town
from tests.registry.console.web import Office


def test_it_shows_nothing_any_more(town: Town, tmp_path: Path) -> None:
    office = Office(town)
    office.hire("official")
    clerk = office.enter("official")
    number = f"{town.first.prefix}263000001"
    assert number in clerk.get(f"/certificates/skill_level/{number}").text
    to = f"sqlite:///{tmp_path}/moved.db"
    move.move(town.settings, to, random=secrets.token_bytes, clock=town.clock)
    for path in (f"/certificates/skill_level/{number}", "/", "/public/bodies", "/holders"):
        answer = clerk.get(path)
        assert (answer.status_code, "registry.moved" in answer.text) == (503, True), path
        assert "示例职业技能评价中心" not in answer.text
