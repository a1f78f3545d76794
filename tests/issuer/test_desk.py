# SPDX-License-Identifier: Apache-2.0
"""From a roster to registered certificates with their codes, in this process."""

import csv
import io
import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import jwt
import pytest
import zxingcpp
from PIL import Image

from credential import carrier
from credential.body import Block
from credential.certificate import Claims
from credential.filing import Standing
from issuer import desk
from issuer.check import Report
from issuer.ledger import Ledger
from issuer.outcomes import Outcome
from issuer.records import Batch, Item
from issuer.submit import Answer, Registry
from keys.signing_key import SigningKey
from tests.issuer import world
from tests.issuer.refusals import code_of
from tests.issuer.sheets import HEADINGS, csv_file, row, rows, xlsxwriter_file
from tests.issuer.world import FakeRegistry

QR_CODES = zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCodeModel2)


class Desk:
    """A desk with a roster, a ledger and a registry that does not pause."""

    def __init__(self, folder: Path, roster: Path, **changes: object) -> None:
        self.folder = folder
        self.out = folder / "out"
        self.filing = world.filing(**changes)  # type: ignore[arg-type]  # passed on
        self.order = world.order(roster, self.filing)
        self.fake = FakeRegistry()
        self.pauses: list[float] = []
        self.registry = Registry("http://x", self.pauses.append, self.fake.post)
        self.at = world.AT

    def ledger(self) -> Ledger:
        return Ledger.open(self.folder / "ledger.sqlite", world.BODY, bytes)

    def file(self, name: str | None = "B1") -> tuple[list[Batch], Report]:
        with self.ledger() as ledger:
            return desk.file(
                self.order, ledger, self.registry, world.STATEMENT_KEY, world.means(self.at), name
            )

    def issue(self) -> Outcome:
        keys = (world.CERTIFICATE_KEY, world.SUBMIT_KEY)
        with self.ledger() as ledger:
            return desk.issue_roster(
                self.order, ledger, self.registry, keys, self.out, world.means(self.at)
            )

    def items(self, batch: str = "B1") -> list[Item]:
        with self.ledger() as ledger:
            return ledger.items(batch)


def test_a_roster_becomes_registered_certificates_with_codes(tmp_path: Path) -> None:
    at_desk = Desk(tmp_path, xlsxwriter_file(tmp_path / "r.xlsx", rows(5)), tags="required")
    (batch,), report = at_desk.file()
    assert (batch.batch, report.refusals) == ("B1", ())
    outcome = at_desk.issue()
    assert (outcome.rows, len(outcome.registered), outcome.refusals) == (5, 5, ())
    for item in at_desk.items():
        text = (at_desk.out / f"{item.number}.txt").read_text()
        carried = carrier.decode(text)
        assert (carried.certificate, carried.receipt) == (item.token, item.receipt)
        picture = Image.open(at_desk.out / f"{item.number}.png").convert("L")
        found = zxingcpp.read_barcodes(picture, formats=QR_CODES)
        assert [each.text for each in found] == [text]
        assert (at_desk.out / f"{item.number}.svg").read_bytes().startswith(b"<svg")
        # Any JWT library reads it with the body's public key.
        said = jwt.decode(
            carried.certificate,
            jwt.PyJWK(world.CERTIFICATE_KEY.public.members),
            algorithms=["ES256"],
            options={"verify_iat": False},
        )
        assert said["certificate_number"] == item.number
        assert len(said["holder_tag"]) == 4
        assert said["batch"] == "B1"
    assert {item.number for item in at_desk.items()} == {
        f"{world.PREFIX}263{serial:06}" for serial in range(1, 6)
    }
    indexes = {item.index for item in at_desk.items()}
    assert len(indexes) == 5
    block = range(world.BLOCK.first, world.BLOCK.first + world.BLOCK.size)
    assert all(index in block for index in indexes)
    table = (at_desk.out / "results.csv").read_text("utf-8-sig")
    read = list(csv.reader(io.StringIO(table, newline="")))
    assert [line[:3] for line in read[1:]] == [
        [str(item.line), "已登记", item.number] for item in at_desk.items()
    ]


def test_nothing_is_issued_on_a_roster_that_is_not_filed(tmp_path: Path) -> None:
    at_desk = Desk(tmp_path, csv_file(tmp_path / "r.csv", rows(2)))
    assert code_of(at_desk.issue) == "batch.not_filed"
    at_desk.file()
    csv_file(tmp_path / "r.csv", [*rows(2), row(2)])
    assert code_of(at_desk.issue) == "batch.not_filed"
    csv_file(tmp_path / "r.csv", [row(0), row(1, 姓名="换了人")])
    assert code_of(at_desk.issue) == "batch.not_filed"
    assert at_desk.fake.claims == []
    # The same cells saved again by another program are the same roster.
    xlsxwriter_file(tmp_path / "r.csv", rows(2))
    assert len(at_desk.issue().registered) == 2


