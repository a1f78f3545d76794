# SPDX-License-Identifier: Apache-2.0
"""The fields of a correction: what a certificate says, to be put right, as a roster of one row.

    before(claims)     the fields as they stand in the certificate
    sheet(values)      one row under its headings, as the desk reads any roster

A certificate has neither document number nor scores: the number is typed again, and a pass is what
the certificate itself proves. How the holder was evaluated cannot be corrected.
"""

import csv
import io
from collections.abc import Mapping
from pathlib import Path
from typing import Final, NamedTuple

from console.forms import Form
from credential.certificate import (
    DETAILS_OF_KIND,
    DETAILS_OF_ROUTE,
    LEVEL_OPTIONAL,
    LEVEL_REQUIRED,
    ROUTES,
    Claims,
)
from issuer.columns import TITLES

ID: Final = frozenset({"id_number", "id_type"})
"""Not in a certificate."""
PASSED: Final = "合格"


class Difference(NamedTuple):
    """A field that would change."""

    field: str
    before: str
    after: str


def fields(claims: Claims) -> tuple[str, ...]:
    """List the fields that can be put right, in their order."""
    leveled = claims.kind in LEVEL_REQUIRED | LEVEL_OPTIONAL
    return (
        *("name", "id_number", "id_type", "occupation", "trade"),
        *(("level", "theory", "practice") if leveled else ()),
        "evaluated_on",
        *DETAILS_OF_KIND.get(claims.kind, ()),
        *DETAILS_OF_ROUTE.get(claims.route, ()),
    )


def before(claims: Claims) -> dict[str, str]:
    """Give the fields as they stand."""
    known = {
        "name": claims.name,
        "occupation": claims.occupation_code,
        "trade": claims.trade or "",
        "level": claims.level or "",
        "theory": PASSED,
        "practice": PASSED,
        "evaluated_on": claims.evaluated_on,
        **dict(claims.detail),
    }
    return {field: known.get(field, "") for field in fields(claims)}


def read(form: Form, claims: Claims) -> dict[str, str]:
    """Read what was typed.

    Raises:
        MalformedError: `form.field`.
    """
    return {field: form.text(field) for field in fields(claims)}


def sheet(values: Mapping[str, str], route: str) -> bytes:
    """Write a roster of one row."""
    file = io.StringIO(newline="")
    lines = csv.writer(file)
    lines.writerow([*(TITLES[field][0] for field in values), TITLES["route"][0]])
    lines.writerow([*values.values(), ROUTES[route]])
    return file.getvalue().encode("utf-8-sig")


def stored(path: Path, claims: Claims) -> dict[str, str] | None:
    """Read back what `sheet` wrote; None where it is gone."""
    try:
        heads, row = list(csv.reader(io.StringIO(path.read_text("utf-8-sig"), newline="")))
    except (OSError, ValueError):
        return None
    said = dict(zip(heads, row, strict=False))
    return {field: said.get(TITLES[field][0], "") for field in fields(claims)}


def differences(claims: Claims, values: Mapping[str, str]) -> list[Difference]:
    """List what would change in the certificate; a document number is never among it."""
    old = before(claims)
    return [
        Difference(field, old[field], value)
        for field, value in values.items()
        if field not in ID and value != old[field]
    ]
