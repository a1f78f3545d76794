# SPDX-License-Identifier: Apache-2.0
"""Whether a body stood, and whether a filing covered a certificate, at one moment.

docs/format.md §6.2, steps 7 and 8.

- Both are judged at the receipt's time, so that cutting a scope or closing a body does not kill the
  honest certificates of the past.
- `void` alone reaches back: a filing or a body that was annulled counts as if it had never been.
"""

from typing import Final, NamedTuple, Protocol

from credential.filing import COVERED, Filing, Standing

_REASONS: Final = (
    "scope.kind",
    "scope.occupation",
    "scope.level",
    "scope.district",
    "scope.expired",
)
"""Why a filing that reaches so far does not cover."""


class Finding(NamedTuple):
    """What a look at standing or scope came to."""

    reason: str | None
    """None where it is as it should be."""
    document: str | None
    """Number of the filing that covers the certificate or came furthest, or of the document behind
    the standing; None where there is none."""
    void: bool = False
    """Of a scope that fails: a filing that was annulled would have covered it (`standing.void`)."""


class Filed(Protocol):
    """What standing and scope are read from: a body of the trust list."""

    @property
    def standing(self) -> tuple[Standing, ...]:
        """By rising start."""

    @property
    def void(self) -> str | None:
        """Number of the document that annulled the body."""

    @property
    def filings(self) -> tuple[Filing, ...]:
        """Every filing, ended and annulled ones too."""


def standing_at(body: Filed, t: int) -> Finding:
    """Tell whether a body could issue at a time.

    Returns:
        The reason `standing.void`, `standing.suspended` or `standing.removed`, or None.
    """
    if body.void is not None:
        return Finding("standing.void", body.void)
    for entry in reversed(body.standing):
        if entry.start <= t:
            if entry.state == "removed":
                return Finding("standing.removed", entry.document)
            if entry.state == "suspended" or entry.may_issue is False:
                return Finding("standing.suspended", entry.document)
            return Finding(None, entry.document)
    return Finding("standing.removed", None)


def scope_of(
    body: Filed,
    kind: str,
    occupation: str,
    level: str | None,
    region: str,
    t: int,
    root_region: str,
) -> Finding:
    """Tell whether a filing covers a certificate.

    Args:
        body: Who issued it.
        kind: The certificate's.
        occupation: Code with its scheme.
        level: None for a certificate without.
        region: The certificate's.
        t: The receipt's time.
        root_region: The region of the registry.

    Returns:
        The reason of the filing that came furthest, or None; `void` where only a filing that was
        annulled covers it.
    """
    furthest, number, annulled = -1, None, False
    for filing in body.filings:
        reach = filing.reach(kind, occupation, level, region, t, root_region)
        if filing.void is not None:
            annulled = annulled or reach == COVERED
        elif reach == COVERED:
            return Finding(None, filing.number)
        elif reach > furthest:
            furthest, number = reach, filing.number
    return Finding(_REASONS[max(furthest, 0)], number, annulled)
