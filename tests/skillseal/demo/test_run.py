# SPDX-License-Identifier: Apache-2.0
"""The whole story: real registries, real desks, HTTP, and every verdict."""

import json
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import jwt
import pypdfium2
import zxingcpp
from PIL import Image

from credential import carrier
from credential.snapshot import Snapshot
from credential.statement import Statement
from registry import database, store_statements
from skillseal.demo import cast, catalogue
from skillseal.demo.run import TABLE, Result
from skillseal.main import main
from tests.issuer.printing import typeface
from verifier.marks import FAIL, UNKNOWN

NOT_A_CODES: frozenset[str] = frozenset(
    {
        "receipt.missing",  # only a text form can lack one
        "receipt.mismatch",  # a code's receipt is written from the certificate
        "signature.unsupported",  # a property of the machine
        "freshness.unanchored",  # a property of the snapshot
        "internal",  # a fault of the program
    }
)


# In what looks like noise a reader finds codes of other kinds now and then.
QR_CODES = zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCodeModel2)


def _lines(result: Result) -> list[dict[str, Any]]:
    text = (result.folder / TABLE).read_text("utf-8")
    return [json.loads(line) for line in text.splitlines()]


def test_every_verdict_is_as_expected(result: Result) -> None:
    assert [(each.case.title, each.verdict.reason) for each in result.wrong] == []
    assert result.issued >= 400


def test_every_reason_that_a_code_can_meet_is_met(result: Result) -> None:
    met = set(result.reasons)
    wanted = {("INVALID", reason) for reason in FAIL} | {("INDETERMINATE", r) for r in UNKNOWN}
    wanted |= {("VALID", "ok"), ("VALID", "freshness.stale")}
    missing = {pair for pair in wanted - met if pair[1] not in NOT_A_CODES}
    assert missing == set()


def test_the_first_region_is_under_the_full_gate(result: Result) -> None:
    levels: dict[str, list[object]] = {}
    batches: dict[str, set[bool]] = {}
    for place in cast.PLACES:
        engine = database.connect(f"sqlite:///{result.folder / place.key / 'registry.db'}")
        with database.read(engine) as connection:
            said = [
                Statement.from_bytes(each.payload)
                for each in store_statements.walk(connection, ["gate", "batch"])
            ]
        engine.dispose()
        levels[place.key] = [one.body["level"] for one in said if one.type == "gate"]
        batches[place.key] = {"papers" in one.body for one in said if one.type == "batch"}
    assert levels == {"shanghai": ["full"], "jiangsu": []}
    assert batches == {"shanghai": {True}, "jiangsu": {False}}


def test_every_occupation_of_the_catalogue_is_issued(result: Result) -> None:
    seen: Counter[str] = Counter()
    for each in result.judged:
        if each.verdict.certificate is not None and each.verdict:
            occupation: Any = each.verdict.certificate["occupation"]
            seen[occupation["code"]] += 1
    assert set(seen) == {f"lyg2020:{serial}" for serial in range(1, catalogue.OCCUPATIONS + 1)}


