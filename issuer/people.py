# SPDX-License-Identifier: Apache-2.0
"""Who the results are about: the ledger's name for each person, and the holder tag.

A tag takes about 25 ms by design, so that a certificate cannot be searched for cheaply; a thousand
people are half a minute of one core. Each is computed once: the ledger keeps it by person and name.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final

from credential import holder
from credential.identity_number import IdentityNumber
from credential.name import fold
from issuer import ledger as ledgers
from issuer import workers
from issuer.ledger import Ledger
from issuer.progress import unseen
from issuer.roster import Candidate

FEW_PERSONS: Final = 2_000  # a fifth of a millisecond each
KEEP_EVERY: Final = 256  # tags between two commits, so that a killed run has most of them


@dataclass(frozen=True, slots=True)
class Person:
    """Whom a result is about."""

    person: bytes
    """The ledger's name for the document."""
    tag: str | None
    """Holder tag; None where certificates carry none."""


def find(
    ledger: Ledger,
    candidates: Iterable[Candidate],
    *,
    tagged: bool,
    cores: int | None = None,
    step: Callable[[int, int], None] = unseen,
) -> dict[int, Person]:
    """Name the person of each result, computing the tags that the ledger does not have yet.

    Args:
        ledger: Gives its salt and the tags that it has; keeps the new ones.
        candidates: The results.
        tagged: Certificates carry tags.
        cores: How many to use; all of them if None.
        step: Told how many tags are done, and of how many.

    Returns:
        The sheet's row to its person.

    Raises:
        UnavailableError: `workers.ended`, `ledger.full`.
    """
    candidates = tuple(candidates)
    tasks = ((ledger.salt, each.document) for each in candidates)
    persons = list(workers.each(_person, tasks, cores=cores, few=FEW_PERSONS))
    keys = [(person, fold(each.name)) for person, each in zip(persons, candidates, strict=True)]
    tags = _tags(ledger, keys, candidates, cores, step) if tagged else {}
    return {
        each.row: Person(key[0], tags.get(key)) for key, each in zip(keys, candidates, strict=True)
    }


def _tags(
    ledger: Ledger,
    keys: list[tuple[bytes, str]],
    candidates: tuple[Candidate, ...],
    cores: int | None,
    step: Callable[[int, int], None],
) -> dict[tuple[bytes, str], str]:
    tags = ledger.tags()
    missing = {
        key: (each.document, each.name)
        for key, each in zip(keys, candidates, strict=True)
        if key not in tags
    }
    computed = workers.each(_tag, missing.values(), cores=cores)
    fresh: dict[tuple[bytes, str], str] = {}
    for done, (key, tag) in enumerate(zip(missing, computed, strict=True), start=1):
        fresh[key] = tag
        step(done, len(missing))
        if done % KEEP_EVERY == 0 or done == len(missing):
            ledger.keep_tags(fresh)
            tags.update(fresh)
            fresh = {}
    return tags


def _person(task: tuple[bytes, IdentityNumber]) -> bytes:
    salt, document = task
    return ledgers.person(salt, f"{document.document_type}:{document.number}")


def _tag(task: tuple[IdentityNumber, str]) -> str:
    document, name = task
    return holder.tag(document.document_type, document.number, name)
