# SPDX-License-Identifier: Apache-2.0
"""The typed bodies of statements, each with what it refuses (docs/format.md §7.2)."""

from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credential import base64url, statement_bodies
from credential.errors import MalformedError, SealError
from credential.statement import Statement
from credential.statement_bodies import PROFILES, Batch, Filing, Key, RevokeBulk, Standing
from keys.errors import KeyMaterialError
from keys.signing_key import SigningKey
from tests.credential import directory_samples, examination_samples

URL = "https://jy.sh310.example"
BODY = f"{URL}/bodies/91310115MA1K3YJ12X"
AUTHORITY = f"{URL}/authorities/11310000MB2F30021T"
CERTIFICATE = f"{URL}/certificates/skill_level/Y000031000101263000001"
KEY = SigningKey.from_seed("certificate", b"statement bodies")
GRANT = {"kind": "skill_level", "occupations": ["lyg2020:39"], "levels": ["4", "3"]}

SAMPLES: dict[str, tuple[str, dict[str, Any]]] = {
    "catalogue": (
        f"{URL}/catalogues/lyg2020",
        {"version": 1, "exp": 9, "occupations": [], "numbers": []},
    ),
    "authority": (
        AUTHORITY,
        {"name": "示例区人社局", "region": "310115", "fields": ["human_resources"]},
    ),
    "gate": (f"{URL}/gate", {"from": 5, "level": "basic"}),
    "recognition": (
        f"{URL}/recognitions/320000",
        {
            "document": "互认〔2026〕1号",
            "from": 5,
            "to": None,
            "issued_from": 5,
            "issued_until": 9,
            "existing": "keep",
            "terms": [],
        },
    ),
    "body": (
        BODY,
        {
            "name": "示例机构",
            "prefix": "Y000031000101",
            "region": "310115",
            "max_delay": 60,
            "document": "备1",
        },
    ),
    "key": (
        BODY,
        {
            "jwk": KEY.public.members,
            "role": "certificate",
            "from": 5,
            "to": None,
            "proof": base64url.encode(bytes(64)),
        },
    ),
    "key_distrust": (BODY, {"kid": KEY.kid, "after": 5, "document": "令"}),
    "filing": (
        BODY,
        {
            "number": "备1",
            "from": 5,
            "to": 9,
            "districts": ["310115"],
            "grants": [GRANT],
            "application": directory_samples.APPLICATION,
        },
    ),
    "filing_void": (BODY, {"number": "备1", "document": "撤1"}),
    "blocks": (BODY, {"list": "1", "first": 1_024, "count": 2_048}),
    "standing": (
        BODY,
        {
            "from": 5,
            "state": "rectifying",
            "document": "令",
            "may_issue": False,
            "until": 9,
            "notice": "公告",
        },
    ),
    "body_void": (BODY, {"document": "撤"}),
    "batch": (
        f"{BODY}/batches/B2026-1",
        {
            "kind": "skill_level",
            "route": "examination",
            "occupations": [{"code": "lyg2020:39", "levels": ["3"]}],
            "region": "310115",
            "from": "2026-09-01",
            "to": "2026-09-02",
            "headcount": 3,
            "roster": base64url.encode(bytes(32)),
            "papers": examination_samples.PAPERS,
        },
    ),
    "revoke": (CERTIFICATE, {"reason": "差错"}),
    "suspend": (CERTIFICATE, {"reason": "差错"}),
    "reinstate": (CERTIFICATE, {"reason": "差错"}),
    "supersede": (CERTIFICATE, {"by": "Y000031000101263000002", "reason": "差错"}),
    "revoke_bulk": (
        BODY,
        {"certificates": [{"kind": "skill_level", "number": "Y1"}], "reason": "差错"},
    ),
    "erase": (CERTIFICATE, {"list": "1", "index": 4_096, "document": "删1"}),
    **directory_samples.SAMPLES,
    **examination_samples.SAMPLES,
}


def statement(type_: str, subject: str, body: dict[str, Any]) -> Statement:
    return Statement(URL, URL, base64url.encode(bytes(16)), 5, type_, subject, None, body)


def read(type_: str, **changes: Any) -> statement_bodies.Read:
    subject, body = SAMPLES[type_]
    changed = {name: value for name, value in {**body, **changes}.items() if value is not ...}
    return statement_bodies.read(statement(type_, subject, changed))


def refused(type_: str, **changes: Any) -> str:
    with pytest.raises(SealError) as caught:
        read(type_, **changes)
    return caught.value.code


def test_there_is_a_sample_of_every_type() -> None:
    assert SAMPLES.keys() == PROFILES.keys()


OPTIONAL = {
    *("max_delay", "may_issue"),
    *directory_samples.OPTIONAL,
    *examination_samples.OPTIONAL,
}


@pytest.mark.parametrize("type_", SAMPLES)
def test_a_sample_is_read_and_each_member_counts(type_: str) -> None:
    assert read(type_).profile is PROFILES[type_]
    for name in SAMPLES[type_][1]:
        if name not in OPTIONAL and (type_, name) != ("filing", "application"):
            assert refused(type_, **{name: ...}) == "malformed.profile"
        assert refused(type_, **{name: {"of": "another type"}}).startswith(("malformed.", "key."))
    assert refused(type_, more=1) == "malformed.profile"


