# SPDX-License-Identifier: Apache-2.0
"""Snapshots as files: what may stand together in one (docs/format.md §5.2 to §5.6)."""

import json
from collections.abc import Callable, Iterator

from credential import base64url
from credential.manifest import Part
from credential.survivors import Survivors
from keys.signing_key import SigningKey
from tests.credential.world import sign
from tests.vectors.asking import usual_anchor
from tests.vectors.bases import told
from tests.vectors.case import Case, Members
from tests.vectors.world import DAY, END, OLD, PEER, PUBLISHED, USUAL, Steady, file, slim

Change = Callable[[Steady], object]


def cases() -> Iterator[Case]:
    """Give the cases of this layer."""
    yield from _files()
    yield from _parts()
    yield from _keys()
    yield from _regions()
    yield from _contents()


def case(name: str, data: bytes, anchor: str | None, code: str, comment: str, source: str) -> Case:
    """Ask about a file of its own; without a code it is to be accepted."""
    expect: Members = {"code": f"snapshot.{code}"} if code else _accepted(anchor)
    which, made = told(f"{name}.json", data, "snapshot")
    inputs = {**which, "anchor": anchor}
    source = f"docs/format.md {source}"
    return Case(f"snapshot/{name}", comment, source, "snapshot", inputs, expect, made)


def _accepted(anchor: str | None) -> Members:
    return {"anchored": anchor is not None, "rejected_peers": {}}


def _bent(name: str, change: Change, code: str, comment: str, source: str = "§5.6") -> Case:
    home = slim()
    change(home)
    return case(name, file(home), home.anchor, code, comment, source)


def _files() -> Iterator[Case]:
    def usual(name: str, expect: Members, comment: str, source: str, **more: object) -> Case:
        inputs = {"snapshot": USUAL, "anchor": usual_anchor(), **more}
        source = f"docs/format.md {source}"
        return Case(f"snapshot/{name}", comment, source, "snapshot", inputs, expect)

    yield usual("usual", _accepted(""), "a snapshot with a peer", "§5.6")
    yield usual("unanchored", _accepted(None), "to be looked at, not believed", "§5.6",
                anchor=None)  # fmt: skip
    malformed = {"code": "snapshot.malformed"}
    for length in (0, 1, 1_000, 9_000, 20_000):
        yield usual(f"cut-at-{length}", malformed, "half written", "§5.6", length=length)
    other = {"code": "snapshot.anchor"}
    digest = usual_anchor().partition(":")[2]
    wrong = digest[:-1] + ("0" if digest[-1] != "0" else "1")
    for name, anchor, comment in (
        ("other", f"310000:{wrong}", "another root"),
        ("other-region", f"320000:{digest}", "another region"),
        ("capital", f"310000:{digest.upper()}", "not the text of an anchor"),
        ("short", f"310000:{digest[:-1]}", "not the text of an anchor"),
        ("bare", digest, "not the text of an anchor"),
    ):
        source = "§5.1"
        yield usual(f"anchor-{name}", other, comment, source, anchor=anchor)
    good = json.loads(file(slim()))
    anchor = slim().anchor
    spaced = json.dumps(good, indent=1).encode()
    yield case("white-space", spaced, anchor, "", "white space is allowed between", "§5.6")
    for name, members, comment in (
        ("no-peers", {key: good[key] for key in good if key != "peers"}, "a member is missing"),
        ("member-more", {**good, "extra": ""}, "an unknown member"),
        ("order", dict(reversed(good.items())), "members in another order"),
        ("root-empty", {**good, "root": []}, "no root at all"),
        ("lists-array", {**good, "status_lists": []}, "no object"),
        ("peer-name", {**good, "peers": {"31": good}}, "no region"),
        ("array", [good], "no object"),
    ):
        data = json.dumps(members, separators=(",", ":")).encode()
        yield case(name, data, anchor, "malformed", comment, "§5.6")
    twice = spaced[:-1] + b',"peers":{}}'
    yield case("member-twice", twice, anchor, "malformed", "a member twice", "§1.2")
    bom = b"\xef\xbb\xbf" + spaced
    yield case("bom", bom, anchor, "malformed", "a byte-order mark", "§1.2")


