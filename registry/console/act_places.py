# SPDX-License-Identifier: Apache-2.0
"""What a statement is about, typed in short: `PD-01` for `https://HOST/stations/PD-01`."""

from collections.abc import Mapping
from typing import Final

PLACES: Final[Mapping[str, str]] = {
    "authority": "authorities/",
    "body": "bodies/",
    "station": "stations/",
    "assessor": "assessors/",
    "unit": "units/",
    "operator": "operators/",
    "application": "applications/",
    "standard": "standards/",
    "competition": "competitions/",
    "holidays": "holidays/",
    "catalogue": "catalogues/",
    "recognition": "recognitions/",
    "gate": "gate",
    "deadlines": "deadlines",
    "rating_formula": "rating",
    "national_list": "national-list",
}
"""Where that is of which the first statement of a type is made; without `/` there is but one."""


OF_BODY: Final[Mapping[str, str]] = {"plan": "/plans/", "batch_close": "/batches/"}
"""Where that is of which a body itself states something, under its own identifier."""


def subject_of(type_: str, typed: str, lead: str, party: str | None = None) -> str:
    """Complete what a statement is about, where only its own part was typed.

    Args:
        type_: Of the statement.
        typed: An identifier, or its last part.
        lead: `https://HOST` of this registry.
        party: For whom the viewer acts.
    """
    place = PLACES.get(type_)
    if type_ in OF_BODY and party and typed and not typed.startswith("https://"):
        return f"{party}{OF_BODY[type_]}{typed}"
    if place is None or typed.startswith("https://"):
        return typed
    return f"{lead}/{place}{typed}" if place.endswith("/") else f"{lead}/{place}"
