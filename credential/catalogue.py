# SPDX-License-Identifier: Apache-2.0
"""A catalogue: one dictionary of occupations, and the rules for certificate numbers.

docs/format.md §5.3.

    {"iss":"https://HOST","region":"310000","version":3,"iat":n,"exp":n,"scheme":"lyg2020","occupations":[
      {"code":"lyg2020:39","name":"砌筑工","aliases":["瓦工"],"trades":[],
       "equivalent":[{"code":"mohurd2017:010","relation":"same"}],"from":"2026-01-01"}],
      "numbers":[…]}

- a code never travels without its dictionary: `<scheme>:<code>`;
- an equivalence is typed and says what the other occupation is to this one: `same`, `broader` or
  `narrower`; it is never followed through a third occupation;
- `from` and `to` are the first and last day of evaluation for which an occupation is certified;
  one that has ended stays in the catalogue, and its `equivalent` names what takes its place;
- what is registered under a name is found by it; an alias or a trade may belong to several.
"""

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Final, NamedTuple, Self

from credential import canonical
from credential.members import Members, refuse, registry_host
from credential.number_rule import NumberRule

MAX_OCCUPATIONS: Final = 10_000
MAX_NAMES: Final = 64  # aliases, trades or equivalences of one occupation
MAX_RULES: Final = 64
MAX_VERSION: Final = 2**32 - 1

RELATIONS: Final = ("same", "broader", "narrower")
"""What the other occupation is to this one."""

_NEAR: Final = 0.5  # how alike two words must be to be shown as a possibility, 1 for equal
_MAX_NEAR: Final = 5
_SCHEME: Final = "scheme"


class Occupation(NamedTuple):
    """One entry of a dictionary."""

    code: str
    """`<scheme>:<code>`."""
    name: str
    aliases: tuple[str, ...]
    """Other words for the whole occupation."""
    trades: tuple[str, ...]
    """Words for a part of it (工种)."""
    equivalent: tuple[tuple[str, str], ...]
    """Pairs of code and relation."""
    first_day: str | None = None
    """Of evaluation, YYYY-MM-DD, from which it is certified; None for always."""
    last_day: str | None = None
    """Of evaluation, inclusive, to which it is certified; None where no end is set."""

    def is_in_force(self, day: str) -> bool:
        """Tell whether an evaluation of a day, YYYY-MM-DD, may be certified."""
        return (self.first_day is None or self.first_day <= day) and (
            self.last_day is None or day <= self.last_day
        )

    @property
    def days(self) -> str:
        """The days for messages: `from 2026-01-01 to 2026-03-31`, or one half; empty for always."""
        halves = (("from", self.first_day), ("to", self.last_day))
        return " ".join(f"{word} {day}" for word, day in halves if day is not None)

    def relation(self, other: str) -> str | None:
        """Give the relation to another occupation's code; None where none is named."""
        return dict(self.equivalent).get(other)

    def to_members(self) -> dict[str, object]:
        """Write the entry."""
        days = {"from": self.first_day, "to": self.last_day}
        return {
            "code": self.code,
            "name": self.name,
            "aliases": list(self.aliases),
            "trades": list(self.trades),
            "equivalent": [
                {"code": code, "relation": relation} for code, relation in self.equivalent
            ],
            **{name: day for name, day in days.items() if day is not None},
        }


class Match(NamedTuple):
    """One occupation that a word may mean."""

    occupation: Occupation
    by: str
    """`code`, `name`, `alias`, `trade`, or `near` for what only looks alike."""
    word: str
    """What of the occupation matched."""


class _Catalogue(NamedTuple):
    iss: str
    """`https://HOST` of the registry."""
    region: str
    version: int
    iat: int
    exp: int
    scheme: str
    occupations: tuple[Occupation, ...]
    numbers: tuple[NumberRule, ...]


