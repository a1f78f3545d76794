# SPDX-License-Identifier: Apache-2.0
"""A batch's evidence: put together by the desk, checked offline against a published snapshot."""

import hashlib
import json
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from hypothesis import given, settings
from hypothesis import strategies as st

from credential import canonical, certificate, envelope, receipt
from credential.filing_file import FilingFile
from credential.receipt import Receipt
from issuer import desk_token, evidence_check, evidence_pack, evidence_zip
from issuer.evidence_check import Known
from keys import key_file
from registry import app, lists, publish
from skillseal import main
from tests.issuer.afterwards import Bureau, evaluated
from tests.issuer.refusals import code_of
from tests.issuer.sheets import HEADINGS, csv_file, number, row
from tests.registry.world import DAY, START, World

ROWS = 4
PASSPHRASE = b"correct horse"
Parts = dict[str, bytes]


@dataclass(frozen=True)
class Made:
    """A pack with what it is checked against."""

    folder: Path
    bureau: Bureau
    data: bytes
    known: Known
    numbers: list[str]
    anchor: str

    def check(self, data: bytes | None = None) -> evidence_check.Proven:
        return evidence_check.check(self.data if data is None else data, self.known)

    def signed_again(self, change: Callable[[Parts], None]) -> bytes:
        """Change parts and have the body sign the pack anew: a body that lies."""
        parts = dict(evidence_zip.unpack(self.data)[1:])
        change(parts)
        listed = [
            {"name": name, "sha256": hashlib.sha256(content).hexdigest(), "length": len(content)}
            for name, content in parts.items()
        ]
        payload = canonical.encode(
            {
                "format": 1,
                "iss": self.known.body.id,
                "batch": "B9",
                "iat": self.bureau.at,
                "parts": listed,
            }
        )
        key = self.bureau.world.first.statement
        token = desk_token.sign(key, desk_token.EVIDENCE, payload)
        return evidence_zip.pack([("manifest.jws", token.encode()), *parts.items()])


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    folder = tmp_path_factory.mktemp("evidence")
    world = World(folder).found()
    world.clock.now = START + DAY
    lists.sign_lists(world.registry, world.list, world.status)
    with TestClient(app.build(world.registry)) as client:
        bureau = Bureau(folder, world, client)
        headings = [*HEADINGS, "考评员", "备注"]
        table = [[*evaluated(n), "顾长汀、韩照野", "x"] for n in range(ROWS)]
        bureau.roster = csv_file(folder / "r.csv", table, headings)
        numbers = bureau.issue_file(bureau.roster, "B9")
        world.clock.now += DAY
        assert bureau.change("revoke", numbers[:1]) == [("done", None)]
        lists.sign_lists(world.registry, world.list, world.status)
        publish.publish(world.registry, world.publish, world.log)
        with bureau.ledger() as ledger:
            data = evidence_pack.collect(
                ledger, bureau.filing, "B9", bureau.roster, world.first.statement, at=bureau.at
            )
    body, known = evidence_check.body_of(data)
    assert body == world.first.id
    return Made(folder, bureau, data, known, numbers, world.settings.anchor)


def test_it_proves_the_batch(made: Made) -> None:
    proven = made.check()
    assert (proven.headcount, proven.results, proven.passed, proven.assessors) == (4, 4, 4, 4)
    assert len(proven.certificates) == ROWS
    assert (proven.batch, proven.route, proven.later) == ("B9", "examination", {"revoke": 1})


def test_it_is_the_same_file_each_time(made: Made) -> None:
    with made.bureau.ledger() as ledger:
        key = made.bureau.world.first.statement
        given_ = (ledger, made.bureau.filing, "B9", made.bureau.roster, key)
        assert evidence_pack.collect(*given_, at=made.bureau.at) == made.data


def test_it_names_people_and_scores_and_no_document(made: Made) -> None:
    results = dict(evidence_zip.unpack(made.data))["results.jsonl"].decode()
    first = json.loads(results.splitlines()[0])
    assert (first["theory"], first["practice"]) == ("80", "85")
    assert first["assessors"] == ["考评员：顾长汀、韩照野"]
    assert "备注" not in results
    for serial in range(ROWS):
        assert number(serial).encode() not in made.data
        assert number(serial)[-8:].encode() not in made.data


def test_other_programs_open_it(made: Made, tmp_path: Path) -> None:
    (tmp_path / "p.zip").write_bytes(made.data)
    with zipfile.ZipFile(tmp_path / "p.zip") as opened:
        assert opened.testzip() is None
        assert opened.namelist() == ["manifest.jws", *evidence_pack.NAMES]
        assert "核验无需联网" in opened.read("readme.txt").decode()


@settings(max_examples=150)
@given(st.data())
def test_any_changed_byte_is_found(made: Made, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(made.data) - 1))
    bit = 1 << data.draw(st.integers(0, 7))
    changed = bytearray(made.data)
    changed[at] ^= bit
    assert code_of(made.check, bytes(changed)) == "evidence.zip"


