# SPDX-License-Identifier: Apache-2.0
"""Statements: who may make which, with how many keys, in what order, and what they do."""

import itertools
import threading
from typing import Any

import pytest
from sqlalchemy import select

from credential import base64url, envelope, receipt, statement, statement_bodies
from credential.errors import SealError
from credential.roster_commitment import Commitment
from credential.statement_bodies import PROFILES
from keys.signing_key import SigningKey
from registry import database, statements, store_certificates, store_log, tables
from registry.directory import Directory
from tests.registry import entries, examined
from tests.registry.test_admission import code, submit
from tests.registry.world import (
    AUTHORITY_CODE,
    CATALOGUE,
    DAY,
    PEOPLE,
    START,
    URL,
    YEAR,
    World,
    key,
    subject_of,
)

AUTHORITY = f"{URL}/authorities/{AUTHORITY_CODE}"
STANDING = {"from": START, "state": "suspended", "document": "沪人社函〔2026〕12号"}


def refused(world: World, *args: Any, **named: Any) -> str:
    with pytest.raises(SealError) as caught:
        world.state(*args, **named)
    return caught.value.code


def directory(world: World) -> Directory:
    with database.read(world.registry.engine) as connection:
        return world.registry.directory(connection, store_log.tail(connection))


# Form and order -----------------------------------------------------------------------------------


def test_a_statement_gets_a_receipt_over_its_payload_and_keeps_its_signatures(world: World) -> None:
    tokens = world.sign("standing", world.first.id, STANDING, [world.lead])
    answer = statements.accept(world.registry, tokens)
    unverified, said = receipt.read(answer.receipt)
    unverified.verify(world.receipt.public)
    assert said.digest == answer.digest == statement.read(tokens).digest
    with database.read(world.registry.engine) as connection:
        query = select(tables.statements).where(tables.statements.c.log_index == said.log_index)
        row = connection.execute(query).one()
    assert row.signatures.split("\n") == tokens
    assert row.payload == statement.read(tokens).payload


def test_the_same_statement_again_gets_the_same_answer(world: World) -> None:
    tokens = world.sign("standing", world.first.id, STANDING, [world.lead, world.lead_two])
    first = statements.accept(world.registry, tokens)
    world.clock.now += 50
    assert statements.accept(world.registry, tokens) == first
    assert statements.accept(world.registry, tokens[1:]) == first  # another signature, same content
    forged = f"{tokens[0].rpartition('.')[0]}.{base64url.encode(bytes(64))}"
    with pytest.raises(SealError) as caught:
        statements.accept(world.registry, [forged])
    assert caught.value.code == "signature.invalid"


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"aud": "https://jy.js320.example"}, "statement.audience"),
        ({"iat": START + 301}, "statement.future"),
        ({"after": None}, "statement.after"),
        ({"after": base64url.encode(b"x" * 32)}, "statement.after"),
        ({"type": "coronation"}, "statement.type"),
        ({"subject": f"{URL}/gate"}, "statement.subject"),
        ({"subject": "https://jy.js320.example/bodies/91310115MA1K3YJ12X"}, "statement.subject"),
        ({"subject": f"{URL}/bodies/91310115MA1K3YJ13X"}, "body.unknown"),
        ({"body": {**STANDING, "state": "sleeping"}}, "malformed.profile"),
        ({"body": {**STANDING, "more": 1}}, "malformed.profile"),
        ({"iss": AUTHORITY}, "statement.actor"),
        ({"iss": f"{URL}/bodies/91310115MA1K3YJ12X"}, "statement.actor"),
        ({"iss": "https://jy.js320.example"}, "statement.actor"),
    ],
)
def test_what_is_wrong_with_a_statement(
    world: World, changes: dict[str, Any], expected: str
) -> None:
    changes = dict(changes)
    body = changes.pop("body", STANDING)
    type_, subject = changes.pop("type", "standing"), changes.pop("subject", world.first.id)
    assert refused(world, type_, subject, body, [world.lead], **changes) == expected


def test_an_identifier_is_used_once(world: World) -> None:
    jti = base64url.encode(b"j" * 16)
    world.state("standing", world.first.id, STANDING, [world.lead], jti=jti)
    again = {**STANDING, "document": "另一文号"}
    found = refused(world, "standing", world.first.id, again, [world.lead], jti=jti)
    assert found == "statement.replayed"


