# SPDX-License-Identifier: Apache-2.0
"""Verdicts about recognition, holders and demands (docs/format.md §6.2 steps 12 to 14)."""

from collections.abc import Iterator
from typing import Any

from tests.credential.world import AGREEMENT
from tests.vectors.asking import ask
from tests.vectors.case import Case
from tests.vectors.world import (
    AT,
    BEGIN,
    DAY,
    ISSUED,
    PUBLISHED,
    RECEIVED,
    Steady,
    file,
    peer,
    slim,
    usual,
)

_HOME, _PEER = usual(), peer()
_AFTER = PUBLISHED + 1
_SPECIAL: dict[str, Any] = {
    "kind": "special_operation",
    "level": None,
    "certificate_number": "苏A012026000001",
    "exp": AT + DAY,
}
PERSON = {"type": 1, "number": "310199199001010018"}


def cases() -> Iterator[Case]:
    """Give the cases of this layer."""
    yield from _regions()
    yield from _recognised()
    yield from _other_snapshots()
    yield from _holders()
    yield from _demands()


def _case(name: str, text: str, verdict: str, comment: str, source: str = "", **more: Any) -> Case:
    source = f"§6.2 step 12{source}"
    return ask(f"recognition/{name}", text, verdict, comment, source, shown=True, **more)


def _regions() -> Iterator[Case]:
    ours, theirs = _HOME.text(), _PEER.text()
    comment = "at home nothing needs recognising"
    for region in ("310000", "310104"):
        yield _case(f"home-in-{region}", ours, "VALID", comment, region=region,
                    marks={"recognition": "not_asked"})  # fmt: skip
    unknown = "INDETERMINATE recognition.unknown"
    comment = "this snapshot speaks for 310000 alone"
    for region, text, name in (
        ("320000", ours, "home-in-320000"),
        ("320115", theirs, "peer-in-320115"),
        ("330000", ours, "home-in-330000"),
        ("110000", theirs, "peer-in-110000"),
    ):
        yield _case(name, text, unknown, comment, region=region)
    yield _case("peer-in-310104", theirs, "VALID", "by the agreement", region="310104",
                marks={"recognition": "pass"})  # fmt: skip


def _recognised() -> Iterator[Case]:
    def case(name: str, reason: str, comment: str, t: int = RECEIVED, **changes: Any) -> Case:
        verdict = f"INVALID recognition.{reason}" if reason else "VALID"
        return _case(name, _PEER.text(t, iat=t, **changes), verdict, comment)

    def level(one: str) -> dict[str, Any]:
        return {"level": one, "certificate_number": f"Y00003200010126{one}000001"}

    for one, reason in (("5", ""), ("4", ""), ("3", ""), ("2", "level"), ("1", "level")):
        yield case(f"level-{one}", reason, "the agreement names 5, 4 and 3", **level(one))
    yield case("same", "", "theirs is the same as ours", occupation_code="lyg2020:39")
    yield case("broader", "", "theirs is broader than ours", occupation_code="lyg2020:60")
    comment = "theirs is narrower than ours: not enough"
    yield case("narrower", "occupation", comment, occupation_code="lyg2020:62")
    yield case("kind", "kind", "the agreement says nothing of this kind",
               kind="industry_skill", certificate_number="X1")  # fmt: skip
    yield case("any-occupation", "", "all occupations, under their own codes", **_SPECIAL)
    begin = BEGIN + 30 * DAY
    comment = "registered before the agreement looks back"
    yield case("issued-from-before", "expired", comment, t=begin - 1)
    yield case("issued-from", "", "from its first second", t=begin)
    comment = "registered after our list was signed: the agreement may have grown"
    yield case("level-at-k", "level", comment, t=PUBLISHED, **level("2"))
    weak = "INDETERMINATE recognition.unknown"
    for name, changes in (
        ("level", level("2")),
        ("occupation", {"occupation_code": "lyg2020:62"}),
    ):
        yield _case(f"{name}-after-k", _PEER.text(_AFTER, iat=_AFTER, **changes), weak, comment,
                    ", §6.3")  # fmt: skip
    comment = "our knowledge is too old to say no"
    yield _case("level-old", _PEER.text(**level("2")), weak, comment, ", §6.3",
                at=PUBLISHED + 7 * DAY)  # fmt: skip
    comment = "revoked there is revoked here, recognised or not"
    text = _REVOKED.text(status_index=5)
    yield _case("revoked-there", text, "INVALID status.revoked", comment,
                snapshot="peer-revokes.json", anchor=_with(_REVOKED).anchor,
                data=file(_with(_REVOKED), _REVOKED))  # fmt: skip


