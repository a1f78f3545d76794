# SPDX-License-Identifier: Apache-2.0
"""Questions to the judge, as short as they can be written."""

from collections.abc import Mapping
from functools import cache
from typing import Any

from tests.vectors.case import Case
from tests.vectors.world import AT, USUAL, iso, usual


@cache
def usual_anchor() -> str:
    """Give the anchor of the usual snapshot."""
    return usual().anchor


def ask(name: str, text: str, verdict: str, comment: str, source: str, **more: Any) -> Case:
    """Ask about one text.

    Args:
        name: Of the case.
        text: What was scanned.
        verdict: `VALID`, or an outcome and a reason with a space between.
        comment: Why it is there.
        source: Section of docs/format.md; after a semicolon the standard behind it.
        more: `at` in seconds, `region`, `holder`, `demand`, `max_age`; `snapshot`, `anchor` and
            `data` for another snapshot than the usual; `shown`; `marks`: what checks must say,
            such as `{"key": "pass", "status": "fail status.revoked"}`.
    """
    outcome, _, reason = verdict.partition(" ")
    snapshot = more.pop("snapshot", USUAL)
    data = more.pop("data", None)
    marks = more.pop("marks", {})
    at = more.pop("at", AT)
    if not isinstance(marks, Mapping) or not isinstance(at, int):
        raise TypeError("marks are a mapping, at is in seconds")
    expect: dict[str, object] = {"outcome": outcome, "reason": reason or "ok"}
    if "shown" in more:
        expect["shown"] = more.pop("shown")
    expect["checks"] = {check: _mark(str(mark)) for check, mark in marks.items()}
    return Case(
        name,
        comment,
        f"docs/format.md {source}",
        "verify",
        {
            "text": text,
            "snapshot": snapshot,
            "anchor": more.pop("anchor", usual_anchor()),
            "at": iso(at),
            "region": more.pop("region", "310115"),
            **more,
        },
        expect,
        {str(snapshot): data} if isinstance(data, bytes) else {},
    )


def _mark(text: str) -> list[str | None]:
    outcome, _, reason = text.partition(" ")
    return [outcome, reason or None]
