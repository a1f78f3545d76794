# SPDX-License-Identifier: Apache-2.0
"""Chains of roots, anchors, and the peers that a root names (docs/format.md §5.1, §5.6)."""

from collections.abc import Callable, Iterator
from dataclasses import replace

from credential import root, snapshot
from credential.key_record import KeyRecord
from keys.signing_key import SigningKey
from tests.credential.world import sign
from tests.vectors.bags import case
from tests.vectors.bases import with_peer
from tests.vectors.case import Case
from tests.vectors.signatures import malleated, with_signature
from tests.vectors.world import (
    BEGIN,
    DAY,
    END,
    HOME,
    OLD,
    PEER,
    Steady,
    file,
    lasting,
    of_three,
    person,
    slim,
)

_END = BEGIN + 10 * 366 * DAY


def cases() -> Iterator[Case]:
    """Give the cases of this layer."""
    yield from _thresholds()
    yield from _successions()
    yield from _anchors()
    yield from _peers()


def _thresholds() -> Iterator[Case]:
    def one(name: str, signers: list[int], code: str, comment: str) -> Case:
        home = of_three()
        home.root_signers = [person(home, number) for number in signers]
        source = "§5.1"
        return case(f"threshold-{name}", file(home), home.anchor, code, comment, source)

    short = "threshold"
    yield one("two-of-three", [0, 2], "", "two of the three keys")
    yield one("one-of-two", [0], short, "one signature where two are needed")
    yield one("one-key-twice", [0, 0], short, "one key signs twice")
    home = of_three()
    home.root_signers = home.root_signers[:1]
    texts = home.texts()
    token = texts.chain[0][0]
    again = with_signature(token, malleated(token))
    data = snapshot.assemble(texts._replace(chain=((token, again),)))
    yield case("threshold-one-key-malleated", data, home.anchor, short,
               "one signature twice, once with the other s", "§5.1")  # fmt: skip
    yield one("a-stranger", [0, 7], short, "a key that the root does not list")
    yield one("a-stranger-more", [0, 1, 7], "", "a signature too many does no harm")
    home = of_three()
    first, second = (person(home, number) for number in (0, 1))
    kept = lasting(first)._replace(kid=second.kid)
    home.set_root(keys=(lasting(first), kept, *home.root.keys[2:]))
    comment = "one key under two names"
    yield case("threshold-one-key-two-kids", file(home), home.anchor, "malformed", comment,
               "§5.1")  # fmt: skip
    home = of_three()
    keys = (*home.root.keys, lasting(person(home, 0)))
    home.set_root(keys=keys)
    yield case("threshold-one-key-listed-twice", file(home), home.anchor, "duplicate_key",
               "one key in two entries", "§5.1")  # fmt: skip
    home = of_three()
    marked = home.root.keys[0]._replace(distrusted=True)
    home.set_root(keys=(marked, *home.root.keys[1:]))
    comment = "a key that this version distrusts does not count"
    yield case("threshold-distrusted", file(home), home.anchor, short, comment, "§5.1")
    home = of_three()
    list_key = home.key("list")
    home.root_signers = [person(home, 0), list_key]
    yield case("threshold-other-role", _signed_by_role(home, list_key), home.anchor, short,
               "a list key signs the root", "§5.1")  # fmt: skip


def _signed_by_role(home: Steady, key: SigningKey) -> bytes:
    home.root_signers = [person(home, 0)]
    texts = home.texts()
    more = sign(key, "root+jwt", home.root.to_bytes())
    return snapshot.assemble(texts._replace(chain=((*texts.chain[0], more),)))


def _successions() -> Iterator[Case]:
    def two(
        name: str,
        change: Callable[[Steady], object],
        code: str,
        comment: str,
        start: Callable[[], Steady] = slim,
    ) -> Case:
        home = start()
        if name in {"host-gone", "epoch-trusted-again"}:
            home.set_root(hosts=(HOME, OLD))
            home.mark("receipt", distrusted=True)
        anchor = home.anchor
        change(home)
        return case(f"chain-{name}", file(home), anchor, code, comment, "§5.1")

    def succeed(**changes: object) -> Callable[[Steady], object]:
        return lambda home: home.succeed(**changes)

    def people(signers: list[int], listed: list[int]) -> Callable[[Steady], object]:
        def change(home: Steady) -> None:
            others = [record for record in home.root.keys if record.role != "root"]
            own = [lasting(person(home, number)) for number in listed]
            home.succeed(keys=(*own, *others))
            home.root_signers = [person(home, number) for number in signers]

        return change

    broken, short = "root", "threshold"
    yield two("two-versions", succeed(), "", "a second version")
    yield two("one-replaced", people([0, 1, 3], [1, 2, 3]), "",
              "two old and two new: 0 and 1, 1 and 3", of_three)  # fmt: skip
    yield two(
        "new-alone", people([3, 4], [3, 4, 5]), short, "the new people alone take over", of_three
    )
    yield two(
        "old-alone", people([0, 1], [3, 4, 5]), short, "the new people have not agreed", of_three
    )
    yield two("old-and-new", people([0, 1, 3, 4], [3, 4, 5]), "", "both have signed", of_three)
    yield two("skipped", succeed(version=3), broken, "version 2 is missing")
    yield two("again", succeed(version=1), broken, "the same number twice")
    yield two("other-region", succeed(region="320000"), broken, "a region never changes")
    yield two("other-environment", succeed(environment="production"), broken,
              "an environment never changes")  # fmt: skip
    yield two("from-falls", succeed(start=BEGIN - 1), broken, "from does not fall")
    yield two("host-gone", _host_gone, broken, "a host that was listed is missing")
    yield two("epoch-gone", _without_epoch, broken, "a receipt epoch is missing")
    yield two("epoch-longer", _epoch(end=END - 1), broken, "an epoch's window is another")
    yield two("epoch-other-key", _other_epoch_key, broken, "an epoch's key is another")
    yield two("epoch-distrusted", _epoch(distrusted=True), "", "an epoch may be marked")
    yield two("epoch-trusted-again", _trusted_again, broken, "and never unmarked")
    yield two("key-changes-role", _role_changes, broken, "a key that was of another role")
    yield two("retired-host", succeed(hosts=(HOME, OLD)), "", "a host more")
    home = of_three()
    texts = home.texts()
    other = of_three()
    other.set_root(expires=home.root.expires + 1)
    mixed = (texts.chain[0][0], other.texts().chain[0][1])
    data = snapshot.assemble(texts._replace(chain=(mixed,)))
    yield case("chain-two-payloads", data, home.anchor, "malformed",
               "two signatures of one version, over different payloads", "§5.1")  # fmt: skip