@settings(max_examples=150)
@given(st.data())
def test_any_changed_byte_of_a_part_is_found_in_a_file_written_anew(
    made: Made, data: st.DataObject
) -> None:
    parts = evidence_zip.unpack(made.data)
    place = data.draw(st.integers(0, len(parts) - 1))
    name, content = parts[place]
    at = data.draw(st.integers(0, len(content) - 1))
    changed = bytearray(content)
    changed[at] ^= 1 << data.draw(st.integers(0, 7))
    parts[place] = name, bytes(changed)
    known = made.known
    code = code_of(evidence_check.check, evidence_zip.pack(parts), known)
    assert code.startswith(("evidence.parts", "signature.", "key.", "malformed."))


@settings(max_examples=100)
@given(st.binary(max_size=300))
def test_arbitrary_bytes_are_no_pack(data: bytes) -> None:
    assert code_of(evidence_zip.unpack, data) == "evidence.zip"
    assert code_of(evidence_zip.unpack, b"PK\x03\x04" + data) == "evidence.zip"


def test_what_is_cut_off_or_appended_is_found(made: Made) -> None:
    for data in (made.data[:-1], made.data + b"\0", b"", made.data[1:], made.data * 2):
        assert code_of(made.check, data) == "evidence.zip"


def edited(name: str, old: str, new: str, count: int = 1) -> Callable[[Parts], None]:
    def change(parts: Parts) -> None:
        assert old.encode() in parts[name]
        parts[name] = parts[name].replace(old.encode(), new.encode(), count)

    return change


def without_last_line(name: str) -> Callable[[Parts], None]:
    def change(parts: Parts) -> None:
        parts[name] = b"".join(parts[name].splitlines(keepends=True)[:-1])

    return change


def doubled(name: str) -> Callable[[Parts], None]:
    def change(parts: Parts) -> None:
        parts[name] += parts[name].splitlines(keepends=True)[-1]

    return change


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (edited("results.jsonl", '"theory":"80"', '"theory":"59"'), "evidence.score"),
        (edited("results.jsonl", '"practice":"85"', '"practice":""'), "evidence.score"),
        (edited("results.jsonl", '"level":"3"', '"level":"4"'), "evidence.results"),
        (without_last_line("results.jsonl"), "evidence.results"),
        (without_last_line("roster.json"), "malformed.token"),
        (doubled("results.jsonl"), "malformed.profile"),
        (doubled("certificates.jsonl"), "malformed.profile"),
        (without_last_line("certificates.jsonl"), "evidence.results"),
        (edited("roster.json", '"salt":"', '"salt":"A'), "malformed.profile"),
        (edited("batch.json", '"salt":"', '"salt":"A'), "evidence.receipt"),
    ],
)
def test_a_body_that_lies_is_found_out(
    made: Made, change: Callable[[Parts], None], code: str
) -> None:
    assert code_of(made.check, made.signed_again(change)) == code


def test_what_the_body_may_not_put_together(made: Made) -> None:
    # A certificate of another row beside a result.
    def swapped(parts: Parts) -> None:
        lines = parts["certificates.jsonl"].splitlines(keepends=True)
        first, second = json.loads(lines[0]), json.loads(lines[1])
        first["row"], second["row"] = second["row"], first["row"]
        lines[:2] = [canonical.encode(second) + b"\n", canonical.encode(first) + b"\n"]
        parts["certificates.jsonl"] = b"".join(lines)

    assert code_of(made.check, made.signed_again(swapped)) == "evidence.results"

    # A receipt that is for another certificate.
    def mixed(parts: Parts) -> None:
        lines = parts["certificates.jsonl"].splitlines(keepends=True)
        first, second = json.loads(lines[0]), json.loads(lines[1])
        first["receipt"] = second["receipt"]
        lines[0] = canonical.encode(first) + b"\n"
        parts["certificates.jsonl"] = b"".join(lines)

    assert code_of(made.check, made.signed_again(mixed)) == "evidence.receipt"

    # The same certificate twice, under another row.
    def twice(parts: Parts) -> None:
        lines = parts["certificates.jsonl"].splitlines(keepends=True)
        again = json.loads(lines[-1])
        again["row"] += 1
        parts["certificates.jsonl"] += canonical.encode(again) + b"\n"

    assert code_of(made.check, made.signed_again(twice)) == "evidence.roster"
    assert made.check(made.signed_again(lambda _: None)) == made.check()


