# SPDX-License-Identifier: Apache-2.0
"""The texts of the console: every key in both languages and used; no text stands in a template."""

import json
import re
from pathlib import Path

from credential.statement_bodies import PROFILES
from registry.console import queues
from registry.console.access import ROLES
from registry.console.act_forms import FORMS, GROUPS, OFFERED
from registry.console.columns import COLUMNS
from registry.console.lists import KINDS

ROOM = Path(__file__).parents[3] / "registry" / "console"
TEXTS = {name: json.loads((ROOM / "texts" / f"{name}.json").read_text()) for name in ("zh", "en")}
FAMILIES = (
    "word.",
    "error.",
    "role.",
    "field.",
    "column.",
    "app.",
    "proposal.",
    "act.subject_",
    "act.diff.",
    "member.",
    "acts.of_",
)
"""Keys that are put together: by code, column, field or role."""


def test_both_languages_have_the_same_keys_and_values() -> None:
    assert TEXTS["zh"].keys() == TEXTS["en"].keys()
    for key, chinese in TEXTS["zh"].items():
        inside = [set(re.findall(r"{(\w+)}", text)) for text in (chinese, TEXTS["en"][key])]
        assert inside[0] == inside[1], key


def test_every_text_is_used() -> None:
    sources = [*ROOM.glob("*.py"), *(ROOM / "templates").glob("*.html")]
    written = "".join(path.read_text("utf-8") for path in sources)
    unused = {key for key in TEXTS["zh"] if key not in written and not key.startswith(FAMILIES)}
    assert {key for key in unused if not key.startswith("public.")} == set()


def test_every_word_that_is_put_together_is_there() -> None:
    texts = TEXTS["zh"]
    wanted = {f"word.type_{name}" for name in PROFILES}
    wanted |= {f"word.queue_{name}" for name in queues.QUEUES}
    wanted |= {f"word.list_{name}" for name in KINDS}
    wanted |= {f"role.{name}" for name in ROLES} - {"role.administrator"}
    wanted |= {f"field.{one.name}" for type_ in OFFERED for one in FORMS.get(type_, ())}
    wanted |= {
        f"word.{one.prefix}{choice}"
        for form in FORMS.values()
        for one in form
        for choice in one.choices
    }
    wanted |= {key for columns in COLUMNS.values() for key, _ in columns}
    wanted |= {f"acts.{name}" for name in GROUPS}
    assert wanted - texts.keys() == set()


def test_every_type_is_offered_under_one_heading() -> None:
    assert sorted(one for types in GROUPS.values() for one in types) == sorted(OFFERED)


def test_no_chinese_stands_in_a_template() -> None:
    for path in (ROOM / "templates").glob("*.html"):
        assert re.findall("[\u3400-\u9fff]+", path.read_text("utf-8")) == [], path.name