def _parts() -> Iterator[Case]:
    def after(name: str, other: Change) -> Change:
        """Exchange one part for that of another publication, after the manifest was signed."""

        def change(home: Steady) -> None:
            apart = slim()
            other(apart)
            text = dict(apart.texts().named())[name]
            home.after[name] = lambda _: text

        return change

    part = "part"
    comment = "a good part of another publication: the manifest lists what belongs together"
    yield _bent("mixed-trust-list", after("trust_list", lambda home: home.next()), part, comment)
    yield _bent("mixed-status-list", after("status_lists/1", _older), part, comment)
    yield _bent("mixed-catalogue", after("catalogues/0", _newer_catalogue), part, comment)
    yield _bent("mixed-checkpoint", after("checkpoint", lambda home: home.next()), part, comment)

    def listing(change: Callable[[tuple[Part, ...]], tuple[Part, ...]]) -> Change:
        return lambda home: setattr(home, "listing", change)

    yield _bent("part-not-listed", listing(lambda parts: (parts[0], *parts[2:])), part,
                "a part that the manifest does not list")  # fmt: skip
    extra = Part.of("status_lists/9", "")
    more = listing(lambda parts: (*parts[:-1], extra, parts[-1]))
    yield _bent("part-absent", more, part, "a part that is listed and not there")
    shorter = listing(
        lambda parts: (parts[0]._replace(length=parts[0].length - 1), *parts[1:])
    )  # fmt: skip
    yield _bent("part-length", shorter, part, "another length than listed", "§5.5, §5.6")
    swapped = listing(lambda parts: (parts[0], parts[2], parts[1], *parts[3:]))
    yield _bent("part-order", swapped, "malformed", "parts in another order", "§5.5, §5.6")
    cut = {"trust_list": lambda text: text[:-1]}
    yield _bent("part-cut", lambda home: home.after.update(cut), part, "a part is cut")


def _older(home: Steady) -> None:
    home.iat -= DAY


def _newer_catalogue(home: Steady) -> None:
    home.catalogues = [home.catalogues[0]._replace(version=4)]


def _keys() -> Iterator[Case]:
    def signer(role: str, key: SigningKey) -> Change:
        return lambda home: home.signers.update({role: key})

    home = slim()
    wrong = "signature"
    for role, other in (
        ("list", "status"),
        ("status", "list"),
        ("log", "list"),
    ):
        yield _bent(f"role-{role}-by-{other}", signer(role, home.key(other)), wrong,
                    "a key of the root, but of another role")  # fmt: skip
    yield _bent("role-list-by-body", signer("list", home.body_key), wrong,
                "a body's key signs the trust list")  # fmt: skip
    yield _bent("role-list-by-nobody", signer("list", home.key("list", "/x")), wrong,
                "a key that stands in no root")  # fmt: skip

    def manifest_by(home: Steady) -> None:
        payload = base64url.decode(home.texts().manifest.split(".")[1])
        signed = sign(home.key("list"), "manifest+jwt", payload)
        home.after["manifest"] = lambda _: signed

    yield _bent("role-publish-by-list", manifest_by, wrong, "not a publish key")

    def flipped(text: str) -> str:
        return text[:-4] + ("AAAA" if text[-4:] != "AAAA" else "BBBA")

    for name in ("trust_list", "status_lists/1", "catalogues/0", "checkpoint"):
        yield _bent(f"signature-{name.partition('/')[0].replace('_', '-')}",
                    _before(name, flipped), wrong, "a signature that does not hold")  # fmt: skip
    for role in ("list", "status", "publish", "log"):
        yield _bent(f"distrusted-{role}", _mark(role, distrusted=True), wrong,
                    "a key that the root distrusts")  # fmt: skip
        yield _bent(f"key-ended-{role}", _mark(role, end=PUBLISHED), wrong,
                    "its window ends at the part's iat")  # fmt: skip
    yield _bent("key-ending", _mark("list", end=PUBLISHED + 1), "",
                "its window holds the part's iat")  # fmt: skip
    yield _bent("key-not-begun", _mark("publish", start=PUBLISHED + 1), wrong,
                "its window has not begun")  # fmt: skip


def _before(name: str, change: Callable[[str], str]) -> Change:
    return lambda home: home.before.update({name: change})


def _mark(role: str, **changes: object) -> Change:
    return lambda home: home.mark(role, **changes)


