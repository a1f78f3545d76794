# SPDX-License-Identifier: Apache-2.0
"""Catalogues in versions: occupations that end and begin, and codes that are never dropped."""

from datetime import UTC, datetime
from typing import Any

import pytest

from credential.errors import SealError
from registry import catalogues, fsck, lists
from tests.registry.test_admission import acknowledged, submit
from tests.registry.test_publish import publish_now, published
from tests.registry.test_statements import directory, refused
from tests.registry.world import CATALOGUE, PEOPLE, URL, World
from verifier import verify

SUBJECT = f"{URL}/catalogues/lyg2020"
BRICKLAYER, WELDER = CATALOGUE["occupations"]
MASON = {"code": "lyg2020:182", "name": "建筑砌筑工", "aliases": [], "trades": [], "equivalent": []}
DAY = "2026-09-12"  # on which the certificates of the tests are evaluated


def state(world: World, *occupations: dict[str, Any], version: int = 2) -> None:
    body = {**CATALOGUE, "version": version, "occupations": list(occupations)}
    world.state("catalogue", SUBJECT, body)


def merged(**days: str) -> dict[str, Any]:
    return {**BRICKLAYER, "equivalent": [{"code": MASON["code"], "relation": "broader"}], **days}


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        ({"to": DAY}, "admitted"),
        ({"from": DAY}, "admitted"),
        ({"to": "2026-09-11"}, "occupation.not_in_force"),
        ({"from": "2026-09-13"}, "occupation.not_in_force"),
    ],
)
def test_a_certificate_is_of_a_day_of_its_occupation(
    world: World, days: dict[str, str], expected: str
) -> None:
    state(world, merged(**days), WELDER, MASON)
    assert submit(world, world.first.issue(PEOPLE[0])) == [expected]


def test_the_refusal_says_what_to_take_instead(world: World) -> None:
    state(world, merged(to="2026-09-11"), WELDER, MASON)
    (outcome,) = world.first.submit_all([world.first.issue(PEOPLE[0])])
    assert isinstance(outcome, SealError)
    assert str(outcome) == (
        "lyg2020:39 砌筑工 is certified for evaluations to 2026-09-11, not of 2026-09-12: "
        "use lyg2020:182 建筑砌筑工 instead"
    )


def test_what_was_admitted_stays_when_its_occupation_ends(world: World) -> None:
    token = world.first.issue(PEOPLE[0])
    (outcome,) = world.first.submit_all([token])
    text = f"{token}\n{acknowledged(outcome).receipt}\n"
    state(world, merged(to="2026-09-01"), WELDER, MASON)
    publish_now(world)
    (catalogue,) = published(world).home.catalogues
    assert catalogue.by_code["lyg2020:39"].last_day == "2026-09-01"
    at = datetime.fromtimestamp(world.clock.now, UTC)
    verdict = verify(text, published(world), at=at, region="310115")
    assert (verdict.outcome, verdict.reason) == ("VALID", "ok")
    assert fsck.fsck(world.registry).certificates == 1


@pytest.mark.parametrize(
    "days", [{"to": None}, {"from": "soon"}, {"from": DAY, "to": "2026-09-11"}]
)
def test_days_that_are_none_are_refused(world: World, days: dict[str, Any]) -> None:
    body = {**CATALOGUE, "version": 2, "occupations": [{**BRICKLAYER, **days}, WELDER]}
    assert refused(world, "catalogue", SUBJECT, body) == "malformed.profile"
    assert directory(world).catalogues["lyg2020"].version == 1


# Codes that are gone ------------------------------------------------------------------------------


def test_a_code_is_never_dropped(world: World) -> None:
    body = {**CATALOGUE, "version": 2, "occupations": [WELDER, MASON]}
    with pytest.raises(SealError, match=r"lyg2020:39; end them with `to` instead") as caught:
        world.state("catalogue", SUBJECT, body)
    assert caught.value.code == "catalogue.vanished"
    assert directory(world).catalogues["lyg2020"].version == 1
    state(world, MASON, WELDER, merged(to=DAY))  # in another order, ended: it is all there
    assert directory(world).catalogues["lyg2020"].version == 2
    gone = {**body, "version": 3, "occupations": [merged(to=DAY), WELDER]}
    assert refused(world, "catalogue", SUBJECT, gone) == "catalogue.vanished"


def test_another_dictionary_is_no_successor(world: World) -> None:
    other = {**MASON, "code": "sh2026:1"}
    body = {**CATALOGUE, "version": 1, "occupations": [other], "numbers": []}
    world.state("catalogue", f"{URL}/catalogues/sh2026", body)
    assert set(directory(world).catalogues) == {"lyg2020", "sh2026"}


def test_many_codes_are_counted_and_some_named(world: World) -> None:
    many = [{**MASON, "code": f"lyg2020:{n}", "name": f"工种{n}"} for n in range(200, 240)]
    state(world, BRICKLAYER, WELDER, *many)
    body = {**CATALOGUE, "version": 3}
    with pytest.raises(SealError) as caught:
        world.state("catalogue", SUBJECT, body)
    assert str(caught.value) == (
        "codes of version 2 are gone: lyg2020:200, lyg2020:201, lyg2020:202, lyg2020:203, "
        "lyg2020:204 … (40); end them with `to` instead"
    )


def test_what_was_accepted_before_there_was_the_rule_is_not_refused_afterwards(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A registry that once dropped a code is rebuilt and signed as ever."""
    with monkeypatch.context() as patched:
        patched.setattr(catalogues, "check_kept", lambda _before, _after: None)
        state(world, BRICKLAYER)
    fsck.fsck(world.registry)
    lists.sign_lists(world.registry, world.list, world.status)
    state(world, BRICKLAYER, MASON, version=3)


# Batches ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("days", "is_filed"),
    [
        ({"to": "2026-09-01"}, True),  # the batch's first day
        ({"to": "2026-08-31"}, False),
        ({"from": "2026-09-20"}, True),  # its last day
        ({"from": "2026-09-21"}, False),
        ({"from": "2026-09-05", "to": "2026-09-05"}, True),
    ],
)
def test_a_batch_needs_a_day_of_each_occupation(
    world: World, days: dict[str, str], *, is_filed: bool
) -> None:
    state(world, merged(**days), WELDER)
    if is_filed:
        world.first.file_batch("B9", PEOPLE[:2])
        return
    with pytest.raises(SealError) as caught:
        world.first.file_batch("B9", PEOPLE[:2])
    assert caught.value.code == "occupation.not_in_force"
