# SPDX-License-Identifier: Apache-2.0
"""The full gate's part about who examines and where: station, assessors, supervisor, operator.

docs/format.md §7.6. Each that is named was in order for the whole day, and one assessor at least
may examine this occupation at this level. Under an order to put something right work goes on.
"""

from typing import Final

from credential import levels
from credential.admission import RefusedError, civil_date
from credential.entries import Entry, entry_of
from credential.gate_asked import Asked, Examined
from credential.said_directory import Assessor, Station
from credential.said_examination import Papers

_EXAMINERS: Final = frozenset({"assessor", "senior_assessor"})
_IN_ORDER: Final = frozenset({"active", "rectifying"})


def check(asked: Asked, examined: Examined, papers: Papers) -> None:
    """Return if everybody who examined was in order.

    Raises:
        RefusedError: `gate.station…`, `gate.supervisor…`, `gate.assessor…` or `gate.operator…`.
    """
    _check_station(asked, examined, papers)
    _check_assessors(asked, examined, papers)
    if papers.operator is not None:
        _in_order(asked, examined, papers.operator, "gate.operator")


def _check_station(asked: Asked, examined: Examined, papers: Papers) -> None:
    if papers.station is None:
        raise RefusedError("gate.station", "the batch names no station")
    entry = _in_order(asked, examined, papers.station, "gate.station")
    if not isinstance(entry.said, Station) or not asked.is_among(entry.said.occupations):
        message = f"{entry.said.name} is not recognised for this occupation and level"
        raise RefusedError("gate.station_scope", f"{message} ({entry.said.document})")


def _check_assessors(asked: Asked, examined: Examined, papers: Papers) -> None:
    named = [_in_order(asked, examined, one, "gate.assessor") for one in papers.assessors]
    if papers.supervisor is not None:
        entry = _in_order(asked, examined, papers.supervisor, "gate.supervisor")
        if not isinstance(entry.said, Assessor) or entry.said.role != "supervisor":
            raise RefusedError("gate.supervisor", f"{entry.said.name} is no supervisor")
    if not any(_qualified(entry, asked) for entry in named):
        message = "the batch names no assessor who may examine this occupation at this level"
        raise RefusedError("gate.assessor_scope" if named else "gate.assessor", message)


def _qualified(entry: Entry, asked: Asked) -> bool:
    said = entry.said
    return (
        isinstance(said, Assessor)
        and said.role in _EXAMINERS
        and asked.occupation in said.occupations
        and (asked.level is None or said.cap is None or levels.at_least(said.cap, asked.level))
    )


def _in_order(asked: Asked, examined: Examined, subject: str, code: str) -> Entry:
    """Find an entry that was in order for the whole of the day."""
    entry = entry_of(subject, examined.histories.get(subject, ()))
    if entry is None:
        raise RefusedError(code, f"the directory has no {subject.rpartition('/')[2]}")
    for moment in (asked.first_second, asked.last_second):
        state = entry.state_at(moment)
        if state not in _IN_ORDER:
            step = next((each for each in reversed(entry.steps) if each.start <= moment), None)
            since = "" if step is None else f" since {civil_date(step.start)} ({step.document})"
            message = f"{entry.said.name} is {state} on {asked.day}{since}"
            raise RefusedError(f"{code}_standing", message)
    return entry