@pytest.mark.parametrize(
    ("type_", "changes"),
    [
        *directory_samples.BEYOND,
        *examination_samples.BEYOND,
        ("authority", {"name": "x" * 101}),
        ("authority", {"region": "31"}),
        ("body", {"prefix": "y"}),
        ("body", {"max_delay": 0}),
        ("body", {"max_delay": 366 * 86_400 + 1}),
        ("key", {"role": "receipt"}),
        ("key", {"to": 5}),
        ("key", {"proof": "AA"}),
        ("key_distrust", {"kid": "short"}),
        ("filing", {"to": 5}),
        ("filing", {"districts": []}),
        ("filing", {"districts": ["310115", "310115"]}),
        ("filing", {"grants": [{**GRANT, "levels": ["9"]}]}),
        ("filing", {"grants": [{**GRANT, "kind": "x"}]}),
        ("blocks", {"first": 1}),
        ("blocks", {"count": 1_000}),
        ("blocks", {"count": 0}),
        ("blocks", {"first": 2**20}),
        ("blocks", {"count": 2**20}),
        ("blocks", {"list": "A"}),
        ("standing", {"state": "asleep", "may_issue": ..., "until": ...}),
        ("standing", {"state": "active"}),
        ("batch", {"to": "2026-08-31"}),
        ("batch", {"from": "2026-02-30"}),
        ("batch", {"headcount": 0}),
        ("batch", {"headcount": 100_001}),
        ("batch", {"occupations": [{"code": "lyg2020:39", "levels": ["3"]}] * 2}),
        ("batch", {"route": "friendship"}),
        ("gate", {"level": "half"}),
        ("catalogue", {"version": 0}),
        ("supersede", {"by": ""}),
        ("revoke", {"reason": "x" * 81}),
        ("revoke_bulk", {"certificates": []}),
        ("revoke_bulk", {"certificates": [{"kind": "skill_level", "number": "Y1"}] * 2}),
    ],
)
def test_values_beyond_a_profile_are_refused(type_: str, changes: dict[str, Any]) -> None:
    assert refused(type_, **changes) == "malformed.profile"


def test_a_private_or_foreign_key_keeps_its_own_code() -> None:
    jwk = KEY.public.members
    assert refused("key", jwk={**jwk, "d": "AA"}) == "key.private"
    assert refused("key", jwk={**jwk, "crv": "P-521"}) == "key.curve"
    assert refused("key", jwk="x") == "malformed.profile"


OF_THEIR_KIND = {
    *("revoke", "suspend", "reinstate", "supersede", "erase", "batch", "catalogue"),
    *directory_samples.OF_THEIR_KIND,
    *examination_samples.OF_THEIR_KIND,
}


@pytest.mark.parametrize("type_", SAMPLES)
def test_a_subject_of_another_kind_is_refused(type_: str) -> None:
    own, body = SAMPLES[type_]
    strangers = {URL, f"{BODY}/", f"{own}x", f"http{own[5:]}", f"https://-/{own.partition('/')[2]}"}
    for subject in strangers - {own}:
        # A longer number, batch or scheme is another one of its kind.
        strangers_of_kind = {f"{own}x"} if type_ in OF_THEIR_KIND else set()
        if subject not in strangers_of_kind:
            with pytest.raises(MalformedError) as caught:
                statement_bodies.read(statement(type_, subject, body))
            assert caught.value.code == "statement.subject"


def test_an_unknown_type_is_refused() -> None:
    with pytest.raises(MalformedError) as caught:
        statement_bodies.read(statement("coronation", BODY, {}))
    assert caught.value.code == "statement.type"


def test_what_is_read() -> None:
    filing = read("filing").said
    assert isinstance(filing, Filing)
    assert (filing.start, filing.end, filing.grants[0].levels) == (5, 9, ("4", "3"))
    standing = read("standing").said
    assert isinstance(standing, Standing)
    assert standing.may_issue is False
    batch = read("batch")
    assert isinstance(batch.said, Batch)
    assert (batch.said.roster, batch.subject["batch"]) == (bytes(32), "B2026-1")
    assert batch.subject["owner"] == BODY
    key = read("key").said
    assert isinstance(key, Key)
    assert key.key == KEY.public
    bulk = read("revoke_bulk").said
    assert isinstance(bulk, RevokeBulk)
    assert bulk.certificates == (("skill_level", "Y1"),)


def test_how_many_keys_sign() -> None:
    two = {type_ for type_ in SAMPLES if PROFILES[type_].keys(read(type_).said) == 2}
    assert two == {"key", "filing", "filing_void", "body_void", "revoke_bulk", "erase"}
    removal = read("standing", state="removed", may_issue=..., until=...)
    assert removal.profile.keys(removal.said) == 2


def test_what_proves_possession_can_be_no_token() -> None:
    said = statement_bodies.possession(BODY, "certificate", KEY.public)
    assert said == f"skillseal-possession-1\n{BODY}\ncertificate\n{KEY.kid}\n".encode()


def test_names_of_subjects() -> None:
    host = URL.removeprefix("https://")
    named = statement_bodies.certificate_subject(host, "skill_level", "京建安C1（2015）0000001")
    read_back = statement_bodies.read(statement("revoke", named, {"reason": "x"}))
    assert read_back.subject["number"] == "京建安C1（2015）0000001"
    assert statement_bodies.batch_subject(BODY, "B1") == f"{BODY}/batches/B1"


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.text(max_size=3),
    lambda inner: (
        st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=3), inner, max_size=2)
    ),
    max_leaves=4,
)


@given(st.sampled_from(sorted(SAMPLES)), st.data())
def test_any_value_is_read_or_refused_as_the_format_says(type_: str, data: st.DataObject) -> None:
    subject, body = SAMPLES[type_]
    name = data.draw(st.sampled_from(sorted(body)))
    changed = {**body, name: data.draw(JSON)}
    with suppress(MalformedError, KeyMaterialError):
        statement_bodies.read(statement(type_, subject, changed))
