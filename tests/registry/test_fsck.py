# SPDX-License-Identifier: Apache-2.0
"""fsck names the first row that disagrees; evidence proves what happened."""

import itertools
import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from credential import base64url, envelope
from credential.errors import SealError
from registry import database, evidence, evidence_check, fsck, tables
from tests.registry import backends
from tests.registry.backends import Backend
from tests.registry.test_admission import submit
from tests.registry.test_publish import publish_now
from tests.registry.world import DAY, PEOPLE, World


@pytest.fixture(scope="session")
def worn(backend: Backend, founded: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A registry in which something of everything has happened."""
    folder = tmp_path_factory.mktemp("worn")
    backend.copy(founded, folder)
    world = World(folder, jtis=itertools.count(1_000))
    claims = [world.first.claims(person) for person in PEOPLE[:5]]
    submit(world, *(world.first.sign(one) for one in claims))
    world.clock.now += 5
    world.first.change("revoke", claims[0])
    world.first.change("suspend", claims[1])
    world.first.change("reinstate", claims[1])
    body = {"by": f"{world.first.prefix}263000900", "reason": "更正"}
    world.first.change("supersede", claims[2], body)
    submit(world, world.first.issue(PEOPLE[2], certificate_number=body["by"]))
    world.first.change("suspend", claims[3])
    publish_now(world)
    world.registry.engine.dispose()
    return folder


@pytest.fixture
def busy(backend: Backend, worn: Path, tmp_path: Path) -> Iterator[World]:
    """A copy of that registry."""
    shutil.copytree(worn / "published", tmp_path / "published")
    backend.copy(worn, tmp_path)
    world = World(tmp_path, jtis=itertools.count(2_000))
    world.clock.now += 5
    world.first.serial, world.first.index = itertools.count(100), itertools.count(5_000)
    yield world
    backend.discard(tmp_path)


def edit(world: World, sql: str) -> None:
    """Edit the database as an intruder with every right would."""
    backends.intrude(world.registry.engine, sql)


def found(world: World) -> str:
    with pytest.raises(SealError) as caught:
        fsck.fsck(world.registry)
    assert caught.value.code == "registry.corrupt"
    return str(caught.value)


def test_an_honest_registry_agrees_with_itself(busy: World) -> None:
    report = fsck.fsck(busy.registry)
    assert (report.certificates, report.statements) == (6, 24)
    assert (report.leaves, report.unsigned, report.erased) == (30, 0, 0)


EDITS = [
    # what was signed
    ("update leaves set t = t - 1 where log_index = 20", "log index 20: "),
    ("update leaves set t = t - 99 where log_index = 29", "log index 29: leaves: the time falls"),
    ("update leaves set commitment = randomblob(32) where log_index = 20", "log index 20: leaves"),
    ("update leaves set digest = randomblob(32) where log_index = 21", "log index 21: "),
    ("update leaves set host = 'evil.example' where log_index = 20", "log index 20: leaves"),
    ("update leaves set epoch = 9 where log_index = 3", "log index 3: leaves"),
    ("update leaves set type = 2 where log_index = 20", "log index 20: statements"),
    ("update salts set salt = randomblob(16) where log_index = 7", "log index 7: leaves"),
    ("update receipts set signature = randomblob(64) where log_index = 8", "log index 8: receipts"),
    ("update certificates set number = number || '9' where log_index = 20", "log index 20: cert"),
    ("update certificates set idx = idx + 500 where log_index = 20", "log index 20: certificates"),
    ("update certificates set nonce = randomblob(32) where log_index = 20", "log index 20: cert"),
    ("update certificates set body = '91310104MA1FYCQ14M' where log_index = 20", "log index 20: c"),
    ("update tokens set token = token || 'A' where log_index = 20", "log index 20: cert"),
    ("delete from tokens where log_index = 20", "log index 20: tokens: the row is missing"),
    ("delete from salts where log_index = 20", "log index 20: salts: the row is missing"),
    ("update certificates set batch = 3 where log_index = 20", "log index 20: certificates"),
    ("update statements set subject = subject || 'x' where log_index = 5", "log index 5: stat"),
    ("update statements set jti = 'AAAAAAAAAAAAAAAAAAAAAA' where log_index = 5", "log index 5: st"),
    ("update statements set signatures = substr(signatures, 2) where log_index = 5", "index 5: "),
    ("delete from statements where log_index = 2", "log index 2: statements: the row"),
    ("delete from certificates where log_index = 20", "log index 20: certificates: the row"),
    ("delete from attachments", "log index 18: attachments: the row is missing"),
    ("update attachments set content = replace(content, 'roster', 'raster')", "log index 18: att"),
    # the end of the log and what was published
    ("update log_tail set size = size + 1", "log_tail"),
    ("update log_tail set directory = 3", "log_tail"),
    ("update log_tail set t = 1", "log_tail"),
    ("update publications set size = 12", "log index 12: publications"),
    ("update signed_lists set size = 19 where name = 'status_lists/1'", "signed_lists"),
    # rows of nothing
    ("insert into receipts values (999, x'00')", "receipts: 31 rows instead of 30"),
    ("insert into salts values (999, x'00')", "salts: 31 rows instead of 30"),
    ("insert into tokens values (999, 'x')", "tokens: 7 rows instead of 6"),
    ("insert into holder_numbers values (999, 'k', x'00', x'00', 0)", "log index 999: holder_n"),
    ("insert into attachments values (7777, 'x')", "log index 7777: attachments"),
    # views
    ("delete from heads where subject like '%/gate' or subject like '%catalo%'", "heads: the r"),
    ("update heads set digest = x'00' where subject like '%catalogues%'", "heads: the row"),
    ("insert into heads values ('zzz', x'00')", "heads: the row subject zzz ought not"),
    ("update kids set owner = 'x' where kid in (select kid from kids limit 1)", "kids: the row"),
    ("delete from bodies where code like '91310115%'", "bodies: the row"),
    ("update bodies set prefix = 'X' where code like '91310115%'", "bodies: the row"),
    ("update cells set body = 'x' where list = '1' and cell = 4", "cells: the row list 1, cell 4"),
    ("update batches set headcount = 99", "batches: the row log_index 18"),
    ("update batches set taken = 0", "batches: the row log_index 18"),
    ("update seats set taken = 0", "seats: the row batch 18"),
    ("update seats set places = 2", "seats: the row batch 18"),
    ("delete from persons", "persons: the row slot"),
    ("update digests set log_index = 3 where log_index = 20", "digests: the row digest"),
    ("delete from numbers where log_index = 20", "numbers: the row number"),
    ("update places set idx = idx + 9 where log_index = 20", "places: the row list 1, idx"),
    ("delete from nonces where log_index = 20", "nonces: the row kid"),
    ("update statuses set status = 3 where status = 1", "statuses: the row certificate 19"),
    ("delete from statuses where status = 1", "statuses: the row certificate 19 is missing"),
    ("insert into statuses values (23, 1, 'x')", "statuses: the row certificate 23 ought not"),
    ("insert into erasures values (20, 3)", "erasures: the row log_index 20 ought not"),
    ("delete from successors", "successors: the row host"),
]  # fmt: skip


@pytest.mark.parametrize(("sql", "expected"), EDITS, ids=[sql[:60] for sql, _ in EDITS])
def test_an_edit_is_found_and_named(busy: World, sql: str, expected: str) -> None:
    edit(busy, sql)
    assert expected in found(busy)


def test_every_table_is_edited_somewhere() -> None:
    unchecked = {"submissions", "access_tokens", "peers"}  # no part of history
    edited = " ".join(sql for sql, _ in EDITS)
    assert {name for name in tables.metadata.tables if name not in edited} == unchecked


def test_every_bit_of_a_stored_leaf_counts(busy: World) -> None:
    with database.read(busy.registry.engine) as connection:
        whole = connection.execute(
            text("select commitment from leaves where log_index = 20")
        ).scalar_one()
    for position in (0, 7, 31):
        broken = bytearray(whole)
        broken[position] ^= 1
        edit(busy, f"update leaves set commitment = x'{broken.hex()}' where log_index = 20")
        assert "log index 20" in found(busy)
    edit(busy, f"update leaves set commitment = x'{whole.hex()}' where log_index = 20")
    fsck.fsck(busy.registry)


def test_annulling_a_filing_later_makes_no_admission_a_fault(busy: World) -> None:
    filing = {"number": "沪人社备〔2026〕7号", "document": "沪人社撤〔2026〕1号"}
    busy.state("filing_void", busy.first.id, filing)
    fsck.fsck(busy.registry)


# Evidence -----------------------------------------------------------------------------------------


def test_evidence_proves_what_happened_offline(busy: World) -> None:
    claims = busy.first.claims(PEOPLE[5])
    submit(busy, busy.first.sign(claims))
    busy.clock.now += DAY
    busy.first.change("suspend", claims)
    busy.state(
        "standing", busy.first.id, {"from": busy.clock.now, "state": "suspended", "document": "令"}
    )
    publish_now(busy)
    data = evidence.collect(busy.registry, claims.certificate_number)
    proven = evidence_check.check(data, busy.settings.anchor)
    assert (proven.number, proven.body) == (claims.certificate_number, busy.first.id)
    assert (proven.status, proven.filing) == ("suspended by its body", "沪人社备〔2026〕7号")
    assert proven.admitted == busy.clock.now - DAY
    revoked = evidence.collect(busy.registry, f"{busy.first.prefix}263000001")
    assert evidence_check.check(revoked, busy.settings.anchor).status == "revoked"


def test_evidence_needs_a_checkpoint_that_covers_it(busy: World) -> None:
    claims = busy.first.claims(PEOPLE[5])
    submit(busy, busy.first.sign(claims))
    with pytest.raises(SealError) as caught:
        evidence.collect(busy.registry, claims.certificate_number)
    assert caught.value.code == "evidence.unpublished"
    with pytest.raises(SealError) as caught:
        evidence.collect(busy.registry, "无此号")
    assert caught.value.code == "certificate.unknown"


def change_of(path: list[Any], value: Any) -> Any:
    def change(file: Any) -> None:
        for step in path[:-1]:
            file = file[step]
        file[path[-1]] = value(file[path[-1]]) if callable(value) else value

    return change


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (change_of(["certificate", "salt"], base64url.encode(b"s" * 16)), "log.inclusion"),
        (change_of(["certificate", "log_index"], 3), "evidence.receipt"),
        (change_of(["certificate", "proof"], lambda proof: proof[1:]), "log.inclusion"),
        (change_of(["certificate", "proof", 0], base64url.encode(bytes(32))), "log.inclusion"),
        (change_of(["statements"], lambda all_: all_[::-1]), "evidence.order"),
        (change_of(["statements"], lambda all_: all_[:4] + all_[5:]), "body.unknown"),
        (change_of(["statements", 0, "receipt"], lambda _: "a.b.c"), "malformed.token"),
        (change_of(["root"], []), "malformed.profile"),
        (change_of(["checkpoint"], "a.b.c"), "malformed.token"),
        (lambda file: file.update(more=1), "malformed.profile"),
        (
            lambda file: file["statements"][0].update(receipt=file["statements"][1]["receipt"]),
            "evidence.receipt",
        ),
        (
            lambda file: file["certificate"].update(receipt=file["statements"][1]["receipt"]),
            "evidence.receipt",
        ),
    ],
)
def test_evidence_that_was_touched_proves_nothing(busy: World, change: Any, expected: str) -> None:
    data = evidence.collect(busy.registry, f"{busy.first.prefix}263000002")
    file = json.loads(data)
    change(file)
    with pytest.raises(SealError) as caught:
        evidence_check.check(json.dumps(file, ensure_ascii=False).encode(), busy.settings.anchor)
    assert caught.value.code == expected


def forge(token: str) -> str:
    return f"{token.rpartition('.')[0]}.{base64url.encode(bytes(63) + b'x')}"


def re_signed(world: World, signatures: list[str]) -> list[str]:
    """Have a stranger sign what somebody else stated."""
    payload = envelope.read(signatures[0], envelope.STATEMENT).payload
    return [envelope.sign(world.other.statement, envelope.STATEMENT, payload)]


@pytest.mark.parametrize("where", ["receipt", "checkpoint", "certificate"])
def test_a_forged_signature_anywhere_proves_nothing(busy: World, where: str) -> None:
    file = json.loads(evidence.collect(busy.registry, f"{busy.first.prefix}263000002"))
    if where == "receipt":
        file["statements"][3]["receipt"] = forge(file["statements"][3]["receipt"])
    elif where == "checkpoint":
        file["checkpoint"] = forge(file["checkpoint"])
    else:
        file["certificate"]["token"] = forge(file["certificate"]["token"][:-1]) + "~"
    with pytest.raises(SealError) as caught:
        evidence_check.check(json.dumps(file, ensure_ascii=False).encode(), busy.settings.anchor)
    assert caught.value.code == "signature.invalid"


def test_a_strangers_signature_under_a_statement_proves_nothing(busy: World) -> None:
    data = evidence.collect(busy.registry, f"{busy.first.prefix}263000002")
    for number, one in enumerate(json.loads(data)["statements"]):
        file = json.loads(data)
        file["statements"][number]["signatures"] = re_signed(busy, one["signatures"])
        with pytest.raises(SealError) as caught:
            evidence_check.check(
                json.dumps(file, ensure_ascii=False).encode(), busy.settings.anchor
            )
        assert caught.value.code in {"statement.actor", "statement.signatures", "key.unknown"}


def test_evidence_is_judged_by_the_verifiers_anchor_and_not_its_own(busy: World) -> None:
    data = evidence.collect(busy.registry, f"{busy.first.prefix}263000002")
    with pytest.raises(SealError) as caught:
        evidence_check.check(data, "310000:" + "0" * 64)
    assert caught.value.code == "snapshot.anchor"
