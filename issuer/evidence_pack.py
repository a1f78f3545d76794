# SPDX-License-Identifier: Apache-2.0
"""The evidence for a batch in one file, which the body answers for with its signature.

    manifest.jws         the parts with their SHA-256, signed by a statement key of the body
    readme.txt           what this is and how it is checked
    batch.json           {"statement":jws,"receipt":jws,"salt":"…"}
    roster.json          {"roster":[…],"salt":"…"}, the commitment's entries
    filing.json          the filing file that the desk worked by
    results.jsonl        {"row","name","occupation","level","route","evaluated_on",
                          "theory","practice","assessors","number"}
    certificates.jsonl   {"row","certificate":"<jws>~","receipt":jws,"salt":"…"}
    statements.jsonl     {"signatures":[jws,…],"receipt":jws,"salt":"…"}, revocations, corrections …

docs/format.md §11. Names and scores stand in it in plain, since an auditor compares them with
paper; document numbers never do. Who gets the file must be somebody who may see that.
"""

import hashlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from credential import canonical
from credential.errors import ConflictError
from credential.filing_file import FilingFile
from issuer import columns, desk_token, evidence_zip, look, sheet
from issuer.act import Act
from issuer.columns import Columns
from issuer.ledger import Ledger
from issuer.records import Batch, Item
from issuer.roster import Roster
from keys.signer import Signer

FORMAT: Final = 1
NAMES: Final = (
    *("readme.txt", "batch.json", "roster.json", "filing.json"),
    *("results.jsonl", "certificates.jsonl", "statements.jsonl"),
)
MANIFEST: Final = "manifest.jws"
README: Final = """\
评价批次证据包 / Evidence of an evaluation batch

由评价机构签名（manifest.jws）。内含批次备案报文及登记回执、名册承诺、成绩与考评员、证书、回执和登记日志的盐值；
不含证件号码。核验无需联网：

    skillseal issuer evidence-check FILE.zip --snapshot snapshot.json --anchor REGION:HEX

Signed by the evaluation body. Check it offline with the command above.
Its format is described in docs/format.md, section 11.
""".encode()

ASSESSORS: Final = frozenset(
    {
        *("考评员", "考评人员", "考评员姓名", "考评组", "考评组成员", "主考", "主考官", "考官"),
        *("评委", "监考", "监考员", "监考人员", "督导员", "质量督导员", "内部督导员", "外部督导员"),
    }
)


def collect(
    ledger: Ledger,
    filing: FilingFile,
    name: str,
    roster: Path,
    key: Signer,
    *,
    at: int,
    page: str | None = None,
) -> bytes:
    """Put the pack together.

    Args:
        ledger: Of the body.
        filing: Of the body.
        name: Of the batch.
        roster: The file that it was issued from, with the scores.
        key: Of role `statement`.
        at: Now, seconds since 1970.
        page: Sheet of the workbook; None for the one that fits.

    Returns:
        The file.

    Raises:
        ConflictError: `batch.unknown`, `batch.not_filed`, `evidence.roster`.
        SealError: `roster.…`.
    """
    batch = ledger.batch_named(name)
    if batch is None:
        raise ConflictError("batch.unknown", f"the ledger has no batch {name}")
    if batch.receipt is None:
        raise ConflictError("batch.not_filed", f"the batch {name} is not filed yet")
    items = ledger.items(name)
    kind = items[0].kind
    read = look.read(roster, kind, filing.dictionaries(), page=page, marks=filing.marks)
    if ledger.roster(read.content) != batch.roster:
        message = "the batch was not made from exactly this roster: any changed cell makes another"
        raise ConflictError("evidence.roster", message)
    registered = [each for each in items if each.receipt is not None]
    contents = (
        README,
        _one({"statement": batch.signature, "receipt": batch.receipt, "salt": batch.leaf_salt}),
        batch.attachment.encode("ascii") + b"\n",
        filing.to_bytes(),
        _lines(_results(read, _marks(roster, page, kind), items)),
        _lines(
            {
                "row": each.line,
                "certificate": f"{each.token}~",
                "receipt": each.receipt,
                "salt": each.leaf_salt,
            }
            for each in registered
        ),
        _lines(map(_stated, _acts(ledger, registered))),
    )
    parts = tuple(zip(NAMES, contents, strict=True))
    manifest = desk_token.sign(key, desk_token.EVIDENCE, _manifest(filing, batch, at, parts))
    return evidence_zip.pack([(MANIFEST, manifest.encode("ascii")), *parts])


def _manifest(filing: FilingFile, batch: Batch, at: int, parts: evidence_zip.Parts) -> bytes:
    return canonical.encode(
        {
            "format": FORMAT,
            "iss": filing.body.id,
            "batch": batch.batch,
            "iat": at,
            "parts": [
                {
                    "name": name,
                    "sha256": hashlib.sha256(content).hexdigest(),
                    "length": len(content),
                }
                for name, content in parts
            ],
        }
    )


def _results(
    roster: Roster, marks: dict[int, dict[str, object]], items: Iterable[Item]
) -> Iterator[dict[str, object]]:
    people = {each.row: each for each in roster.candidates}
    for item in items:
        candidate = people.get(item.line)
        if candidate is None:
            message = f"row {item.line} of the batch is not in the roster"
            raise ConflictError("evidence.roster", message)
        yield {
            "row": item.line,
            "name": candidate.name,
            "occupation": candidate.occupation,
            "level": candidate.level,
            "route": candidate.route,
            "evaluated_on": candidate.evaluated_on,
            **marks[item.line],
            "number": item.number if item.receipt is not None else None,
        }


def _marks(path: Path, page: str | None, kind: str) -> dict[int, dict[str, object]]:
    """Read scores and assessors as they stand in the sheet, by row."""
    content = sheet.read_bytes(path)
    rows = sheet.choose(path, content, page, lambda drawn: columns.fit(drawn, kind)).rows
    known = Columns.find(iter(rows), kind)
    again = sheet.choose(path, content, page, lambda drawn: columns.fit(drawn, kind)).rows
    assessors: list[tuple[int, str]] = []
    marks: dict[int, dict[str, object]] = {}
    for number, row in again:
        if number <= known.header_row:
            assessors += _assessors(row)
        else:
            marks[number] = {
                "theory": _text(known.cell("theory", row)),
                "practice": _text(known.cell("practice", row)),
                "assessors": [
                    f"{title}：{text}"
                    for place, title in assessors
                    if place < len(row) and (text := _text(row[place]))
                ],
            }
    return marks


def _assessors(row: tuple[object, ...]) -> Iterator[tuple[int, str]]:
    for place, cell in enumerate(row):
        if isinstance(cell, str) and "".join(cell.split()) in ASSESSORS:
            yield place, "".join(cell.split())


def _text(cell: object) -> str:
    if isinstance(cell, float):
        return f"{cell:.15g}"
    return cell.strip()[:200] if isinstance(cell, str) else ""


def _acts(ledger: Ledger, items: Iterable[Item]) -> list[Act]:
    found = {
        act.act: act
        for item in items
        for act in ledger.acts_about((item.kind, item.number or ""))
        if act.receipt is not None
    }
    return [found[act] for act in sorted(found)]


def _stated(act: Act) -> dict[str, object]:
    return {"signatures": list(act.signatures), "receipt": act.receipt, "salt": act.leaf_salt}


def _one(members: dict[str, object]) -> bytes:
    return canonical.encode(members) + b"\n"


def _lines(members: Iterable[dict[str, object]]) -> bytes:
    return b"".join(map(_one, members))