def test_of_two_statements_that_did_not_know_of_each_other_one_is_accepted(world: World) -> None:
    bodies = [{**STANDING, "document": f"文号{n}"} for n in range(8)]
    signed = [world.sign("standing", world.first.id, body, [world.lead]) for body in bodies]
    results: list[str] = []

    def state(tokens: list[str]) -> None:
        try:
            statements.accept(world.registry, tokens)
            results.append("accepted")
        except SealError as error:
            results.append(error.code)

    threads = [threading.Thread(target=state, args=(tokens,)) for tokens in signed]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(results) == ["accepted"] + ["statement.after"] * 7


# Who and with how many keys -----------------------------------------------------------------------


# type, subject, body: one acceptable statement of each directory type
def acceptable(world: World) -> dict[str, tuple[str, dict[str, Any]]]:
    fresh = key("certificate", "fresh")
    filing = world.filing(world.first, number="沪人社备〔2026〕9号")
    return {
        "authority": (AUTHORITY[:-1] + "U", {"name": "另一区人社局", "region": "310104"}),
        "body": (
            f"{URL}/bodies/91310115MA1K3YJ13X",
            {"name": "新机构", "prefix": "", "region": "310115", "document": "备"},
        ),
        "key": (world.first.id, world.key_body(fresh, world.first.id)),
        "key_distrust": (
            world.first.id,
            {"kid": world.first.submit.kid, "after": START - 1, "document": "令"},
        ),
        "filing": (world.first.id, filing),
        "filing_void": (world.first.id, {"number": "沪人社备〔2026〕7号", "document": "撤"}),
        "blocks": (world.first.id, {"list": "2", "first": 0, "count": 1_024}),
        "standing": (world.first.id, STANDING),
        "body_void": (world.first.id, {"document": "撤"}),
        "gate": (f"{URL}/gate", {"from": START, "level": "basic"}),
        "catalogue": (f"{URL}/catalogues/lyg2020", {**CATALOGUE, "version": 2}),
        "recognition": (
            f"{URL}/recognitions/320000",
            {
                "document": "互认〔2026〕1号",
                "from": START,
                "to": None,
                "issued_from": START,
                "issued_until": START + YEAR,
                "existing": "keep",
                "terms": [{"kind": "skill_level", "occupations": "*", "levels": ["3"]}],
            },
        ),
    }


# For each type who may make it: the lead authority, the authority over the body, the body itself.
MAY = {
    "authority": "lead",
    "body": "lead authority",
    "key": "lead authority body",
    "key_distrust": "lead authority body",
    "filing": "lead authority",
    "filing_void": "lead authority",
    "blocks": "lead authority",
    "standing": "lead authority",
    "body_void": "lead authority",
    "gate": "lead",
    "catalogue": "lead",
    "recognition": "lead",
}
TWO = {"key", "filing", "filing_void", "body_void"}
PARTIES = ("lead", "authority", "body", "stranger")


def keys_of(world: World, party: str) -> tuple[str, list[SigningKey]]:
    return {
        "lead": (URL, [world.lead, world.lead_two]),
        "authority": (AUTHORITY, [world.authority, world.authority_two]),
        # A body's own key is countersigned by an authority over it.
        "body": (world.first.id, [world.first.statement, world.authority]),
        "stranger": (world.other.id, [world.other.statement, world.other.second]),
    }[party]


@pytest.mark.parametrize(("type_", "party"), list(itertools.product(MAY, PARTIES)))
def test_every_type_may_be_made_by_those_who_answer_for_it(
    world: World, type_: str, party: str
) -> None:
    subject, body = acceptable(world)[type_]
    iss, keys = keys_of(world, party)
    if party in MAY[type_].split():
        world.state(type_, subject, body, keys, iss)
    else:
        assert refused(world, type_, subject, body, keys, iss) == "statement.actor"


@pytest.mark.parametrize("type_", MAY)
def test_grave_statements_need_two_keys(world: World, type_: str) -> None:
    subject, body = acceptable(world)[type_]
    if type_ in TWO:
        assert refused(world, type_, subject, body, [world.lead]) == "statement.signatures"
        assert refused(world, type_, subject, body, [world.lead] * 2) == "statement.signatures"
    else:
        world.state(type_, subject, body, [world.lead])


def test_the_table_of_types_is_tested_whole() -> None:
    assert MAY.keys() | entries.MAY.keys() | examined.MAY.keys() == {
        name for name, one in PROFILES.items() if one.effect == "directory"
    }