def _host_gone(home: Steady) -> None:
    home.succeed(hosts=(HOME,))


def _without_epoch(home: Steady) -> None:
    home.succeed(keys=tuple(one for one in home.root.keys if one.role != "receipt"))


def _epoch(**changes: object) -> Callable[[Steady], object]:
    def change(home: Steady) -> None:
        home.succeed()
        home.mark("receipt", **changes)

    return change


def _other_epoch_key(home: Steady) -> None:
    home.succeed()
    home.mark("receipt", key=home.epoch(2).public)


def _trusted_again(home: Steady) -> None:
    home.succeed()
    home.mark("receipt", distrusted=False)


def _role_changes(home: Steady) -> None:
    statement = home.key("statement")
    without = tuple(one for one in home.root.keys if one.role != "statement")
    home.succeed(keys=without)
    again = KeyRecord(statement.kid, statement.public, "log", BEGIN, _END)
    home.set_root(keys=(*without, again))


def _grown(second: int = 0) -> tuple[Steady, str]:
    """Give a region at version 3, whose version 2 one person signed, and the first anchor."""
    home = slim()
    anchor, signers = home.anchor, home.root_signers
    home.succeed()
    home.root_signers = [person(home, second)]
    home.succeed()
    home.root_signers = signers
    return home, anchor


def _anchors() -> Iterator[Case]:
    home, first = _grown()
    source = "§5.1"
    yield case("anchor-of-version-1", file(home), first, "", "a version that is long past", source)
    yield case("anchor-of-version-3", file(home), home.anchor, "", "the last one", source)
    home, _ = _grown(second=7)
    comment = "a stranger signed version 2, but what comes before the anchor is not judged"
    yield case("anchor-after-a-gap", file(home), home.anchor, "", comment, source)
    comment = "the same chain, judged from version 1"
    yield case("anchor-before-a-gap", file(home), first, "threshold", comment, source)


def _peers() -> Iterator[Case]:
    def peered(
        name: str,
        change: Callable[[Steady, Steady], object],
        rejected: str,
        comment: str,
        source: str = "§5.6",
    ) -> Case:
        home, other = with_peer()
        change(home, other)
        made = case(f"peer-{name}", file(home, other), home.anchor, "", comment, source)
        peers = {"320000": f"snapshot.{rejected}"} if rejected else {}
        return replace(made, expect={"anchored": True, "rejected_peers": peers})

    yield peered("usual", lambda home, other: None, "", "a peer that our root names")
    yield peered("not-named", lambda home, other: home.set_root(peers=()), "anchor",
                 "a peer that our root does not name")  # fmt: skip
    yield peered("other-root", lambda home, other: other.set_root(expires=_END - 1), "anchor",
                 "a peer whose root is not the one that ours names")  # fmt: skip
    yield peered("next-root", lambda home, other: other.succeed(), "",
                 "a peer whose root has gone on")  # fmt: skip
    yield peered("part", lambda home, other: other.after.update({"trust_list": lambda t: t[:-1]}),
                 "part", "a peer's bag is damaged: it is left out, ours stays")  # fmt: skip

    def same_host(home: Steady, other: Steady) -> None:
        other.set_root(hosts=(PEER, HOME))
        home.peers(other)

    yield peered("our-host", same_host, "host", "a peer that claims our host", "§5.2, §5.6")

    def same_key(home: Steady, other: Steady) -> None:
        keys = (other.body.keys[0]._replace(key=home.body_key.public, kid=home.body_key.kid),)
        other.set_body(keys=keys)

    yield peered("our-key", same_key, "duplicate_key", "a peer's body with our body's key",
                 "§5.2, §5.6")  # fmt: skip
    home, other = slim(), slim("320000", PEER)
    digest = root.parse_anchor(other.anchor)[1]
    home.set_root(peers=(("310000", digest),))
    yield case("peer-own-region", file(home), home.anchor, "malformed",
               "a root that names itself as peer", "§5.1")  # fmt: skip
