# SPDX-License-Identifier: Apache-2.0
"""Certificate numbers: taken from the roster where an authority allotted them, else drawn by rule.

    Y000031000101 26 3 000001      prefix of the body, year, level, serial

The serial counts up in the ledger, per prefix, year and level, and is stored in the transaction
that stores what it was drawn for: a number is used once, and a killed run leaves no gap that
matters.
"""

from collections.abc import Container, Iterable
from typing import Final

from credential import certificate_number
from credential.certificate_number import NumberRule
from credential.errors import ConflictError
from issuer.ledger import Ledger

FIRST: Final = 1


class Numbers:
    """Draws numbers for one kind; inside a transaction of the ledger."""

    def __init__(
        self,
        ledger: Ledger,
        rules: Iterable[NumberRule],
        kind: str,
        prefix: str,
        allotted: Container[str] = (),
    ) -> None:
        """Begin drawing.

        Args:
            ledger: Counts.
            rules: Of the catalogues.
            kind: Of certificate.
            prefix: The body's.
            allotted: Numbers of the roster itself, which are not drawn for another row.
        """
        self._allotted = allotted
        self._ledger = ledger
        self._kind = kind
        self._prefix = prefix
        self._rule = rule_for(rules, kind)

    def draw(self, year: int, level: str | None) -> str:
        """Draw the next number.

        Raises:
            MalformedError: `number.…`, when the rule cannot make one.
            ConflictError: `number.no_rule`.
        """
        if self._rule is None:
            raise no_rule()
        serial = self._ledger.last_serial(self._prefix, year, level or "")
        while True:
            serial += 1
            number = certificate_number.build(self._rule, self._prefix, year, level, serial)
            if number not in self._allotted and not self._ledger.has_number(self._kind, number):
                self._ledger.keep_serial(self._prefix, year, level or "", serial)
                return number


def rule_for(rules: Iterable[NumberRule], kind: str) -> NumberRule | None:
    """Find the rule by which numbers of a kind are drawn: one that has a serial."""
    return next((rule for rule in rules if rule.kind == kind and rule.serial is not None), None)


def sample(
    rules: Iterable[NumberRule], kind: str, prefix: str, year: int, level: str | None
) -> str:
    """Make a number like those that will be drawn, to be judged before any is.

    Raises:
        MalformedError: `number.…`.
        ConflictError: `number.no_rule`.
    """
    rule = rule_for(rules, kind)
    if rule is None:
        raise no_rule()
    return certificate_number.build(rule, prefix, year, level, FIRST)


def no_rule() -> ConflictError:
    """Say that numbers of this kind come from outside."""
    message = "there is no rule for drawing numbers of this kind: they come from the roster"
    return ConflictError("number.no_rule", message)