def _revoking() -> Steady:
    made = slim("320000", _PEER.host)
    made.statuses = {"1": {5: 1}}
    return made


def _with(other: Steady, *, existing: str = "keep", end: int | None = None) -> Steady:
    """Give 310000 with one agreement about another region."""
    home = slim()
    agreement = AGREEMENT._replace(existing=existing, end=end)
    home.set_list(recognitions=(agreement,))
    home.peers(other)
    return home


_REVOKED = _revoking()


def _other_snapshots() -> Iterator[Case]:
    theirs = slim("320000", _PEER.host)
    ours = slim()
    theirs.peers(ours)
    one_way: dict[str, Any] = {
        "snapshot": "one-way.json",
        "anchor": theirs.anchor,
        "data": file(theirs, ours),
        "region": "320115",
    }
    comment = "310000 recognises 320000, which says nothing of 310000"
    yield _case("one-way", _HOME.text(), "INVALID recognition.none", comment, **one_way)
    yield _case("one-way-at-home", _PEER.text(), "VALID", "their own", **one_way)
    text = _HOME.text(_AFTER, iat=_AFTER)
    comment = "registered after their list was signed: there may be an agreement now"
    yield _case("none-after-k", text, "INDETERMINATE recognition.unknown", comment, **one_way)
    end = PUBLISHED + 1_800
    for existing, verdict in (("keep", "VALID"), ("drop", "INVALID recognition.expired")):
        home = _with(_PEER, existing=existing, end=end)
        ended: dict[str, Any] = {
            "snapshot": f"agreement-{existing}.json",
            "anchor": home.anchor,
            "data": file(home, _PEER),
        }
        comment = f"ended half an hour ago; what exists: {existing}"
        yield _case(f"ended-{existing}", _PEER.text(), verdict, comment, **ended)
        comment = "still in force a second before its end"
        yield _case(f"ending-{existing}", _PEER.text(), "VALID", comment, at=end - 1, **ended)
        comment = "registered after our list was signed, and after the agreement's end"
        late = _PEER.text(end, iat=end)
        weak = "INDETERMINATE recognition.unknown"
        yield _case(f"after-end-{existing}", late, weak, comment, **ended)
    home = slim()
    home.set_list(recognitions=(AGREEMENT._replace(start=AT + 1),))
    home.peers(_PEER)
    later: dict[str, Any] = {
        "snapshot": "agreement-later.json",
        "anchor": home.anchor,
        "data": file(home, _PEER),
    }
    comment = "an agreement that has not begun is none"
    yield _case("not-begun", _PEER.text(), "INVALID recognition.none", comment, **later)
    yield _case("begins", _PEER.text(), "VALID", "from its first second", at=AT + 1, **later)


