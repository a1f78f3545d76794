# SPDX-License-Identifier: Apache-2.0
"""Lawful erasure: what names the person goes, what the region must remember stays."""

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from credential import envelope
from credential.certificate import Claims
from credential.errors import ConflictError, SealError
from credential.status_list import StatusList
from registry import database, evidence, fsck, lists, publish, store_certificates, store_published
from registry.log import Acknowledged
from tests.registry.world import DAY, PEOPLE, World, subject_of


def admit(world: World, claims: Claims) -> Acknowledged:
    (outcome,) = world.first.submit_all([world.first.sign(claims)])
    assert isinstance(outcome, Acknowledged)
    return outcome


def erase(world: World, claims: Claims, **changes: Any) -> Acknowledged:
    body = {"list": "1", "index": claims.status_index, "document": "沪人社删〔2026〕1号", **changes}
    return world.state("erase", subject_of(claims), body)


def publish_now(world: World) -> None:
    lists.sign_lists(world.registry, world.list, world.status)
    publish.publish(world.registry, world.publish, world.log)


def status_of(world: World, index: int) -> int:
    with database.read(world.registry.engine) as connection:
        signed = store_published.lists(connection)["status_lists/1"]
    said = StatusList.from_bytes(envelope.read(signed.token, envelope.STATUS_LIST).payload)
    status = said.status(index)
    assert status is not None
    return status


@pytest.fixture
def erased(world: World) -> tuple[World, Claims, Acknowledged]:
    """A world with three certificates, of which the second is erased."""
    kept, gone, other = (world.first.claims(PEOPLE[n]) for n in range(3))
    admit(world, kept)
    answer = admit(world, gone)
    admit(world, other)
    erase(world, gone)
    return world, gone, answer


def test_text_and_salt_are_gone_and_everything_else_agrees(
    erased: tuple[World, Claims, Acknowledged],
) -> None:
    world, gone, answer = erased
    with database.read(world.registry.engine) as connection:
        row = store_certificates.at(connection, [answer.log_index])[answer.log_index]
        for table in ("tokens", "salts", "persons"):
            column = "holder" if table == "persons" else "log_index"
            query = f"select count(*) from {table} where {column} = {answer.log_index}"  # our own
            assert connection.execute(text(query)).scalar_one() == 0
    assert (row.number, row.token) == (gone.certificate_number, "")
    report = fsck.fsck(world.registry)
    assert (report.certificates, report.erased) == (3, 1)
    publish_now(world)
    fsck.fsck(world.registry)


def test_nothing_of_the_name_is_left_in_the_file(tmp_path: Path) -> None:
    world = World(tmp_path).found()
    if not (tmp_path / "registry.db").exists():
        raise AssertionError("this test looks into an SQLite file")
    world.first.file_batch("B1", PEOPLE)
    claims = world.first.claims(PEOPLE[1])
    signed = world.first.sign(claims)
    (outcome,) = world.first.submit_all([signed])
    assert isinstance(outcome, Acknowledged)
    token = signed.split(".")[2][:40].encode()
    assert token in (tmp_path / "registry.db").read_bytes()
    erase(world, claims)
    assert token not in (tmp_path / "registry.db").read_bytes()


def test_the_same_content_is_gone_for_ever(erased: tuple[World, Claims, Acknowledged]) -> None:
    world, gone, _ = erased
    fresh = world.first.claims(PEOPLE[3])
    texts = [world.first.sign(gone), world.first.sign(fresh)]
    first, second = world.first.submit_all(texts)
    assert isinstance(first, ConflictError)
    assert first.code == "certificate.erased"
    assert isinstance(second, Acknowledged)
    again = world.first.sign(gone._replace(status_index=next(world.first.index)))
    (outcome,) = world.first.submit_all([again])
    assert isinstance(outcome, ConflictError)
    assert outcome.code == "number.taken"


def test_its_status_still_changes_and_is_published(
    erased: tuple[World, Claims, Acknowledged],
) -> None:
    world, gone, _ = erased
    publish_now(world)
    assert status_of(world, gone.status_index) == 0
    world.first.change("revoke", gone)
    publish_now(world)
    assert status_of(world, gone.status_index) == 1
    fsck.fsck(world.registry)


def test_what_was_superseded_before_is_rebuilt_and_nothing_is_superseded_after(
    world: World,
) -> None:
    old, later = world.first.claims(PEOPLE[0]), world.first.claims(PEOPLE[1])
    admit(world, old)
    admit(world, later)
    by = f"{world.first.prefix}263000900"
    world.first.change("supersede", old, {"by": by, "reason": "姓名更正"})
    erase(world, old)
    admit(world, world.first.claims(PEOPLE[0])._replace(certificate_number=by))
    erase(world, later)
    with pytest.raises(SealError) as caught:
        world.first.change("supersede", later, {"by": f"{by[:-1]}1", "reason": "姓名更正"})
    assert caught.value.code == "certificate.erased"
    assert fsck.fsck(world.registry).erased == 2


def test_a_second_erasure_a_wrong_place_and_a_single_key_are_refused(
    erased: tuple[World, Claims, Acknowledged],
) -> None:
    world, gone, _ = erased
    with pytest.raises(SealError) as caught:
        erase(world, gone)
    assert caught.value.code == "certificate.erased"
    standing = world.first.claims(PEOPLE[4])
    admit(world, standing)
    with pytest.raises(SealError) as caught:
        erase(world, standing, index=standing.status_index + 1)
    assert caught.value.code == "erase.place"
    body = {"list": "1", "index": standing.status_index, "document": "删"}
    with pytest.raises(SealError) as caught:
        world.state("erase", subject_of(standing), body, [world.lead])
    assert caught.value.code == "statement.signatures"
    keys = [world.first.statement, world.first.second]
    with pytest.raises(SealError) as caught:
        world.state("erase", subject_of(standing), body, keys, world.first.id)
    assert caught.value.code == "statement.actor"
    fsck.fsck(world.registry)


def test_the_same_statement_again_gets_the_same_answer(world: World) -> None:
    from registry import statements

    claims = world.first.claims(PEOPLE[0])
    admit(world, claims)
    body = {"list": "1", "index": claims.status_index, "document": "删"}
    tokens = world.sign("erase", subject_of(claims), body, [world.lead, world.lead_two])
    first = statements.accept(world.registry, tokens)
    world.clock.now += DAY
    assert statements.accept(world.registry, tokens) == first


def test_evidence_of_it_is_refused_and_of_others_is_given(
    erased: tuple[World, Claims, Acknowledged],
) -> None:
    world, gone, _ = erased
    publish_now(world)
    with pytest.raises(SealError) as caught:
        evidence.collect(world.registry, gone.certificate_number)
    assert caught.value.code == "certificate.erased"
    kept = f"{world.first.prefix}263{int(gone.certificate_number[-6:]) - 1:06d}"
    assert evidence.collect(world.registry, kept)


@pytest.mark.parametrize("act", ["update tokens set token = 'x'", "delete from tokens"])
def test_texts_cannot_be_changed_or_deleted_without_a_statement(world: World, act: str) -> None:
    admit(world, world.first.claims(PEOPLE[0]))
    with pytest.raises(SealError) as caught, database.write(world.registry.engine) as connection:
        connection.execute(text(act))
    assert caught.value.code == "registry.conflict"
