# SPDX-License-Identifier: Apache-2.0
"""A case: one code, how it is asked, and the verdict that it should get.

`certificates.jsonl` has one a line, and is written last: whoever finds it finds everything else.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from credential.snapshot import Snapshot
from verifier import Verdict, verify


@dataclass(frozen=True, slots=True)
class Case:
    """One line of the table."""

    number: str
    """The certificate's number; the intended one where the code is broken."""
    text: str
    """Of the code."""
    name: str
    """Of the holder."""
    region: str
    """Of whoever asks."""
    outcome: str
    reason: str
    title: str = ""
    """What is special about it; empty for the many that are simply good."""
    at: int | None = None
    """Time of asking, where it is not now."""
    snapshot: str | None = None
    """Path inside the folder, where it is not `snapshot.json`."""
    anchor: str | None = None
    """Where it is not that of `anchor.txt`."""
    id_number: str | None = None
    demand: str | None = None

    def to_members(self, qr: str) -> dict[str, str]:
        """Write the case as its line of the table.

        Args:
            qr: Name of the code's text file.
        """
        members = {"number": self.number, "qr": qr, "region": self.region}
        if self.at is not None:
            members["at"] = iso(self.at)
        for name in ("snapshot", "anchor", "name", "id_number", "demand"):
            value = getattr(self, name)
            if value is not None:
                members[name] = value
        return {**members, "outcome": self.outcome, "reason": self.reason}


@dataclass(frozen=True, slots=True)
class Judged:
    """A case with the verdict that it got."""

    case: Case
    verdict: Verdict

    @property
    def as_expected(self) -> bool:
        """Tell whether outcome and reason are those that they should be."""
        return (self.verdict.outcome, self.verdict.reason) == (self.case.outcome, self.case.reason)


class Asker:
    """Asks every case in its own way; each snapshot is checked once."""

    def __init__(self, folder: Path, anchor: str, now: int) -> None:
        self._folder = folder
        self._anchor = anchor
        self._now = now
        self._known: dict[tuple[str, str], Snapshot] = {}

    def judge(self, case: Case) -> Judged:
        """Verify one case."""
        key = (case.snapshot or "snapshot.json", case.anchor or self._anchor)
        if key not in self._known:
            self._known[key] = Snapshot.from_bytes(
                (self._folder / key[0]).read_bytes(), anchor=key[1]
            )
        at = datetime.fromtimestamp(self._now if case.at is None else case.at, UTC)
        holder = None if case.id_number is None else (1, case.id_number)
        verdict = verify(
            case.text,
            self._known[key],
            at=at,
            region=case.region,
            holder=holder,
            demand=case.demand,
        )
        return Judged(case, verdict)


def write(path: Path, lines: Iterable[dict[str, str]]) -> None:
    """Write the table, whole or not at all."""
    text = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)
    draft = path.with_name(path.name + ".draft")
    draft.write_text(text, encoding="utf-8")
    draft.replace(path)


def iso(t: int) -> str:
    """Write a time as ISO 8601 with `Z`."""
    return datetime.fromtimestamp(t, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
