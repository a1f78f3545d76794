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
"""

from collections.abc import Sequence

from credential.catalogue import Catalogue, Match, Occupation
from issuer.cells import CellError, half_width
from issuer.roster import Found


class Occupations:
    """Every word of some catalogues, and what it means."""

    def __init__(self, catalogues: Sequence[Catalogue]) -> None:
        self._catalogues = tuple(catalogues)
        self._codes: dict[str, Occupation] = {}
        self._words: dict[str, list[Match]] = {}
        self._known: dict[str, Found | CellError] = {}
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

    def find(self, text: str) -> Found:
        """Find the occupation that a cell names.

        Raises:
            CellError: `occupation.unknown` or `occupation.ambiguous`.
        """
        known = self._known.get(text)
        if known is None:
            known = self._known[text] = self._look_up(text)
        if isinstance(known, CellError):
            raise CellError(known.code, known.message, known.suggestion)
        return known

    def _look_up(self, text: str) -> Found | CellError:
        exact = self._codes.get(half_width(text))
        if exact is not None:
            return Found(exact.code, exact.name, None)
        matches = self._words.get(_folded(text), [])
        if len(matches) == 1:
            match = matches[0]
            trade = match.word if match.by == "trade" else None
            return Found(match.occupation.code, match.occupation.name, trade)
        if matches:
            return CellError(
                "occupation.ambiguous",
                f"{text} means more than one occupation: {_listed(matches)}",
                f"write the code of the one that is meant, such as {matches[0].occupation.code}",
            )
        near = [match for each in self._catalogues for match in each.find(text)]
        return CellError(
            "occupation.unknown",
            f"no catalogue has an occupation {text}",
            f"is it one of these? {_listed(near)}"
            if near
            else "write it as the catalogue has it, or its code",
        )


def _folded(word: str) -> str:
    return half_width(word).replace(" ", "")


def _listed(matches: Sequence[Match]) -> str:
    return "; ".join(map(_described, matches))


def _described(match: Match) -> str:
    entry = match.occupation
    if match.word == entry.name:
        return f"{entry.code} {entry.name}"
    kind = {"alias": "also called", "trade": "with the trade"}.get(match.by, "like")
    return f"{entry.code} {entry.name} ({kind} {match.word})"
