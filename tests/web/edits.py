# SPDX-License-Identifier: Apache-2.0
"""What two regions could say, honestly or not, at times on and beside every boundary.

Each edit bends one thing of one registry, which then signs it with the keys that it holds.
"""

from collections.abc import Callable
from random import Random
from typing import Final

from credential import base64url
from credential.filing import Filing, Grant, Standing
from credential.recognition import Equivalence, Term
from credential.survivors import Survivors
from tests.credential.world import (
    AGREEMENT,
    AT,
    BEGIN,
    LEVELS,
    OCCUPATIONS,
    PUBLISHED,
    RECEIVED,
    WEEK,
    Registry,
    World,
)

DAY: Final = 86_400
CODES: Final = tuple(each.code for each in OCCUPATIONS)
DAYS: Final = (None, None, "2020-05-01", "2026-03-31", "2030-01-01", "2026-02-30")
"""Of occupations; the last one is none."""
KINDS: Final = ("skill_level", "special_operation", "training_completion", "industry_skill")


def near(random: Random, *times: int) -> int:
    """Give a time on, just before or just after one of some times, within a time's bounds."""
    offset = random.choice((0, 0, -1, 1, -300, 300, 301, -301, -3_600, DAY, -DAY))
    return min(max(random.choice(times) + offset, 0), 2**32 - 1)


def _window(random: Random) -> tuple[int, int | None]:
    start = random.choice((BEGIN, near(random, RECEIVED, PUBLISHED)))
    end = random.choice((None, near(random, RECEIVED, PUBLISHED, AT)))
    return start, end if end is None or end > start else None


def _standing(registry: Registry, random: Random) -> None:
    starts = sorted({BEGIN, *(near(random, RECEIVED, PUBLISHED, AT) for _ in range(2))})
    entries = []
    for start in starts[random.randrange(2) :]:
        state = random.choice(("active", "rectifying", "suspended", "removed"))
        may_issue = random.choice((None, True, False)) if state == "rectifying" else None
        entries.append(Standing(start, state, "人社备〔2026〕9号", may_issue))
    registry.set_body(standing=tuple(entries))


def _void(registry: Registry, random: Random) -> None:
    if random.random() < 0.3:
        registry.set_body(void="人社函〔2026〕1号")
    filing = registry.body.filings[0]._replace(void="人社函〔2026〕2号")
    registry.set_body(filings=random.choice(((filing,), (filing, registry.body.filings[0]))))


def _filings(registry: Registry, random: Random) -> None:
    filings = []
    for number in range(random.randrange(4)):
        start, end = _window(random)
        kind = random.choice(KINDS)
        levels = tuple(random.sample(LEVELS, random.randrange(3)))
        codes = tuple(random.sample(CODES, random.randint(1, 3)))
        grants = (Grant(kind, codes, levels), *registry.body.filings[0].grants)
        districts = (random.choice((registry.body.region, registry.region, "310104", "320102")),)
        void = random.choice((None, None, "人社函〔2026〕2号"))
        shown = tuple(random.sample(grants, random.randrange(len(grants) + 1)))
        filings.append(Filing(f"备{number}", start, end, districts, shown, void))
    registry.set_body(filings=tuple(filings) or registry.body.filings)


def _body_keys(registry: Registry, random: Random) -> None:
    keys = list(registry.body.keys)
    for at, record in enumerate(keys):
        start, end = _window(random)
        after = random.choice((None, None, near(random, RECEIVED)))
        keys[at] = record._replace(start=start, end=end, distrusted_after=after)
    registry.set_body(keys=tuple(keys[random.randrange(2) * random.randrange(2) :]))


def _body(registry: Registry, random: Random) -> None:
    registry.set_body(
        max_delay=random.choice((None, 1, 59, 60, 61)),
        prefix=random.choice((registry.body.prefix, "", "Y000099000101")),
    )