def test_removal_needs_two_keys(world: World) -> None:
    body = {**STANDING, "state": "removed"}
    assert refused(world, "standing", world.first.id, body, [world.lead]) == "statement.signatures"
    world.state("standing", world.first.id, body)
    again = {**STANDING, "state": "active"}
    assert refused(world, "standing", world.first.id, again) == "standing.removed"


def test_an_authority_has_no_say_in_another_district(world: World) -> None:
    keys = [world.authority, world.authority_two]
    found = refused(world, "standing", world.other.id, STANDING, keys, AUTHORITY)
    assert found == "statement.actor"


def test_a_second_signature_by_somebody_without_a_say_refuses_the_statement(world: World) -> None:
    keys = [world.lead, world.other.statement]
    assert refused(world, "standing", world.first.id, STANDING, keys) == "statement.actor"


@pytest.mark.parametrize(
    ("signer", "expected"),
    [
        (key("statement", "nobody's"), "key.unknown"),
        (key("statement", "lead three"), "key.unknown"),
    ],
)
def test_an_unknown_key_states_nothing(world: World, signer: SigningKey, expected: str) -> None:
    assert refused(world, "standing", world.first.id, STANDING, [signer]) == expected


def test_a_forged_signature_of_a_known_key_states_nothing(world: World) -> None:
    (token,) = world.sign("standing", world.first.id, STANDING, [world.lead])
    forged = f"{token.rpartition('.')[0]}.{base64url.encode(bytes(63) + b'x')}"
    with pytest.raises(SealError) as caught:
        statements.accept(world.registry, [forged])
    assert caught.value.code == "signature.invalid"


def test_a_key_states_only_in_its_window(world: World) -> None:
    world.clock.now = START + YEAR
    body = {**STANDING, "from": world.clock.now}
    found = refused(world, "standing", world.first.id, body, [world.lead])
    assert found in {"key.not_valid_then", "registry.receipt_key"}


def test_a_distrusted_statement_key_states_nothing(world: World) -> None:
    body = {"kid": world.authority.kid, "after": START, "document": "令"}
    world.state("key_distrust", AUTHORITY, body)
    found = refused(world, "standing", world.first.id, STANDING, [world.authority], AUTHORITY)
    assert found == "key.distrusted"


# Keys ---------------------------------------------------------------------------------------------


def test_a_key_is_registered_with_proof_that_its_owner_holds_it(world: World) -> None:
    """Somebody else's key, with somebody else's proof, or with none."""
    theirs = key("certificate", "theirs")
    for proof in (
        theirs.sign(statement_bodies.possession(world.other.id, "certificate", theirs.public)),
        theirs.sign(statement_bodies.possession(world.first.id, "submit", theirs.public)),
        bytes(64),
    ):
        body = world.key_body(theirs, world.first.id, proof=base64url.encode(proof))
        assert refused(world, "key", world.first.id, body) == "key.possession"
    world.state("key", world.first.id, world.key_body(theirs, world.first.id))


def test_a_kid_is_never_used_again(world: World) -> None:
    """Not by the same body, another, an authority, or for another role."""
    known = world.first.certificate
    for owner in (world.first.id, world.other.id):
        body = world.key_body(known, owner)
        assert refused(world, "key", owner, body) == "key.known"
    as_statement = SigningKey.from_private(known.private, "statement")
    for owner in (world.first.id, AUTHORITY):
        assert refused(world, "key", owner, world.key_body(as_statement, owner)) == "key.known"
    posing = SigningKey.from_private(world.list.private, "statement")  # the registry's own key
    body = world.key_body(posing, world.first.id)
    assert refused(world, "key", world.first.id, body) == "key.known"


@pytest.mark.parametrize(
    ("jwk", "expected"),
    [
        ({"d": "AA"}, "key.private"),
        ({"y": "A" * 43}, "key.point"),
        ({"crv": "P-384"}, "key.curve"),
        ({"alg": "ES384"}, "key.curve"),
        ({"use": "sig"}, "key.malformed"),
        ({"x": "AA"}, "key.malformed"),
    ],
)
def test_a_key_that_is_none_is_refused(world: World, jwk: dict[str, str], expected: str) -> None:
    fresh = key("certificate", "fresh")
    body = world.key_body(fresh, world.first.id)
    body["jwk"] = {**body["jwk"], **jwk}
    assert refused(world, "key", world.first.id, body) == expected