def _holders() -> Iterator[Case]:
    tagged = _HOME.text(name="张三", holder_tag="V8s6")

    def case(name: str, verdict: str, comment: str, person: object, text: str = tagged) -> Case:
        source = "§6.2 step 13"
        return ask(f"holder/{name}", text, verdict, comment, source, holder=person, shown=True)

    yield case("person", "VALID", "the document's number and the name give the tag", PERSON)
    spaced = {"type": 1, "number": "３１０１９９ 19900101 0018"}
    yield case("person-full-width", "VALID", "the same number, typed otherwise", spaced)
    yield case("tag", "VALID", "a tag that was computed elsewhere", "V8s6")
    mismatch, malformed = "INVALID holder.mismatch", "INVALID holder.malformed"
    yield case("other-tag", mismatch, "somebody else's tag", "AAAA")
    other = {"type": 1, "number": "310199199001010034"}
    yield case("other-person", mismatch, "a namesake with a document of his own", other)
    other_type = {"type": 4, "number": "31019919"}
    yield case("other-type", mismatch, "another document", other_type)
    for name, number in (
        ("check-digit", "310199199001010015"),
        ("province", "000199199001010015"),
        ("day", "310199199002300017"),
        ("empty", ""),
    ):
        wrong = {"type": 1, "number": number}
        yield case(f"number-{name}", malformed, "a number that cannot be one", wrong)
    yield case("type-5", malformed, "no such type", {"type": 5, "number": "12345678"})
    yield case("tag-long", malformed, "no tag", "AAAAA")
    untagged = _HOME.text(holder_tag=None)
    absent = "INDETERMINATE holder.absent"
    yield case("absent", absent, "the certificate has no tag: look at the person", PERSON, untagged)
    wrong = {"type": 1, "number": "310199199001010015"}
    yield case("absent-malformed", malformed, "the number first", wrong, untagged)
    broken = _HOME.parts().but(signature=bytes(64)).text()
    yield ask("holder/skipped", broken, "INVALID signature.invalid", "nothing to compare",
              "§6.2 step 4", holder="AAAA", marks={"holder": "skipped"})  # fmt: skip


def _demands() -> Iterator[Case]:
    def case(
        name: str, demand: str, reason: str, comment: str, text: str = "", **more: Any
    ) -> Case:
        verdict = f"INVALID fitness.{reason}" if reason else "VALID"
        text = text or _HOME.text()
        return ask(f"fitness/{name}", text, str(more.pop("verdict", verdict)), comment,
                   "§5.3, §6.2 step 14", demand=demand, shown=True, **more)  # fmt: skip

    for one, reason in (("5", ""), ("3", ""), ("2", "level"), ("apprentice", ""), ("", "")):
        demand = f"skill_level/lyg2020:39/{one}"
        yield case(f"level-{one or 'any'}", demand, reason, "the certificate has level 3")
    yield case("kind", "special_operation/lyg2020:39/", "kind", "another kind")
    yield case("occupation", "skill_level/lyg2020:60/3", "occupation", "another occupation")
    for have, want, reason in (
        ("62", "60", ""),
        ("60", "62", "occupation"),
    ):
        text = _HOME.text(occupation_code=f"lyg2020:{have}")
        comment = "the entry of 60 lists 62 as broader: 62 is enough for 60, not the other way"
        demand = f"skill_level/lyg2020:{want}/3"
        yield case(f"{have}-for-{want}", demand, reason, comment, text)
    yield case("other-scheme", "skill_level/mohurd2017:010/3", "",
               "the entry of 39 lists it as the same")  # fmt: skip
    yield case("level-where-none", "special_operation/lyg2020:39/3", "level",
               "a certificate without level has no level 3",
               _HOME.text(**{**_SPECIAL, "certificate_number": "沪A012026000001"}))  # fmt: skip
    theirs = _PEER.text(occupation_code="lyg2020:60")
    comment = "by the agreement theirs counts as our 62"
    yield case("peer", "skill_level/lyg2020:62/3", "", comment, theirs)
    yield case("peer-ours", "skill_level/lyg2020:60/3", "",
               "and our catalogue says that 62 is enough for 60", theirs)  # fmt: skip
    comment = "not recognised: what it would count for is not asked"
    theirs = _PEER.text(level="1", certificate_number="Y000032000101261000001")
    yield case("peer-skipped", "skill_level/lyg2020:39/3", "", comment, theirs,
               verdict="INVALID recognition.level", marks={"fitness": "skipped"})  # fmt: skip
    gone = _HOME.text(status_index=70_032)
    yield case("and-revoked", "skill_level/lyg2020:60/1", "", "the first fail is the reason", gone,
               verdict="INVALID status.revoked",
               marks={"fitness": "fail fitness.occupation"})  # fmt: skip
    unread = _HOME.text(ISSUED, iat=ISSUED).replace("/v#", "/w#")
    yield ask("fitness/skipped", unread, "INVALID malformed.url", "nothing to compare",
              "§6.2 step 1", demand="skill_level/lyg2020:39/3", holder=PERSON,
              marks={"fitness": "skipped", "holder": "skipped"})  # fmt: skip
