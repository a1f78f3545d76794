# SPDX-License-Identifier: Apache-2.0
"""Whether a newer trust list answers about the past as the older one did (docs/format.md §5.7).

Everything that a verdict asks a body about lies at the receipt's time, so for every time before the
older list's `iat` both must give the same answer:

    standing   the same entries begin before then
    keys       the same keys, with the same window as far as it lies before then
    filings    the same numbers, windows, districts and grants, as far as they lie before then
    max_delay  the same

Two things reach back, and only ever tighten: `distrusted_after` may appear or come earlier, and
`void` may appear. What was withdrawn in the past cannot come back, and nobody can be made a body,
or get a scope, for a time that has passed.
"""

from credential.body import DEFAULT_DELAY, Body
from credential.errors import UntrustedError
from credential.filing import Filing
from credential.trust_list import TrustList


def demand_same(old: TrustList, new: TrustList) -> None:
    """Return if the newer list tells the same past.

    Raises:
        UntrustedError: `snapshot.vanished` or `snapshot.rewritten`.
    """
    for body in old.bodies:
        later = new.body(body.code)
        if later is None:
            raise UntrustedError(
                "snapshot.vanished",
                f"the body {body.code} is gone from the trust list: one that ends is `removed`",
            )
        what = _difference(body, later, old.iat)
        if what:
            raise _rewritten(body, what)
    for body in new.bodies:
        if old.body(body.code) is None and _is_known_before(body, old.iat):
            raise _rewritten(body, "it is entered for a time that has passed")


def _difference(old: Body, new: Body, before: int) -> str:
    """Say what differs about times before a moment; empty where nothing does."""
    if old.void is not None and new.void is None:
        return "its annulment is gone"
    if (old.max_delay or DEFAULT_DELAY) != (new.max_delay or DEFAULT_DELAY):
        return "max_delay is another"
    if _standing(old, before) != _standing(new, before):
        return "its standing is another"
    if _keys(old, before) != _keys(new, before):
        return "its keys are others"
    distrusted = {record.key: record.distrusted_after for record in new.keys}
    for record in old.keys:
        if record.distrusted_after is not None and record.key in distrusted:
            still = distrusted[record.key]
            if still is None or still > record.distrusted_after:
                return f"the distrust of key {record.kid} is gone or begins later"
    was, now = _filings(old, before), _filings(new, before)
    if was.keys() != now.keys():
        return "its filings are others"
    if any(void and not now[filing] for filing, void in was.items()):
        return "the annulment of a filing is gone"
    return ""


def _is_known_before(body: Body, before: int) -> bool:
    return bool(_standing(body, before) or _keys(body, before) or _filings(body, before))


def _until(end: int | None, before: int) -> int:
    return before if end is None else min(end, before)


def _standing(body: Body, before: int) -> list[tuple[int, str, bool | None]]:
    entries = (entry for entry in body.standing if entry.start < before)
    return [(entry.start, entry.state, entry.may_issue) for entry in entries]


def _keys(body: Body, before: int) -> set[tuple[bytes, str, int, int]]:
    return {
        (record.key.thumbprint, record.role, record.start, _until(record.end, before))
        for record in body.keys
        if record.start < before
    }


def _filings(body: Body, before: int) -> dict[Filing, bool]:
    """Map each filing, as far as it lies before a moment, to whether it is annulled."""
    past: dict[Filing, bool] = {}
    for each in body.filings:
        if each.start < before:
            end = _until(each.end, before)
            seen = Filing(each.number, each.start, end, each.districts, each.grants)
            past[seen] = past.get(seen, True) and each.void is not None
    return past


def _rewritten(body: Body, what: str) -> UntrustedError:
    return UntrustedError(
        "snapshot.rewritten",
        f"the new trust list tells another past of {body.code}: {what}; keep the old snapshot and"
        " ask the registry",
    )