def test_the_table_says_how_to_ask(result: Result) -> None:
    """Each line, asked as it says through the command's own function, gives what it says."""
    known: dict[tuple[str, str], Snapshot] = {}
    anchor = (result.folder / "anchor.txt").read_text("ascii").strip()
    assert anchor == result.anchor
    lines = _lines(result)
    assert len(lines) == len(result.judged)
    for line in lines:
        assert {"number", "qr", "region", "name", "outcome", "reason"} <= set(line)
        text = (result.folder / "qr" / line["qr"]).read_text("ascii")
        place = line.get("snapshot", "snapshot.json"), line.get("anchor", anchor)
        if place not in known:
            known[place] = Snapshot.from_bytes((result.folder / place[0]).read_bytes(), place[1])
        at = datetime.now(UTC)
        if "at" in line:
            at = datetime.strptime(line["at"], "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
        from verifier import verify

        holder = (1, line["id_number"]) if "id_number" in line else None
        verdict = verify(
            text,
            known[place],
            at=at,
            region=line["region"],
            holder=holder,
            demand=line.get("demand"),
        )
        assert (verdict.outcome, verdict.reason) == (line["outcome"], line["reason"]), line


def test_pictures_say_what_the_texts_say(result: Result) -> None:
    folder = result.folder / "qr"
    for line in _lines(result)[:60]:
        name = Path(line["qr"]).stem
        found = zxingcpp.read_barcodes(Image.open(folder / f"{name}.png"), formats=QR_CODES)
        assert [code.text for code in found] == [(folder / line["qr"]).read_text("ascii")]
        assert (folder / f"{name}.svg").read_text("utf-8").lstrip().startswith("<")


def test_the_key_in_the_trust_list_is_all_that_another_library_needs(result: Result) -> None:
    """`jwt.decode` accepts a certificate that came out of a code."""
    snapshot = Snapshot.from_bytes(
        (result.folder / "snapshot.json").read_bytes(), anchor=result.anchor
    )
    carried = carrier.decode(result.sample.text)
    body = snapshot.home.trust_list.body(carried.claims.body_code)
    assert body is not None
    record = body.key(carried.unverified.kid, "certificate")
    assert record is not None
    key = jwt.PyJWK(record.key.members)
    said = jwt.decode(carried.certificate, key, algorithms=["ES256"])
    assert said == carried.claims.to_members()


def test_the_command_of_the_report_works(result: Result, capsys: Any) -> None:
    folder = result.folder
    code = main(
        [
            "verify",
            str(folder / "qr" / result.sample_file),
            *("--snapshot", str(folder / "snapshot.json"), "--anchor", result.anchor, "--json"),
        ]
    )
    assert code == 0
    assert json.loads(capsys.readouterr().out)["reason"] == "ok"


def test_the_wall_has_a_tile_for_every_reason(result: Result) -> None:
    page = (result.folder / "wall.html").read_text("utf-8")
    for _, reason in result.reasons:
        assert f"<dd>{reason}</dd>" in page
    assert "<script" not in page
    assert "http-equiv" in page


def test_the_printed_wall_shows_every_code_of_the_wall(result: Result) -> None:
    """What was read back when it was made, read once more as one would from a photograph."""
    typeface()
    page = (result.folder / "wall.html").read_text("utf-8")
    files = {str(line["qr"]) for line in _lines(result)}
    known = {(result.folder / "qr" / name).read_text("ascii") for name in files}
    shown: list[str] = []
    words = ""
    with pypdfium2.PdfDocument(result.folder / "wall.pdf") as document:
        for each in document:
            image = each.render(scale=200 / 72, grayscale=True).to_pil()
            found = zxingcpp.read_barcodes(image, formats=QR_CODES)
            shown += [one.text for one in found]
            words += str(each.get_textpage().get_text_bounded())
    assert len(shown) == page.count("<article>") > 40
    assert set(shown) <= known
    for _, reason in result.reasons:
        assert reason in words


def test_no_document_number_is_left_behind(result: Result) -> None:
    """Law 7: not in a code, a registry, or a ledger; rosters and cases alone have it."""
    numbers = {str(line["id_number"]).encode() for line in _lines(result) if "id_number" in line}
    assert numbers
    allowed = {TABLE, "wall.html"}
    for file in result.folder.rglob("*"):
        if file.is_file() and file.suffix != ".xlsx" and file.name not in allowed:
            content = file.read_bytes()
            assert not any(number in content for number in numbers), file


def test_a_folder_with_something_in_it_is_refused(tmp_path: Path, capsys: Any) -> None:
    (tmp_path / "mine.txt").write_text("mine", encoding="utf-8")
    assert main(["demo", "--no-serve", "--dir", str(tmp_path)]) == 2
    assert "demo.folder" in capsys.readouterr().err
    assert main(["demo", "--certificates", "0", "--no-serve"]) == 2
    assert [file.name for file in tmp_path.iterdir()] == ["mine.txt"]