def test_a_registry_role_is_not_registered_by_statement(world: World) -> None:
    body = world.key_body(key("publish", "x"), world.first.id)
    assert refused(world, "key", world.first.id, body) == "malformed.profile"


def test_a_body_may_use_ed25519(world: World) -> None:
    fresh = key("certificate", "fresh", "EdDSA")
    world.state("key", world.first.id, world.key_body(fresh, world.first.id))
    text = world.first.sign(world.first.claims(PEOPLE[0]), fresh)
    assert submit(world, text) == ["admitted"]


def test_an_insider_cannot_register_a_second_key_alone(world: World) -> None:
    keys = [world.first.statement, world.first.second]
    body = world.key_body(key("certificate", "clone"), world.first.id)
    found = refused(world, "key", world.first.id, body, keys, world.first.id)
    assert found == "statement.signatures"


# What statements do -------------------------------------------------------------------------------


def test_no_window_reaches_back_before_its_receipt(world: World) -> None:
    body = world.filing(world.first, number="补", **{"from": START - DAY})
    world.state("filing", world.first.id, body)
    world.state("standing", world.first.id, {**STANDING, "from": START - DAY})
    found = directory(world).bodies[world.first.code]
    assert found.filings[-1].start == START
    assert [entry.start for entry in found.standing] == [START]


def test_a_filing_that_is_filed_anew_leaves_its_past_alone(world: World) -> None:
    world.clock.now += DAY
    grant = {"kind": "skill_level", "occupations": ["lyg2020:39"], "levels": ["5"]}
    body = world.filing(world.first, grants=[grant])
    world.state("filing", world.first.id, body)
    old, new = directory(world).bodies[world.first.code].filings
    assert (old.number, old.start, old.end) == (new.number, START, START + DAY)
    assert (new.start, new.grants[0].levels) == (START + DAY, ("5",))
    world.clock.now += DAY
    world.state("filing", world.first.id, world.filing(world.first, grants=[]))
    assert directory(world).bodies[world.first.code].filings[-1].end == START + 2 * DAY
    end = world.filing(world.first, number="无此号", grants=[])
    assert refused(world, "filing", world.first.id, end) == "filing.unknown"


def test_an_announced_standing_gives_way_to_a_newer_statement(world: World) -> None:
    world.state("standing", world.first.id, {**STANDING, "from": START + DAY})
    assert submit(world, world.first.issue(PEOPLE[0])) == ["admitted"]
    later = {**STANDING, "from": START + 2 * DAY}
    world.state("standing", world.first.id, later)
    world.clock.now = START + DAY
    assert submit(world, world.first.issue(PEOPLE[1])) == ["standing.suspended"]


def test_distrust_reaches_back_and_only_tightens(world: World) -> None:
    kid = world.first.certificate.kid
    state = {"kid": kid, "after": START - DAY, "document": "令"}
    world.state("key_distrust", world.first.id, state)
    later = {**state, "after": START - 1}
    assert refused(world, "key_distrust", world.first.id, later) == "key.distrust"
    future = {**state, "kid": world.first.submit.kid, "after": START + 9}
    assert refused(world, "key_distrust", world.first.id, future) == "key.distrust"
    world.state("key_distrust", world.first.id, {**state, "after": START - 2 * DAY})
    unknown = {**state, "kid": world.other.submit.kid}
    assert refused(world, "key_distrust", world.first.id, unknown) == "key.unknown"


def test_a_block_belongs_to_one_body(world: World) -> None:
    taken = {"list": "1", "first": 5_120, "count": 4_096}
    assert refused(world, "blocks", world.other.id, taken) == "blocks.taken"
    odd = {"list": "1", "first": 100, "count": 1_024}
    assert refused(world, "blocks", world.other.id, odd) == "malformed.profile"


def test_a_code_and_a_prefix_belong_to_one_body(world: World) -> None:
    body = {"name": "甲", "prefix": "", "region": "310115", "document": "备"}
    assert refused(world, "body", world.first.id, body) == "body.known"
    other = f"{URL}/bodies/91310115MA1K3YJ13X"
    body["prefix"] = world.first.prefix
    assert refused(world, "body", other, body) == "body.known"


def test_a_catalogues_version_rises(world: World) -> None:
    same = refused(world, "catalogue", f"{URL}/catalogues/lyg2020", CATALOGUE)
    assert same == "catalogue.version"