def _regions() -> Iterator[Case]:
    def body_key_is(key: SigningKey, record: int = 0) -> Change:
        def change(home: Steady) -> None:
            keys = list(home.body.keys)
            keys[record] = keys[record]._replace(key=key.public, kid=key.kid)
            home.set_body(keys=tuple(keys))

        return change

    twice = "duplicate_key"
    home = slim()
    yield _bent(
        "key-in-two-roles",
        body_key_is(home.body_key, 1),
        "malformed",
        "one key, and so one kid, for certificates and for statements",
        "§5.2, §5.6",
    )
    yield _bent("root-key-as-body-key", body_key_is(home.key("list")), twice,
                "a key of the root in the trust list", "§5.2, §5.6")  # fmt: skip

    def second_body(home: Steady) -> None:
        other = home.body._replace(code=f"{home.body.code[:-1]}Y", filings=())
        other = other._replace(id=f"{home.body.id[:-18]}{other.code}")
        home.set_list(bodies=(home.body, other))

    yield _bent("key-of-two-bodies", second_body, twice, "one key for two bodies", "§5.2, §5.6")

    def kid(home: Steady) -> None:
        keys = list(home.body.keys)
        keys[1] = keys[1]._replace(kid=keys[0].kid)
        home.set_body(keys=tuple(keys))

    yield _bent("kid-of-another-key", kid, "malformed", "kid follows from the key", "§5.2, §5.6")
    yield _bent("part-of-another-region", lambda home: home.set_list(region="320000"), "host",
                "a trust list of another region")  # fmt: skip
    yield _bent("part-by-another-host", lambda home: home.set_list(iss=f"https://{PEER}"), "host",
                "a trust list by another registry")  # fmt: skip

    def retired(home: Steady) -> None:
        home.set_root(hosts=(home.host, OLD))
        home.set_list(iss=f"https://{OLD}")

    yield _bent("part-by-the-retired-host", retired, "host", "iss is the current host")
    foreign = home.body._replace(id=home.body.id.replace(home.host, PEER))
    yield _bent("body-elsewhere", lambda home: home.set_list(bodies=(foreign,)), "host",
                "a body under a host that the root does not list", "§5.2, §5.6")  # fmt: skip


def _contents() -> Iterator[Case]:
    week = 7 * DAY
    yield _bent("trust-list-8-days", lambda home: home.set_list(exp=PUBLISHED + week + 1), "ages",
                "a trust list lasts at most 7 days")  # fmt: skip
    yield _bent("manifest-8-days", lambda home: setattr(home, "exp", PUBLISHED + week + 1),
                "ages", "a manifest lasts at most 7 days")  # fmt: skip

    def catalogue(home: Steady) -> None:
        old = home.catalogues[0]
        home.catalogues = [old._replace(exp=old.iat + 366 * DAY + 1)]

    yield _bent("catalogue-367-days", catalogue, "ages", "a catalogue lasts at most 366 days")

    def two(home: Steady) -> None:
        home.catalogues = home.catalogues * 2

    yield _bent("two-catalogues", two, "part", "two catalogues of one scheme", "§5.3, §5.6")

    def standing(home: Steady) -> None:
        home.set_body(standing=home.body.standing * 2)

    yield _bent("standing-twice", standing, "malformed", "from rises strictly", "§5.2, §5.6")

    def unsorted(home: Steady) -> None:
        other = home.body._replace(code=f"0{home.body.code[1:]}", keys=(), filings=())
        other = other._replace(id=f"{home.body.id[:-18]}{other.code}")
        home.set_list(bodies=(home.body, other))

    yield _bent("bodies-unsorted", unsorted, "malformed", "bodies are sorted by code", "§5.2, §5.6")

    def survivors(home: Steady) -> None:
        home.survivors = {1: Survivors.of([bytes(64)])}

    yield _bent("survivors-of-a-good-epoch", survivors, "part",
                "survivors of an epoch that nobody distrusts")  # fmt: skip

    def sorted_wrongly(home: Steady) -> None:
        home.mark("receipt", distrusted=True)
        home.survivors = {1: Survivors(b"\2" * 16 + b"\1" * 16)}

    yield _bent("survivors-unsorted", sorted_wrongly, "malformed", "hashes rise")
    yield _bent(
        "list-of-three-bits", _before_lst, "malformed", "not two bits an entry", "§5.4, §5.6"
    )
    yield _bent("environment", lambda home: home.set_root(environment="staging"), "malformed",
                "demo, test or production", "§5.1, §5.6")  # fmt: skip
    yield _bent("epoch-367-days", _mark("receipt", end=END + 1), "malformed",
                "a receipt epoch lasts at most 366 days", "§5.1, §5.6")  # fmt: skip
    yield _bent("threshold-2-of-1", lambda home: home.set_root(threshold=2), "malformed",
                "more signatures than keys", "§5.1, §5.6")  # fmt: skip


def _before_lst(home: Steady) -> None:
    def change(text: str) -> str:
        payload = base64url.decode(text.split(".")[1]).replace(b'"bits":2', b'"bits":3')
        return sign(home.signers["status"], "statuslist+jwt", payload)

    home.before["status_lists/1"] = change