def test_filing_twice_gives_the_same_statement_and_receipt(tmp_path: Path) -> None:
    at_desk = Desk(tmp_path, csv_file(tmp_path / "r.csv", rows(2)))
    (first,), _ = at_desk.file()
    at_desk.at += 100
    (second,), _ = at_desk.file("another name")
    assert second == first
    assert at_desk.fake.requests == ["/statements"]


def test_a_statement_whose_answer_was_lost_is_sent_again_as_it_was(tmp_path: Path) -> None:
    at_desk = Desk(tmp_path, csv_file(tmp_path / "r.csv", rows(2)))

    def lose(_: str) -> None:
        raise ConnectionResetError

    at_desk.fake.after = lose
    assert code_of(at_desk.file) == "registry.unreachable"
    (kept,) = at_desk.fake.admitted.values()
    at_desk.fake.after = lambda _: None
    (batch,), _ = at_desk.file("other")
    assert (batch.batch, batch.receipt) == ("B1", kept[0])
    assert len(at_desk.fake.admitted) == 1


def test_a_batch_that_the_registry_refuses_is_made_anew(tmp_path: Path) -> None:
    at_desk = Desk(tmp_path, csv_file(tmp_path / "r.csv", rows(2)))
    refusal = Answer(403, None, b'{"code":"key.unknown","detail":"not registered"}')
    at_desk.fake.before = lambda _: refusal
    assert code_of(at_desk.file) == "key.unknown"
    at_desk.fake.before = lambda _: None
    (batch,), _ = at_desk.file("B2")
    assert batch.batch == "B2"


def test_each_way_of_evaluating_is_a_batch_of_its_own(tmp_path: Path) -> None:
    headings = [*HEADINGS, "评价方式"]
    table = [[*row(0), "考核"], [*row(1), "直接认定"], [*row(2), ""]]
    at_desk = Desk(tmp_path, csv_file(tmp_path / "r.csv", table, headings))
    batches, _ = at_desk.file()
    assert [(each.batch, each.route) for each in batches] == [
        ("B1-D", "direct_recognition"),
        ("B1", "examination"),
    ]
    assert len(at_desk.issue().registered) == 3
    assert {(claims.batch, claims.route) for claims in at_desk.fake.claims} == {
        ("B1", "examination"),
        ("B1-D", "direct_recognition"),
    }


def test_a_refused_batch_does_not_stop_that_of_another_route(tmp_path: Path) -> None:
    table = [[*row(0), "考核"], [*row(1), "直接认定"]]
    at_desk = Desk(tmp_path, csv_file(tmp_path / "r.csv", table, [*HEADINGS, "评价方式"]))
    refusal = Answer(422, None, b'{"code":"scope.kind","detail":"x"}')
    answers: list[Answer | None] = [None, refusal]
    at_desk.fake.before = lambda _: answers.pop(0) if answers else None
    assert code_of(at_desk.file) == "scope.kind"
    batches, _ = at_desk.file("B2")
    assert {each.batch: each.receipt is not None for each in batches} == {"B1-D": True, "B2": True}
    assert len(at_desk.issue().registered) == 2


def test_bad_rows_are_refused_and_the_totals_add_up(tmp_path: Path) -> None:
    table = [
        row(0),
        row(1, 姓名=None),
        row(2, 证件号码="310199199001010019"),
        row(3),
        row(4, **{"职业（工种）": "钢筋工"}),
        row(5, 实操成绩="59"),
    ]
    at_desk = Desk(tmp_path, csv_file(tmp_path / "r.csv", table))
    _, report = at_desk.file()
    expected = [
        (3, "cell.missing"),
        (4, "holder.malformed"),
        (6, "scope.occupation"),
        (7, "score.failed"),
    ]
    assert [(each.row, each.code) for each in report.refusals] == expected
    outcome = at_desk.issue()
    assert [(each.row, each.code) for each in outcome.refusals] == expected
    assert len(outcome.registered) + outcome.refused + len(outcome.waiting) == outcome.rows == 6


def test_a_second_run_registers_nothing_and_changes_no_file(tmp_path: Path) -> None:
    at_desk = Desk(tmp_path, csv_file(tmp_path / "r.csv", rows(3)))
    at_desk.file()
    at_desk.issue()
    before = {path.name: path.read_bytes() for path in at_desk.out.iterdir()}
    asked = list(at_desk.fake.requests)
    at_desk.at += 86_400
    outcome = at_desk.issue()
    assert len(outcome.registered) == 3
    assert at_desk.fake.requests == asked
    assert {path.name: path.read_bytes() for path in at_desk.out.iterdir()} == before