class Catalogue(_Catalogue):
    """One dictionary as a region signs it."""

    @cached_property
    def by_code(self) -> Mapping[str, Occupation]:
        """The occupations."""
        return {occupation.code: occupation for occupation in self.occupations}

    def find(self, text: str) -> tuple[Match, ...]:
        """Find what a word of a roster means.

        An exact name or code stands alone; where there is none, everything of which it is an alias
        or a trade; where there is none either, what looks alike. More than one match that is not
        `near` is an ambiguity, which a person must settle.

        Args:
            text: A code, with or without its scheme, or a word.
        """
        word = text.strip()
        exact = self.by_code.get(word) or self.by_code.get(f"{self.scheme}:{word}")
        if exact is not None:
            return (Match(exact, "code", exact.code),)
        named = tuple(Match(each, "name", word) for each in self.occupations if each.name == word)
        return named or self._also_called(word) or self._near(word)

    def _also_called(self, word: str) -> tuple[Match, ...]:
        return tuple(
            Match(each, "alias" if word in each.aliases else "trade", word)
            for each in self.occupations
            if word in each.aliases or word in each.trades
        )

    def _near(self, word: str) -> tuple[Match, ...]:
        from difflib import SequenceMatcher  # noqa: PLC0415 # for rosters: a verifier never asks

        matcher = SequenceMatcher(autojunk=False)
        matcher.set_seq2(word)
        likeness: list[tuple[float, Match]] = []
        for each in self.occupations:
            best, called = 0.0, ""
            for other in (each.name, *each.aliases, *each.trades):
                matcher.set_seq1(other)
                if matcher.quick_ratio() > best and (ratio := matcher.ratio()) > best:
                    best, called = ratio, other
            if best >= _NEAR:
                likeness.append((best, Match(each, "near", called)))
        likeness.sort(key=lambda pair: -pair[0])
        return tuple(match for _, match in likeness[:_MAX_NEAR])

    def to_bytes(self) -> bytes:
        """Write the payload."""
        return canonical.encode(
            {
                "iss": self.iss,
                "region": self.region,
                "version": self.version,
                "iat": self.iat,
                "exp": self.exp,
                "scheme": self.scheme,
                "occupations": [each.to_members() for each in self.occupations],
                "numbers": [rule.to_members() for rule in self.numbers],
            }
        )

    @classmethod
    def from_bytes(cls, payload: bytes) -> Self:
        """Read a payload.

        Raises:
            MalformedError: `malformed.token` or `malformed.profile`.
        """
        return cls.from_members(canonical.parse(payload))

    @classmethod
    def from_members(cls, value: object) -> Self:
        """Read a parsed payload.

        Raises:
            MalformedError: `malformed.profile`.
        """
        names = "iss region version iat exp scheme occupations numbers"
        members = Members.of(value, "catalogue", names)
        iss = members.raw("iss")
        registry_host(iss, members.at("iss"))
        iat, exp = members.time("iat"), members.time("exp")
        if exp <= iat:
            refuse(members.at("exp"), "not after iat")
        scheme = _scheme(members.raw(_SCHEME))
        occupations = tuple(
            _occupation(one, f"catalogue.occupations[{n}]", scheme)
            for n, one in enumerate(members.items("occupations", 0, MAX_OCCUPATIONS))
        )
        if len({each.code for each in occupations}) != len(occupations):
            refuse("catalogue.occupations", "a code stands twice")
        return cls(
            iss=str(iss),
            region=members.region("region"),
            version=members.integer("version", 1, MAX_VERSION),
            iat=iat,
            exp=exp,
            scheme=scheme,
            occupations=occupations,
            numbers=tuple(
                NumberRule.from_members(one, f"catalogue.numbers[{n}]")
                for n, one in enumerate(members.items("numbers", 0, MAX_RULES))
            ),
        )


def satisfies(catalogues: Sequence[Catalogue], have: str, want: str) -> bool:
    """Tell whether a certificate for one occupation meets a demand for another.

    Args:
        catalogues: Of the region that makes the demand.
        have: Code of the certificate.
        want: Code of the demand.
    """
    if have == want:
        return True
    for catalogue in catalogues:
        wanted = catalogue.by_code.get(want)
        if wanted is not None and wanted.relation(have) in ("same", "broader"):
            return True
        held = catalogue.by_code.get(have)
        if held is not None and held.relation(want) in ("same", "narrower"):
            return True
    return False


def _scheme(value: object) -> str:
    # A scheme is what may stand before the colon of a code.
    Members({_SCHEME: f"{value}:0"}, "catalogue").occupation_code(_SCHEME)
    return str(value)


def _occupation(value: object, where: str, scheme: str) -> Occupation:
    members = Members.of(value, where, "code name aliases trades equivalent from? to?")
    code = members.occupation_code("code")
    if not code.startswith(f"{scheme}:"):
        refuse(members.at("code"), "of another scheme than the catalogue")
    equivalent = tuple(
        _equivalence(one, f"{where}.equivalent[{n}]")
        for n, one in enumerate(members.items("equivalent", 0, MAX_NAMES))
    )
    others = {other for other, _ in equivalent}
    if len(others) != len(equivalent) or code in others:
        refuse(members.at("equivalent"), "the same occupation twice, or this one itself")
    first_day = members.civil_date("from") if "from" in members else None
    last_day = members.civil_date("to") if "to" in members else None
    if first_day is not None and last_day is not None and last_day < first_day:
        refuse(members.at("to"), "before from")
    return Occupation(
        code=code,
        name=members.text("name"),
        aliases=_words(members, "aliases"),
        trades=_words(members, "trades"),
        equivalent=equivalent,
        first_day=first_day,
        last_day=last_day,
    )


def _words(members: Members, name: str) -> tuple[str, ...]:
    words = tuple(
        Members({"word": one}, members.at(name)).text("word")
        for one in members.items(name, 0, MAX_NAMES)
    )
    if len(set(words)) != len(words):
        refuse(members.at(name), "the same word twice")
    return words


def _equivalence(value: object, where: str) -> tuple[str, str]:
    members = Members.of(value, where, "code relation")
    return members.occupation_code("code"), members.choice("relation", RELATIONS)
