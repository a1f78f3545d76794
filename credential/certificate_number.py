# SPDX-License-Identifier: Apache-2.0
"""Certificate numbers: compared with their certificates, and made (docs/format.md §9).

    Y000031000101 26 3 000001     职业技能等级证书: body 13, year 2, level 1, serial 6
    26 10072001 3 00001           职业资格证书: year 2, body 8, level 1, serial 5
    沪A01 2026 000001             特种作业操作资格证书: 省市 2, category 2, year 4, serial 6

None of them has a check digit, so the fields are what can be checked: the year is that of `iat` in
China, the level that of the certificate, and the prefix that of the body in the trust list.
"""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Final, NamedTuple

from credential.errors import MalformedError
from credential.number_rule import DEFAULT_RULES, NumberRule, clean, year_digits

__all__ = ["DEFAULT_RULES", "NumberFinding", "NumberRule", "build", "check", "clean", "year_of"]

_CHINA: Final = timedelta(hours=8)


class NumberFinding(NamedTuple):
    """What a comparison found."""

    consistent: bool
    """False: the verdict's check `number` fails with `number.inconsistent`."""
    text: str
    """For people: what does not agree, or that there is no rule; empty when all agrees."""


_AGREES: Final = NumberFinding(consistent=True, text="")
_NO_RULE: Final = NumberFinding(consistent=True, text="no rule for numbers of this kind")


def year_of(iat: int) -> int:
    """Give the civil year of a time in China.

    Args:
        iat: Seconds since 1970.
    """
    return (datetime.fromtimestamp(iat, UTC) + _CHINA).year


def check(
    rules: Iterable[NumberRule],
    kind: str,
    number: str,
    level: str | None,
    issued_year: int,
    prefix: str,
) -> NumberFinding:
    """Compare a number with its certificate.

    It must agree with one of the rules of its kind; a kind without a rule passes.

    Args:
        rules: Of the catalogues of the certificate's region.
        kind: The certificate's.
        number: The certificate's, already admitted by `clean`.
        level: The certificate's, if it has one.
        issued_year: `year_of(iat)`.
        prefix: What the trust list registers for the body.
    """
    text: str | None = None
    for rule in rules:
        if rule.kind == kind:
            found = rule.disagreement(number, level, issued_year, prefix)
            if not found:
                return _AGREES
            text = text or found
    return _NO_RULE if text is None else NumberFinding(consistent=False, text=text)


def build(rule: NumberRule, prefix: str, year: int, level: str | None, serial: int) -> str:
    """Make the number that a serial gives.

    Args:
        rule: For the kind of certificate.
        prefix: The characters that neither year, level nor serial gives, in their order: the 13 of
            a 职业技能等级证书, the 8 of the 机构编码 of a 职业资格证书.
        year: Of issue.
        level: Of the certificate, where the rule has one.
        serial: From 1.

    Raises:
        MalformedError: `number.level` where the rule knows no such level, `number.serial` where the
            serial does not fit, `number.malformed` where the prefix does not.
    """
    fields = rule.fields()
    given: dict[int, str] = {}
    if rule.year:
        given.update(zip(fields["year"], year_digits(year, rule.year[1]), strict=True))
    if rule.level:
        character = dict(rule.level[1]).get(level or "")
        if character is None:
            raise MalformedError("number.level", "the number rule has no character for this level")
        given[rule.level[0]] = character
    if rule.serial:
        digits = str(serial).zfill(rule.serial[1])
        if serial < 1 or len(digits) > rule.serial[1]:
            raise MalformedError(
                "number.serial", f"a serial is a number from 1 with at most {rule.serial[1]} digits"
            )
        given.update(zip(fields["serial"], digits, strict=True))
    rest = iter(prefix)
    number = "".join(given.get(at) or next(rest, "") for at in range(rule.length()))
    missing = rule.length() - len(given)
    if len(prefix) != missing or not rule.fits(number):
        raise MalformedError(
            "number.malformed", f"the prefix must be the {missing} characters that were allotted"
        )
    return number