def test_without_a_network_the_signed_certificates_wait(tmp_path: Path) -> None:
    at_desk = Desk(tmp_path, csv_file(tmp_path / "r.csv", rows(3)))
    at_desk.file()

    def gone(_: str) -> Answer:
        raise ConnectionRefusedError

    at_desk.fake.before = gone
    outcome = at_desk.issue()
    assert outcome.unreachable is not None
    assert outcome.unreachable.code == "registry.unreachable"
    assert (len(outcome.registered), len(outcome.waiting), outcome.refusals) == (0, 3, ())
    tokens = [item.token for item in at_desk.items()]
    assert None not in tokens
    at_desk.fake.before = lambda _: None
    at_desk.at += 3600
    assert len(at_desk.issue().registered) == 3
    assert [item.token for item in at_desk.items()] == tokens


def test_a_busy_registry_is_asked_again_after_growing_pauses(tmp_path: Path) -> None:
    at_desk = Desk(tmp_path, csv_file(tmp_path / "r.csv", rows(2)))
    at_desk.file()
    busy = iter([Answer(503, None, b""), Answer(503, "7", b""), Answer(502, "900", b"")])
    at_desk.fake.before = lambda _: next(busy, None)
    assert len(at_desk.issue().registered) == 2
    assert at_desk.pauses == [0.5, 7.0, 30.0]


def test_an_index_taken_elsewhere_is_spent_and_the_number_kept(tmp_path: Path) -> None:
    at_desk = Desk(tmp_path, csv_file(tmp_path / "r.csv", rows(3)))
    at_desk.file()
    taken: list[int] = []

    def judge(claims: Claims) -> str | None:
        if len(taken) < 2:
            taken.append(claims.status_index)
            return "status.taken"
        return None

    at_desk.fake.judge = judge
    outcome = at_desk.issue()
    assert len(outcome.registered) == 3
    assert [item.number for item in at_desk.items()] == [
        f"{world.PREFIX}263{serial:06}" for serial in (1, 2, 3)
    ]
    assert not {item.index for item in at_desk.items()} & set(taken)
    with at_desk.ledger() as ledger:
        assert {("1", index) for index in taken} <= ledger.indexes()


def test_a_drawn_number_taken_elsewhere_is_passed_over(tmp_path: Path) -> None:
    at_desk = Desk(tmp_path, csv_file(tmp_path / "r.csv", rows(2)))
    at_desk.file()
    at_desk.fake.numbers[f"{world.PREFIX}263000001"] = b"another desk's"
    assert len(at_desk.issue().registered) == 2
    assert {item.number for item in at_desk.items()} == {
        f"{world.PREFIX}263000002",
        f"{world.PREFIX}263000003",
    }


def test_what_was_signed_too_long_ago_is_signed_again(tmp_path: Path) -> None:
    at_desk = Desk(tmp_path, csv_file(tmp_path / "r.csv", rows(1)))
    at_desk.file()

    def gone(_: str) -> Answer:
        raise ConnectionRefusedError

    at_desk.fake.before = gone
    at_desk.issue()
    (first,) = at_desk.items()
    at_desk.fake.before = lambda _: None
    at_desk.at += 50 * 86_400  # into the next year
    at_desk.fake.judge = lambda claims: "dates.backdated" if claims.iat < at_desk.at else None
    assert len(at_desk.issue().registered) == 1
    (second,) = at_desk.items()
    assert (second.list, second.index) == (first.list, first.index)
    assert (first.number, second.number) == (
        f"{world.PREFIX}263000001",
        f"{world.PREFIX}273000001",
    )


def test_what_the_registry_refuses_is_reported_with_its_code(tmp_path: Path) -> None:
    at_desk = Desk(tmp_path, csv_file(tmp_path / "r.csv", rows(3)))
    at_desk.file()
    name = row(1)[0]
    at_desk.fake.judge = lambda claims: "person.duplicate" if claims.name == name else None
    outcome = at_desk.issue()
    assert [(each.row, each.code) for each in outcome.refusals] == [(3, "person.duplicate")]
    assert len(outcome.registered) == 2
    assert not (at_desk.out / f"{world.PREFIX}263000002.txt").exists()


