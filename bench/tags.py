# SPDX-License-Identifier: Apache-2.0
"""Holder tags: slow on purpose, and in no other figure."""

from bench.clock import rate
from bench.report import Row
from credential import holder
from skillseal.demo import people

_PEOPLE = 20


def rows() -> list[Row]:
    """Measure."""
    crowd = people.crowd("bench")
    some = [next(crowd) for _ in range(_PEOPLE)]

    def tag() -> None:
        for person in some:
            holder.tag(1, person.id_number, person.name)

    figure = f"{1000 / rate(tag, each=_PEOPLE):.1f} ms each, one core"
    return [Row("holder tag (PBKDF2, 100,000 rounds)", figure, "in no other figure")]