@pytest.mark.parametrize(
    ("claims", "index", "code"),
    [
        ({}, 900, "evidence.results"),  # of somebody else than the result
        ({"level": "5"}, 900, "evidence.certificate"),
        ({"occupation_code": "lyg2020:21"}, 900, "evidence.certificate"),
        ({"region": "310104"}, 900, "evidence.certificate"),
        ({"route": "direct_recognition"}, 900, "evidence.certificate"),
        ({"evaluated_on": "2026-09-13"}, 900, "evidence.certificate"),
        ({"batch": "B8"}, 900, "evidence.certificate"),
        ({"name": "欧阳青禾"}, 900, "evidence.roster"),
        ({}, 0, "evidence.certificate"),  # registered before the batch
    ],
)
def test_a_certificate_that_the_batch_does_not_cover(
    made: Made, claims: dict[str, Any], index: int, code: str
) -> None:
    # A body and a registry that lie together: only the batch's statement stands against them.
    world = made.bureau.world

    def forged(parts: Parts) -> None:
        lines = parts["certificates.jsonl"].splitlines(keepends=True)
        first = json.loads(lines[0])
        _, said = certificate.read(first["certificate"][:-1])
        number_ = f"{said.certificate_number[:-6]}000099"
        changed = said._replace(certificate_number=number_, **claims)
        signed = envelope.sign(world.first.certificate, envelope.CERTIFICATE, changed.to_bytes())
        digest = envelope.read(signed, envelope.CERTIFICATE).digest
        stamp = Receipt(world.host, world.clock.now, digest, index, 1)
        first["certificate"] = f"{signed}~"
        first["receipt"] = receipt.sign(world.receipt, stamp)
        lines[0] = canonical.encode(first) + b"\n"
        parts["certificates.jsonl"] = b"".join(lines)

    assert code_of(made.check, made.signed_again(forged)) == code


def test_keys_that_were_not_in_force_then(made: Made) -> None:
    body = made.known.body
    first = made.bureau.world.first
    for key, role in ((first.certificate, "certificate"), (first.statement, "statement")):
        records = tuple(
            each._replace(distrusted_after=START) if each.kid == key.kid else each
            for each in body.keys
        )
        known = replace(made.known, body=body._replace(keys=records))
        assert code_of(evidence_check.check, made.data, known) == "key.not_valid_then", role
    known = replace(made.known, receipts=())
    assert code_of(evidence_check.check, made.data, known) == "evidence.receipt"
    other = FilingFile.from_bytes(made.bureau.filing.to_bytes())
    known = Known(other.body._replace(keys=()), other.hosts, other.receipts)
    assert code_of(evidence_check.check, made.data, known) == "key.not_registered"


def test_another_roster_is_refused(made: Made, tmp_path: Path) -> None:
    other = csv_file(tmp_path / "r.csv", [evaluated(n, 理论成绩="99") for n in range(ROWS)])
    with made.bureau.ledger() as ledger:
        key = made.bureau.world.first.statement
        for name, roster, code in (
            ("B9", other, "evidence.roster"),
            ("B8", made.bureau.roster, "batch.unknown"),
        ):
            refused = (ledger, made.bureau.filing, name, roster, key)
            assert code_of(evidence_pack.collect, *refused, at=made.bureau.at) == code


def test_by_command(made: Made, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "filing.json").write_bytes(made.bureau.filing.to_bytes())
    key_file.create(tmp_path / "s.key", made.bureau.world.first.statement, PASSPHRASE)
    (tmp_path / "secret").write_bytes(PASSPHRASE)
    at = ["--at", str(made.bureau.at + 60)]
    out = tmp_path / "B9.zip"
    arguments = ["--roster", str(made.bureau.roster), "--filing", str(tmp_path / "filing.json")]
    arguments += ["--ledger", str(made.bureau.path), "--statement-key", str(tmp_path / "s.key")]
    arguments += ["--passphrase-file", str(tmp_path / "secret"), "--out", str(out), *at]
    assert main.main(["issuer", "evidence", "B9", *arguments]) == 0
    capsys.readouterr()
    snapshot = made.folder / "published" / "snapshot.json"
    vouched = ["--snapshot", str(snapshot), "--anchor", made.anchor, "--json", *at]
    assert main.main(["issuer", "evidence-check", str(out), *vouched]) == 0
    said = json.loads(capsys.readouterr().out)
    assert (said["outcome"], said["certificates"]) == ("holds", ROWS)
    assert said["verdicts"] == {"ok": ROWS - 1, "status.revoked": 1}
    assert said["log"]["covered"] == ROWS
    assert main.main(["issuer", "evidence-check", str(out), "--alone", *at]) == 3
    assert "agrees with itself" in capsys.readouterr().out
    out.write_bytes(out.read_bytes()[:-1])
    assert main.main(["issuer", "evidence-check", str(out), *vouched]) == 1
    assert json.loads(capsys.readouterr().out)["code"] == "evidence.zip"
    out.write_bytes(made.signed_again(edited("results.jsonl", '"theory":"80"', '"theory":"8"')))
    assert main.main(["issuer", "evidence-check", str(out), *vouched]) == 1
    assert json.loads(capsys.readouterr().out)["code"] == "evidence.score"
    assert row(0)[1] == number(0)
