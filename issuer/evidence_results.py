# SPDX-License-Identifier: Apache-2.0
"""The results in a pack of evidence, held against the certificates that came out of them."""

from collections.abc import Mapping, Sequence
from typing import Final

from credential import pass_mark
from credential.certificate import Claims
from credential.members import Members
from credential.pass_mark import PassMark
from issuer import cells
from issuer.cells import CellError
from issuer.evidence_lines import lines, refuse

_RESULT: Final = "row name occupation level route evaluated_on theory practice assessors number"


def check(
    content: bytes, kind: str, issued: Mapping[int, Claims], marks: Sequence[PassMark]
) -> tuple[int, int, int]:
    """Compare results with certificates.

    Args:
        content: The part.
        kind: Of certificate.
        issued: Row to certificate.
        marks: What passes, by the filing; 60 and 60 where it says nothing.

    Returns:
        How many results there are, how many passed, and how many name their assessors.

    Raises:
        MalformedError: `malformed.…`, `evidence.parts`.
        UntrustedError: `evidence.results`, `evidence.score`.
    """
    count = passed = assessed = last = 0
    found = set()
    for value in lines(content):
        line = Members.of(value, "result", _RESULT)
        row = last = line.integer("row", last + 1, 2**31)
        count += 1
        is_passed = _is_passed(line, kind, marks)
        passed += is_passed
        assessors = line.items("assessors", 0, 32)
        assessed += bool(assessors) and all(isinstance(each, str) and each for each in assessors)
        claims = issued.get(row)
        if claims is None:
            if line.raw("number") is not None:
                refuse("evidence.results", f"row {row}: names a certificate that is not here")
            continue
        found.add(row)
        told = {
            "name": claims.name,
            "occupation": claims.occupation_code,
            "level": claims.level,
            "route": claims.route,
            "evaluated_on": claims.evaluated_on,
            "number": claims.certificate_number,
        }
        if any(line.raw(name) != value for name, value in told.items()):
            refuse("evidence.results", f"row {row}: the result is not what the certificate says")
        if not is_passed:
            refuse("evidence.score", f"row {row}: certified, and not passed")
    if found != issued.keys():
        refuse("evidence.results", "a certificate has no result")
    return count, passed, assessed


def _is_passed(line: Members, kind: str, marks: Sequence[PassMark]) -> bool:
    level = line.raw("level")
    examined = line.raw("route") == "examination" and level is not None
    said = None if level is None else str(level)
    needed = pass_mark.needed(marks, kind, str(line.raw("occupation")), said)
    try:
        for name, mark in zip(("theory", "practice"), needed, strict=True):
            score = line.raw(name)
            cells.score(score if isinstance(score, str) else None, mark, needed=examined)
    except CellError:
        return False
    return True
