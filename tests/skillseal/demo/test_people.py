# SPDX-License-Identifier: Apache-2.0
"""Fictional holders: possible to every check, and nobody's."""

from itertools import islice

from credential import identity_number, name
from skillseal.demo import cast, people


def test_numbers_are_possible_and_nobodys() -> None:
    for person in islice(people.crowd("test"), 300):
        assert identity_number.normalise(1, person.id_number) == person.id_number
        assert person.id_number[4:6] == "99"
        assert name.clean(person.name) == person.name
        assert not name.is_test_name(person.name)


def test_the_same_seed_gives_the_same_people() -> None:
    first, again = (list(islice(people.crowd("a"), 50)) for _ in range(2))
    assert first == again
    assert first != list(islice(people.crowd("b"), 50))
    assert len(set(first)) == len(first)


def test_bodies_have_codes_of_their_own() -> None:
    codes = [member.code for place in cast.PLACES for member in place.members]
    assert len(set(codes)) == len(codes) == 8