def test_only_a_peer_of_the_root_is_recognised(world: World) -> None:
    _, body = acceptable(world)["recognition"]
    found = refused(world, "recognition", f"{URL}/recognitions/330000", body)
    assert found == "recognition.peer"


# Batches ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"headcount": 9}, "roster.headcount"),
        ({"roster": base64url.encode(b"r" * 32)}, "roster.mismatch"),
        ({"occupations": [{"code": "lyg2020:1", "levels": ["3"]}]}, "scope.occupation"),
        ({"occupations": [{"code": "lyg2020:39", "levels": ["1"]}]}, "scope.level"),
        ({"occupations": [{"code": "lyg2020:39", "levels": []}]}, "scope.level"),
        ({"kind": "special_operation"}, "scope.kind"),
        ({"region": "310104"}, "scope.district"),
        ({"from": "2026-09-21"}, "malformed.profile"),
        ({"occupations": []}, "malformed.profile"),
    ],
)
def test_a_batch_that_could_never_be_issued_is_refused(
    world: World, changes: dict[str, Any], expected: str
) -> None:
    with pytest.raises(SealError) as caught:
        world.first.file_batch("B9", PEOPLE, **changes)
    assert caught.value.code == expected


def test_a_batch_number_is_used_once_and_a_suspended_body_files_none(world: World) -> None:
    with pytest.raises(SealError) as caught:
        world.first.file_batch("B1", PEOPLE[:2])
    assert caught.value.code == "batch.known"
    world.state("standing", world.first.id, STANDING)
    with pytest.raises(SealError) as caught:
        world.first.file_batch("B2", PEOPLE)
    assert caught.value.code == "standing.suspended"


ONE = Commitment.of(b"s" * 16, [("陈安", None)])
BATCH = {
    "kind": "skill_level",
    "route": "examination",
    "occupations": [{"code": "lyg2020:39", "levels": ["3"]}],
    "region": "310115",
    "from": "2026-09-01",
    "to": "2026-09-02",
    "headcount": 1,
    "roster": base64url.encode(ONE.root),
}


def test_a_batch_comes_with_its_roster_and_nothing_else_does(world: World) -> None:
    desk = world.first
    subject = statement_bodies.batch_subject(desk.id, "B3")
    found = refused(world, "batch", subject, BATCH, [desk.statement], desk.id)
    assert found == "statement.attachment"
    tokens = world.sign("standing", desk.id, STANDING, [world.lead])
    with pytest.raises(SealError) as caught:
        statements.accept(world.registry, tokens, ONE.to_members())
    assert caught.value.code == "statement.attachment"


@pytest.mark.parametrize("party", ["lead", "authority", "stranger"])
def test_a_batch_is_the_bodys_own(world: World, party: str) -> None:
    iss, keys = keys_of(world, party)
    subject = statement_bodies.batch_subject(world.first.id, "B3")
    tokens = world.sign("batch", subject, BATCH, keys, iss)
    with pytest.raises(SealError) as caught:
        statements.accept(world.registry, tokens, ONE.to_members())
    assert caught.value.code == "statement.actor"


# Status -------------------------------------------------------------------------------------------


def status(world: World, claims: Any) -> int:
    with database.read(world.registry.engine) as connection:
        found = store_certificates.find(
            connection, [(claims.host, claims.kind, claims.certificate_number)]
        )
        (row,) = found.values()
        states = store_certificates.statuses_of(connection, [row.log_index])
    return states.get(row.log_index, (0, ""))[0]


def test_a_life_of_a_certificate(world: World) -> None:
    """End to end: suspended by its body, taken over by an authority, lifted, revoked."""
    claims = world.first.claims(PEOPLE[0])
    submit(world, world.first.sign(claims))
    subject, reason = subject_of(claims), {"reason": "核查中"}
    mine = ([world.first.statement], world.first.id)
    theirs = ([world.authority], AUTHORITY)
    assert refused(world, "reinstate", subject, reason, *mine) == "status.move"
    world.state("suspend", subject, reason, *mine)
    assert status(world, claims) == 2
    world.state("suspend", subject, reason, *theirs)
    assert refused(world, "reinstate", subject, reason, *mine) == "statement.actor"
    world.state("reinstate", subject, reason, *theirs)
    assert status(world, claims) == 0
    future = {"iat": START + 1_000}
    assert refused(world, "revoke", subject, reason, *mine, **future) == "statement.future"
    world.state("revoke", subject, reason, *mine)
    assert status(world, claims) == 1
    for type_ in ("reinstate", "suspend", "revoke"):
        assert refused(world, type_, subject, reason, *mine) == "status.final"


