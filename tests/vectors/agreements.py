# SPDX-License-Identifier: Apache-2.0
"""What a region recognises, and which occupations count for others (docs/format.md §5.2, §5.3)."""

from collections.abc import Iterator
from typing import Any

from tests.vectors.case import Case, Members
from tests.vectors.world import slim

_PROFILE = {"code": "malformed.profile"}
_PAIRS = [
    {"theirs": "js2020:7", "ours": "lyg2020:39", "relation": "same"},
    {"theirs": "js2020:7", "ours": "lyg2020:40", "relation": "broader"},
    {"theirs": "js2020:8", "ours": "lyg2020:41", "relation": "narrower"},
]
_TERM = {"kind": "skill_level", "occupations": _PAIRS, "levels": ["5", "4", "3"]}
_USUAL: dict[str, Any] = {
    "region": "320000",
    "document": "沪苏〔2026〕3号",
    "from": 1_000,
    "to": 2_000,
    "issued_from": 500,
    "issued_until": 1_800,
    "existing": "keep",
    "terms": [_TERM],
}
_OURS = ["lyg2020:39", "lyg2020:40"]


def cases() -> Iterator[Case]:
    """Give the cases of this layer."""
    yield from _times()
    yield from _terms()
    yield from _refused()
    yield from _occupations()


def _case(
    name: str,
    comment: str,
    reason: str | None,
    *agreements: Members,
    **changes: Any,
) -> Case:
    asked = {
        "kind": "skill_level",
        "occupation": "js2020:7",
        "level": "3",
        "t": 1_200,
        "asked_at": 1_500,
    }
    return Case(
        f"recognition/table-{name}",
        comment,
        "docs/format.md §5.2, §6.2 step 12",
        "recognition",
        {"agreements": [dict(one) for one in agreements or (_USUAL,)], **asked, **changes},
        {
            "reason": reason and f"recognition.{reason}",
            "ours": [] if reason else changes.get("ours", _OURS),
        },
    )


def _times() -> Iterator[Case]:
    drop = {**_USUAL, "existing": "drop"}
    open_ended = {**_USUAL, "to": None, "issued_until": None}
    yield _case("in-force", "in force, registered in its window", None)
    yield _case("begins", "from its first second", None, asked_at=1_000)
    yield _case("not-begun", "an agreement to come is none", "none", asked_at=999)
    yield _case("no-agreement", "an agreement with nobody", "none", {**_USUAL, "from": 1_501})
    yield _case("last-second", "until its last second", None, drop, asked_at=1_999)
    yield _case("ended-keep", "over, and what exists is kept", None, asked_at=2_000)
    yield _case("ended-drop", "over, and what exists is dropped", "expired", drop, asked_at=2_000)
    yield _case("long-ended-keep", "over for long", None, asked_at=2_000_000)
    late = {**_USUAL, "issued_until": None}
    yield _case("after-its-end", "registered at its end: that did not exist", "expired", late,
                t=2_000, asked_at=2_000)  # fmt: skip
    yield _case("before-its-end", "registered a second before", None, late, t=1_999,
                asked_at=2_000)  # fmt: skip
    yield _case("issued-from", "looks back to then", None, t=500)
    yield _case("issued-from-before", "not further", "expired", t=499)
    yield _case("issued-until-before", "up to then", None, t=1_799)
    yield _case("issued-until", "not longer", "expired", t=1_800)
    yield _case("open", "without ends", None, open_ended, t=9_000, asked_at=9_000)