def test_a_receipt_for_something_else_is_not_believed(tmp_path: Path) -> None:
    at_desk = Desk(tmp_path, csv_file(tmp_path / "r.csv", rows(2)))
    at_desk.file()
    genuine = at_desk.fake.post

    def swapped(url: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        answer = genuine(url, body, headers)
        value = json.loads(answer.content)
        value["results"].reverse()
        return Answer(200, None, json.dumps(value).encode())

    at_desk.registry = Registry("http://x", at_desk.pauses.append, swapped)
    assert code_of(at_desk.issue) == "receipt.mismatch"
    assert all(item.receipt is None for item in at_desk.items())
    assert not list(at_desk.out.glob("*.txt"))


def test_a_receipt_by_another_key_is_not_believed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    at_desk = Desk(tmp_path, csv_file(tmp_path / "r.csv", rows(2)))
    at_desk.file()
    thief = SigningKey.from_seed("receipt", b"thief", epoch=1)
    monkeypatch.setattr(world, "RECEIPT_KEY", thief)
    assert code_of(at_desk.issue) == "receipt.invalid"
    assert all(item.receipt is None for item in at_desk.items())


def test_a_person_who_has_it_already_is_not_filed_again(tmp_path: Path) -> None:
    at_desk = Desk(tmp_path, csv_file(tmp_path / "r.csv", rows(2)))
    at_desk.file()
    at_desk.issue()
    csv_file(tmp_path / "r.csv", [row(1), row(2)])
    _, report = at_desk.file("B2")
    assert [(each.row, each.code) for each in report.refusals] == [(2, "row.issued")]
    outcome = at_desk.issue()
    assert [(each.row, each.code) for each in outcome.refusals] == [(2, "row.issued")]
    assert len(outcome.registered) == 1


def test_numbers_from_the_roster_are_kept_and_never_drawn(tmp_path: Path) -> None:
    headings = [*HEADINGS, "证书编号"]
    table = [[*row(0), ""], [*row(1), f"{world.PREFIX}263000001"], [*row(2), ""]]
    at_desk = Desk(tmp_path, csv_file(tmp_path / "r.csv", table, headings))
    at_desk.file()
    at_desk.issue()
    assert [item.number for item in at_desk.items()] == [
        f"{world.PREFIX}263{serial:06}" for serial in (2, 1, 3)
    ]


def test_too_few_indexes_stop_the_run_before_anything_is_drawn(tmp_path: Path) -> None:
    few = Block("1", 1024, 2)
    at_desk = Desk(tmp_path, csv_file(tmp_path / "r.csv", rows(3)), blocks=(few,))
    at_desk.file()
    assert code_of(at_desk.issue) == "indexes.exhausted"
    assert all(item.number is None for item in at_desk.items())


def test_a_key_that_is_not_registered_signs_nothing(tmp_path: Path) -> None:
    at_desk = Desk(tmp_path, csv_file(tmp_path / "r.csv", rows(1)), keys=())
    assert code_of(at_desk.file) == "key.not_registered"


def test_a_filing_file_without_a_catalogue(tmp_path: Path) -> None:
    at_desk = Desk(tmp_path, csv_file(tmp_path / "r.csv", rows(1)))
    at_desk.order = replace(at_desk.order, filing=replace(at_desk.filing, catalogues=()))
    assert code_of(at_desk.file) == "catalogue.missing"


def test_a_suspended_body_is_told_so_once(tmp_path: Path) -> None:
    standing = (Standing(0, "suspended", "沪人社〔2026〕9号", None),)
    at_desk = Desk(tmp_path, csv_file(tmp_path / "r.csv", rows(3)), standing=standing)
    assert code_of(at_desk.file) == "standing.suspended"


def test_a_ledger_of_another_body_is_refused(tmp_path: Path) -> None:
    at_desk = Desk(tmp_path, csv_file(tmp_path / "r.csv", rows(1)))
    at_desk.file()
    other = f"https://{world.HOST}/bodies/91310000MA1FL3L9XX"
    assert code_of(lambda: Ledger.open(tmp_path / "ledger.sqlite", other, bytes)) == "ledger.body"


def test_no_document_number_is_kept_or_printed(tmp_path: Path) -> None:
    at_desk = Desk(tmp_path, csv_file(tmp_path / "r.csv", rows(3)), tags="required")
    at_desk.file()
    at_desk.issue()
    numbers = [str(row(serial)[1]).encode() for serial in range(3)]
    files = [path for path in tmp_path.rglob("*") if path.is_file() and path.name != "r.csv"]
    assert len(files) > 9
    for path in files:
        assert not any(number in path.read_bytes() for number in numbers), path.name
    assert not any(str(row(0)[1]) in repr(each) for each in (at_desk.order, at_desk.items()))