def _epoch(registry: Registry, random: Random) -> None:
    registry.mark("receipt", distrusted=True)
    if random.random() < 0.7:
        honest = registry.receipt(registry.certificate()).rpartition(".")[2]
        others = [bytes((n,)) * 64 for n in range(random.randrange(3))]
        listed = [*others, *([base64url.decode(honest)] if random.random() < 0.6 else [])]
        registry.survivors = {1: Survivors.of(listed)}


def _ages(registry: Registry, random: Random) -> None:
    iat = near(random, PUBLISHED, PUBLISHED - DAY, RECEIVED, AT)
    registry.iat, registry.exp = iat, iat + random.choice((WEEK, DAY, 1, WEEK + 1))
    registry.set_list(iat=(listed := near(random, iat, PUBLISHED)), exp=listed + WEEK)
    if random.random() < 0.4:
        registry.list_times["1"] = (near(random, iat), near(random, iat) + 5 * DAY)
    if random.random() < 0.3:
        registry.catalogues[0] = registry.catalogues[0]._replace(exp=near(random, AT, AT + DAY))
    if random.random() < 0.3:
        registry.set_root(expires=near(random, AT, AT + DAY))


def _statuses(registry: Registry, random: Random) -> None:
    registry.statuses["1"] = {70_031: random.randrange(4), random.randrange(2**20): 1}
    if random.random() < 0.2:
        del registry.statuses["1"]


def _agreement(registry: Registry, random: Random) -> None:
    agreements = []
    for number in range(random.randrange(4)):
        start, end = _window(random)
        issued_from, issued_until = _window(random)
        pairs: tuple[Equivalence, ...] | None = tuple(
            Equivalence(
                theirs, random.choice(CODES), random.choice(("same", "broader", "narrower"))
            )
            for theirs in random.sample(CODES, random.randrange(4))
        )
        pairs = random.choice((pairs, pairs, None))
        levels = tuple(random.sample(LEVELS, random.randrange(1, 5)))
        terms = (Term(random.choice(KINDS[:2]), pairs, levels), *AGREEMENT.terms)
        agreements.append(
            AGREEMENT._replace(
                document=f"沪苏〔2026〕{number}号",
                start=start,
                end=end,
                issued_from=issued_from,
                issued_until=issued_until,
                existing=random.choice(("keep", "drop")),
                terms=tuple(random.sample(terms, random.randrange(len(terms) + 1))),
            )
        )
    registry.set_list(recognitions=tuple(agreements))


def _catalogue(registry: Registry, random: Random) -> None:
    occupations = list(OCCUPATIONS)
    at = random.randrange(len(occupations))
    others = [code for code in (*CODES, "mohurd2017:010") if code != occupations[at].code]
    pairs = tuple((code, random.choice(("same", "broader", "narrower"))) for code in others)
    first, last = random.choice(DAYS), random.choice(DAYS)  # now and then turned, or no days
    occupations[at] = occupations[at]._replace(equivalent=pairs, first_day=first, last_day=last)
    rules = registry.catalogues[0].numbers
    registry.catalogues[0] = registry.catalogues[0]._replace(
        occupations=tuple(occupations),
        numbers=tuple(random.sample(rules, random.randrange(len(rules) + 1))),
    )


def _hosts(registry: Registry, random: Random) -> None:
    registry.set_root(hosts=(registry.host, f"alt.{registry.host}"))


def _other_body(registry: Registry, random: Random) -> None:
    code = "91310115MA1K3YJ22M"
    registry.set_body(code=code, id=f"https://{registry.host}/bodies/{code}")


EDITS: Final[tuple[Callable[[Registry, Random], None], ...]] = (
    *(_standing, _void, _filings, _body_keys, _body, _epoch, _ages, _ages, _statuses, _statuses),
    *(_agreement, _agreement, _catalogue, _hosts, _other_body),
)


def bent_world(random: Random) -> World:
    """Build two regions with up to three edits."""
    world = World()
    world.with_peer = random.random() < 0.8
    for _ in range(random.randrange(4)):
        edit = random.choice(EDITS)
        is_ours = edit is _agreement or random.random() < 0.7
        edit(world.home if is_ours else world.peer, random)
    world.name_peer()
    return world