def _terms() -> Iterator[Case]:
    yield _case("kind", "another kind", "kind", kind="industry_skill")
    yield _case("occupation", "an occupation that is not listed", "occupation",
                occupation="js2020:9")  # fmt: skip
    yield _case("narrower", "theirs is less than ours", "occupation", occupation="js2020:8")
    yield _case("ours-is-not-theirs", "the table is read one way", "occupation",
                occupation="lyg2020:39")  # fmt: skip
    yield _case("level", "a level that is not listed", "level", level="2")
    yield _case("no-level", "no level is listed by [] alone", "level", level=None)
    every = {"kind": "special_operation", "occupations": "*", "levels": []}
    two = {**_USUAL, "terms": [_TERM, every]}
    case = _case("any", "every occupation, under its own code", None, two,
                 kind="special_operation", level=None, ours=["js2020:7"])  # fmt: skip
    inputs = {name: value for name, value in case.inputs.items() if name != "ours"}
    yield Case(case.name, case.comment, case.source, case.op, inputs, case.expect)
    yield _case("any-with-level", "[] is for certificates without level", "level", two,
                kind="special_operation")  # fmt: skip
    apart = {**_USUAL, "terms": [{**_TERM, "levels": ["5"]}, {**_TERM, "occupations": []}]}
    comment = "the occupation of one term and the level of another"
    yield _case("two-terms", comment, "level", apart)
    yield _case("no-terms", "nothing is recognised", "kind", {**_USUAL, "terms": []})
    old = {**_USUAL, "to": 1_400, "existing": "drop"}
    comment = "an agreement that ended beside one that holds"
    yield _case("second-agreement", comment, None, old, _USUAL)
    comment = "the one that came furthest says why"
    yield _case("furthest", comment, "level", old, _USUAL, level="2")
    yield _case("national", "a national rule is judged alike", None, _national())


def _national() -> Members:
    members = {**_USUAL, "national": True}
    del members["terms"]
    return {**members, "terms": [_TERM]}


def _refused() -> Iterator[Case]:
    def bad(name: str, comment: str, members: Members) -> Case:
        case = _case(f"refused-{name}", comment, None, members)
        return Case(case.name, comment, case.source, case.op, case.inputs, _PROFILE)

    yield bad("relation", "no such relation", {
        **_USUAL, "terms": [{**_TERM, "occupations": [{**_PAIRS[0], "relation": "similar"}]}]
    })  # fmt: skip
    pair = {**_USUAL, "terms": [{**_TERM, "occupations": [_PAIRS[0], _PAIRS[0]]}]}
    yield bad("pair-twice", "a pair twice", pair)
    yield bad("existing", "keep or drop", {**_USUAL, "existing": "maybe"})
    yield bad("to", "an end that is not after the beginning", {**_USUAL, "to": 1_000})
    yield bad("issued", "a window that is none", {**_USUAL, "issued_until": 500})
    national = dict(_national())
    national["national"] = False
    yield bad("national", "only true may stand there", national)


def _occupations() -> Iterator[Case]:
    catalogue = slim().catalogues[0]
    occupations = [each.to_members() for each in catalogue.occupations]
    payload = {
        "iss": catalogue.iss,
        "region": "310000",
        "version": 1,
        "iat": 1,
        "exp": 2,
        "scheme": "lyg2020",
        "occupations": occupations,
        "numbers": [],
    }
    for have, want, meets, comment in (
        ("lyg2020:39", "lyg2020:39", True, "the same"),
        ("x9:1", "x9:1", True, "the same, though in no catalogue"),
        ("mohurd2017:010", "lyg2020:39", True, "39 lists it as the same"),
        ("lyg2020:39", "mohurd2017:010", True, "39 lists it as the same: both ways"),
        ("lyg2020:62", "lyg2020:60", True, "60 lists 62 as broader: 62 is more than 60"),
        ("lyg2020:60", "lyg2020:62", False, "60 is less than 62"),
        ("lyg2020:39", "lyg2020:60", False, "nothing says so"),
        ("mohurd2017:011", "lyg2020:39", False, "nothing says so"),
    ):
        yield Case(
            f"occupation/{have}-for-{want}".replace(":", "-"),
            comment,
            "docs/format.md §5.3",
            "satisfies",
            {"catalogues": [payload], "have": have, "want": want},
            {"meets": meets},
        )
    chain = [
        {**occupations[0], "equivalent": [{"code": "lyg2020:60", "relation": "same"}]},
        {**occupations[1], "equivalent": [{"code": "lyg2020:62", "relation": "same"}]},
        occupations[2],
    ]
    yield Case(
        "occupation/never-through-a-third",
        "39 is 60 and 60 is 62, which does not make 39 a 62",
        "docs/format.md §5.3",
        "satisfies",
        {"catalogues": [{**payload, "occupations": chain}], "have": "lyg2020:39",
         "want": "lyg2020:62"},
        {"meets": False},
    )  # fmt: skip