@pytest.mark.parametrize("type_", ["revoke", "suspend", "reinstate"])
def test_to_others_a_certificate_does_not_exist(world: World, type_: str) -> None:
    """404 and not 403, the same as for a number that nobody has."""
    claims = world.first.claims(PEOPLE[0])
    submit(world, world.first.sign(claims))
    iss, keys = keys_of(world, "stranger")
    absent = subject_of(claims).replace("000001", "999999")
    for subject in (subject_of(claims), absent):
        assert refused(world, type_, subject, {"reason": "x"}, keys, iss) == "certificate.unknown"


def test_a_bulk_revocation_needs_two_keys_and_one_body(world: World) -> None:
    listed = [world.first.claims(person) for person in PEOPLE[:3]]
    submit(world, *(world.first.sign(claims) for claims in listed))
    world.other.file_batch("B1", PEOPLE[:1])
    foreign = world.other.claims(PEOPLE[3])
    body = {
        "certificates": [{"kind": one.kind, "number": one.certificate_number} for one in listed],
        "reason": "考点违规",
    }
    desk = world.first
    found = refused(world, "revoke_bulk", desk.id, body, [desk.statement], desk.id)
    assert found == "statement.signatures"
    more = {
        **body,
        "certificates": [
            *body["certificates"],
            {"kind": foreign.kind, "number": foreign.certificate_number},
        ],
    }
    assert refused(world, "revoke_bulk", desk.id, more) == "certificate.unknown"
    world.state("revoke_bulk", desk.id, body, [desk.statement, desk.second], desk.id)
    assert [status(world, claims) for claims in listed] == [1, 1, 1]
    # Each certificate's own history has moved too: what was signed before does not apply any more.
    found = refused(
        world,
        "revoke",
        subject_of(listed[0]),
        {"reason": "x"},
        [desk.statement],
        desk.id,
        after=None,
    )
    assert found == "statement.after"


def test_a_successor_cannot_take_a_number_that_is_taken(world: World) -> None:
    one, two = (world.first.claims(person) for person in PEOPLE[:2])
    submit(world, world.first.sign(one), world.first.sign(two))
    with pytest.raises(SealError) as caught:
        world.first.change("supersede", one, {"by": two.certificate_number, "reason": "x"})
    assert caught.value.code == "number.taken"
    world.first.change("supersede", one, {"by": "Y000031000101263009999", "reason": "x"})
    with pytest.raises(SealError) as caught:
        world.first.change("supersede", two, {"by": "Y000031000101263009999", "reason": "x"})
    assert caught.value.code == "number.reserved"


def test_concurrent_changes_of_one_certificate_make_one_history(world: World) -> None:
    claims = world.first.claims(PEOPLE[0])
    submit(world, world.first.sign(claims))
    before = world.head(subject_of(claims))
    assert before is None
    signed = [
        world.sign(
            type_, subject_of(claims), {"reason": f"{n}"}, [world.first.statement], world.first.id
        )
        for n, type_ in enumerate(["suspend", "revoke"] * 6)
    ]
    results: list[str] = []

    def change(tokens: list[str]) -> None:
        try:
            statements.accept(world.registry, tokens)
            results.append("accepted")
        except SealError as error:
            results.append(error.code)

    threads = [threading.Thread(target=change, args=(tokens,)) for tokens in signed]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(results) == ["accepted"] + ["statement.after"] * 11
    assert status(world, claims) in {1, 2}


def test_the_directory_is_the_same_when_it_is_read_anew(world: World) -> None:
    """Law 3: what the server remembers is what the statements say."""
    world.state("standing", world.first.id, STANDING)
    remembered = directory(world)
    again = World.open(world)
    with database.read(again.engine) as connection:
        assert again.directory(connection, store_log.tail(connection)) == remembered


def test_a_token_of_another_type_is_no_statement(world: World) -> None:
    text = world.first.issue(PEOPLE[0])
    with pytest.raises(SealError) as caught:
        statements.accept(world.registry, [text[:-1]])
    assert caught.value.code == "malformed.profile"
    assert envelope.STATEMENT not in text
    assert code(world.first.submit_all([text])[0]) == "admitted"
