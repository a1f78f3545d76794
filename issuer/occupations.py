# SPDX-License-Identifier: Apache-2.0
"""What a cell of the occupation column names, by the catalogues.

    砌筑工           the occupation of that name
    瓦工             砌筑工, by an alias
    抹灰工           装饰装修工 with the trade 抹灰工: a narrower trade, no synonym
    lyg2020:39      by its code
    泥塑工           ambiguous: lyg2020:82 泥塑工, or a trade of lyg2020:98 古建筑传统瓦工

A word that means several occupations is refused with all of them, also where one of them bears it
as its name: a certificate for the wrong one cannot be taken back. A word that means none is
refused with those that look alike. Cells repeat, so what a word came to is kept.

Occupations end and begin (docs/format.md §5.3). Of several that a word means, those count that
are in force on the row's day of evaluation: once 82 has ended, 泥塑工 is the trade of 98, and for
an evaluation before that still both. Where the day cannot be read, nothing is left out. A code, and
a word with one meaning, mean what they say on every day: what is not in force then is refused by
the rules of admission, and never silently read as what took its place.
"""

from collections.abc import Sequence

from credential.admission import Dictionaries
from credential.catalogue import Catalogue, Match, Occupation
from issuer.cells import CellError, half_width
from issuer.roster import Found


class Occupations:
    """Every word of some catalogues, and what it means."""

    def __init__(self, catalogues: Sequence[Catalogue]) -> None:
        self._catalogues = tuple(catalogues)
        self._dictionaries = Dictionaries.of(self._catalogues)
        self._codes: dict[str, Occupation] = {}
        self._words: dict[str, list[Match]] = {}
        self._known: dict[tuple[str, str | None], Found | CellError] = {}
        for catalogue in self._catalogues:
            for each in catalogue.occupations:
                self._codes[each.code] = each
                for by, words in (
                    ("name", (each.name,)),
                    ("alias", each.aliases),
                    ("trade", each.trades),
                ):
                    for word in words:
                        self._words.setdefault(_folded(word), []).append(Match(each, by, word))

    def find(self, text: str, day: str | None = None) -> Found:
        """Find the occupation that a cell names.

        Args:
            text: What the cell says.
            day: Of the row's evaluation, YYYY-MM-DD; None where it is not known.

        Raises:
            CellError: `occupation.unknown`, `occupation.ambiguous` or `occupation.not_in_force`.
        """
        matches = self._words.get(_folded(text), [])
        asked = (text, day if len(matches) > 1 else None)  # of one meaning, or none: on every day
        known = self._known.get(asked)
        if known is None:
            known = self._known[asked] = self._look_up(text, matches, day)
        if isinstance(known, CellError):
            raise CellError(known.code, known.message, known.suggestion)
        return known

    def _look_up(self, text: str, matches: Sequence[Match], day: str | None) -> Found | CellError:
        exact = self._codes.get(half_width(text))
        if exact is not None:
            return Found(exact.code, exact.name, None)
        if not matches:
            return self._unknown(text)
        meant = matches
        if len(matches) > 1 and day is not None:
            meant = [match for match in matches if match.occupation.is_in_force(day)]
            if not meant:
                return self._over(text, matches, day)
        if len(meant) == 1:
            match = meant[0]
            trade = match.word if match.by == "trade" else None
            return Found(match.occupation.code, match.occupation.name, trade)
        return CellError(
            "occupation.ambiguous",
            f"{text} means more than one occupation: {_listed(meant)}",
            f"write the code of the one that is meant, such as {meant[0].occupation.code}",
        )

    def _over(self, text: str, matches: Sequence[Match], day: str) -> CellError:
        """Refuse a word none of whose meanings is in force on a day."""
        message = f"{text} means {_listed(matches)}: none is certified for evaluations of {day}"
        entries = [match.occupation for match in matches]
        instead = {
            one.code: one for each in entries for one in self._dictionaries.instead(each, day)
        }
        return CellError("occupation.not_in_force", message, suggestion(tuple(instead.values())))

    def _unknown(self, text: str) -> CellError:
        near = [match for each in self._catalogues for match in each.find(text)]
        return CellError(
            "occupation.unknown",
            f"no catalogue has an occupation {text}",
            f"is it one of these? {_listed(near)}"
            if near
            else "write it as the catalogue has it, or its code",
        )


def suggestion(instead: Sequence[Occupation]) -> str:
    """Say what to write where an occupation is not in force on the day.

    Args:
        instead: What takes its place on that day.
    """
    if not instead:
        return "look at the day of evaluation, or take the row out"
    return "write " + " or ".join(f"{one.code} ({one.name})" for one in instead)


def _folded(word: str) -> str:
    return half_width(word).replace(" ", "")


def _listed(matches: Sequence[Match]) -> str:
    return "; ".join(map(_described, matches))


def _described(match: Match) -> str:
    entry = match.occupation
    kind = {"alias": "also called", "trade": "with the trade"}.get(match.by, "like")
    more = "" if match.word == entry.name else f"{kind} {match.word}"
    remarks = ", ".join(filter(None, (more, entry.days)))
    return f"{entry.code} {entry.name}" + (f" ({remarks})" if remarks else "")
