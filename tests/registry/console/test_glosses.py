# SPDX-License-Identifier: Apache-2.0
"""What members of a statement are called and mean, beside what was signed."""

import json
from pathlib import Path

import pytest

from registry.console import glosses

ROOM = Path(__file__).parents[3] / "registry" / "console"
TEXTS = json.loads((ROOM / "texts" / "zh.json").read_text("utf-8"))


def say(key: str) -> str:
    return str(TEXTS.get(key, ""))


@pytest.mark.parametrize(
    ("path", "value", "said"),
    [
        ("body from", "1790000000", ("生效时间", "2026-09-21 22:13")),
        ("body after", "1790000000", ("自何时起不予信任", "2026-09-21 22:13")),
        ("after", "AbC", ("上一声明", "")),
        ("body state", "suspended", ("变更为", "暂停")),
        ("body levels", "3、4", ("等级", "三级／高级工、四级／中级工")),
        ("body grants 1 levels 2", "4", ("等级", "四级／中级工")),
        ("body level", "full", ("把关程度", "全面把关")),
        ("type", "standing", ("声明类型", "变更机构状态")),
        ("body jwk kty", "EC", ("", "")),
        ("body from", "9" * 30, ("生效时间", "")),
        ("body grants 1", "1", ("备案范围", "")),
        ("1", "1", ("", "")),
    ],
)
def test_a_member_is_named_and_its_value_explained(
    path: str, value: str, said: tuple[str, str]
) -> None:
    assert glosses.of(path.split(" "), value, say) == said
