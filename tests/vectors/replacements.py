# SPDX-License-Identifier: Apache-2.0
"""What may replace the snapshot in force (docs/format.md §5.7)."""

from collections.abc import Callable, Iterator

from credential.filing import Filing, Standing
from credential.key_record import KeyRecord
from credential.manifest import MAX_SEQUENCE
from credential.survivors import Survivors
from tests.credential.world import credit_code
from tests.vectors.bases import OLD, PEERED, files, first, told, with_peer
from tests.vectors.case import Case
from tests.vectors.world import BEGIN, DAY, PUBLISHED, Steady, file

Change = Callable[[Steady], object]


def cases() -> Iterator[Case]:
    """Give the cases of this layer."""
    yield from _numbers()
    yield from _contents()
    yield from _past()
    yield from _roots()
    yield from _peers()


def _case(name: str, change: Change, code: str, comment: str) -> Case:
    """Publish twice with a change between."""
    home = first()
    anchor = home.anchor
    home.next()
    change(home)
    which, made = told(f"replace-{name}.json", file(home), "new")
    expect: dict[str, object] = {"kept": {"310000": home.sequence}, "rejected_peers": {}}
    return Case(
        f"replace/{name}",
        comment,
        "docs/format.md §5.7",
        "replace",
        {"old": OLD, **which, "anchor": anchor},
        {"code": f"snapshot.{code}"} if code else expect,
        {OLD: files()[OLD], **made},
    )


def _set(**changes: object) -> Change:
    def change(home: Steady) -> None:
        for name, value in changes.items():
            setattr(home, name, value)

    return change


def _numbers() -> Iterator[Case]:
    rollback, conflict = "rollback", "conflict"
    yield _case("next", lambda home: None, "", "the next publication")
    same = {"old": OLD, "new": OLD, "anchor": first().anchor}
    yield Case("replace/same", "the same file again is quietly kept", "docs/format.md §5.7",
               "replace", same, {"kept": {"310000": 812}, "rejected_peers": {}},
               {OLD: files()[OLD]})  # fmt: skip
    yield _case("sequence-lower", _set(sequence=811), rollback, "an older manifest")
    yield _case("sequence-equal", _set(sequence=812), conflict, "one number, two manifests")
    top = _set(sequence=MAX_SEQUENCE)
    yield _case("sequence-far", top, "", "a leap is allowed, and can be undone by a root")
    yield _case("list-lower", lambda home: home.set_list(version=40), rollback, "an older list")
    yield _case("list-equal", lambda home: home.set_list(version=41), conflict,
                "one number, two lists")  # fmt: skip
    yield _case("list-iat", lambda home: home.set_list(iat=PUBLISHED - 1, exp=PUBLISHED + DAY),
                rollback,
                "a list that was signed earlier")  # fmt: skip
    yield _case("manifest-iat", _manifest_iat, rollback, "a manifest that was signed earlier")
    yield _case("status-iat", _set(list_times={"1": (PUBLISHED - 1, PUBLISHED + DAY)}), rollback,
                "a status list that was signed earlier")  # fmt: skip
    yield _case("catalogue-lower", _catalogue(version=2), rollback, "an older catalogue")
    yield _case("catalogue-equal", _catalogue(occupations=()), conflict,
                "one number, two catalogues")  # fmt: skip
    yield _case("log-shorter", _log(size=9), rollback, "the log became shorter")
    yield _case("log-other-root", _log(root=b"\1" * 32), conflict, "one size, two roots")
    yield _case("log-longer", _log(size=11, root=b"\1" * 32), "", "the log grows")


def _manifest_iat(home: Steady) -> None:
    home.manifest = lambda one: one._replace(iat=PUBLISHED - 1, exp=PUBLISHED + DAY)


def _catalogue(**changes: object) -> Change:
    def change(home: Steady) -> None:
        old = home.catalogues[0]
        home.catalogues = [old._replace(**changes)]  # type: ignore[arg-type]  # members

    return change


def _log(**changes: object) -> Change:
    def change(home: Steady) -> None:
        home.checkpoint = home.checkpoint._replace(**changes)  # type: ignore[arg-type]  # members

    return change


def _contents() -> Iterator[Case]:
    gone, rewritten = "vanished", "rewritten"
    yield _case("status-list-gone", _set(statuses={}), gone, "a status list is gone")
    yield _case("catalogue-gone", _set(catalogues=[]), gone, "a catalogue is gone")
    yield _case("body-gone", lambda home: home.set_list(bodies=()), gone, "a body is gone")
    for name, statuses, code, comment in (
        ("revoked-valid", {2: 2, 3: 3}, rewritten, "what was revoked is valid again"),
        ("revoked-suspended", {1: 2, 2: 2, 3: 3}, rewritten, "what was revoked is suspended"),
        ("superseded-valid", {1: 1, 2: 2}, rewritten, "what was superseded is valid again"),
        ("suspended-valid", {1: 1, 3: 3}, "", "a suspension may end"),
        ("suspended-revoked", {1: 1, 2: 1, 3: 3}, "", "a suspension may become final"),
    ):
        yield _case(name, _set(statuses={"1": statuses}), code, comment)

    def half(home: Steady) -> None:
        home.after["trust_list"] = lambda text: text[:-1]

    yield _case("damaged", half, "part", "what reading refuses, refuses here")


def _past() -> Iterator[Case]:
    rewritten = "rewritten"

    def body(name: str, code: str, comment: str, **changes: object) -> Case:
        return _case(f"body-{name}", lambda home: home.set_body(**changes), code, comment)

    home = first()
    own, active = home.body, home.body.standing[0]
    later, before = PUBLISHED + 60, PUBLISHED - 60
    suspended = Standing(later, "suspended", "处〔2026〕3号")
    yield body("suspended-later", "", "from now on", standing=(active, suspended))
    yield body("suspended-before", rewritten, "for a time that has passed",
               standing=(active, suspended._replace(start=before)))  # fmt: skip
    yield body("suspended-at", "", "what the old list's iat begins is not past",
               standing=(active, suspended._replace(start=PUBLISHED)))  # fmt: skip
    yield body("active-earlier", rewritten, "it had not been",
               standing=(active._replace(start=BEGIN - 1),))  # fmt: skip
    yield body("void", "", "an annulment reaches back", void="撤〔2026〕1号")
    yield body("max-delay", rewritten, "another delay", max_delay=60)
    yield body("key-gone", rewritten, "a key is gone", keys=own.keys[1:])
    key, *others = own.keys
    yield body("key-ends-later", "", "a key ends from now on",
               keys=(key._replace(end=later), *others))  # fmt: skip
    yield body("key-ended-before", rewritten, "a key ended in the past",
               keys=(key._replace(end=before), *others))  # fmt: skip
    yield body("key-distrusted", "", "distrust reaches back",
               keys=(key._replace(distrusted_after=BEGIN), *others))  # fmt: skip
    known = others[0]
    for name, since, code, comment in (
        ("gone", None, rewritten, "distrust is never taken back"),
        ("later", PUBLISHED - DAY + 1, rewritten, "nor put off"),
        ("earlier", PUBLISHED - DAY - 1, "", "it may reach further back"),
    ):
        keys = (key, known._replace(distrusted_after=since))
        yield body(f"distrust-{name}", code, comment, keys=keys)
    filing, annulled = own.filings
    yield body("filing-gone", rewritten, "a filing is gone", filings=(own.filings[1],))
    yield body("filing-wider", rewritten, "a filing was never so wide",
               filings=(filing._replace(districts=("310000",)), annulled))  # fmt: skip
    yield body("filing-ends", "", "a filing ends from now on",
               filings=(filing._replace(end=later), annulled))  # fmt: skip
    yield body("filing-void", "", "an annulment reaches back",
               filings=(filing._replace(void="撤〔2026〕1号"), annulled))  # fmt: skip
    yield body("filing-void-gone", rewritten, "an annulment is never taken back",
               filings=(filing, annulled._replace(void=None)))  # fmt: skip

    def restored(home: Steady) -> None:
        first_body, second = home.trust_list.bodies
        home.set_list(bodies=(first_body, second._replace(void=None)))

    yield _case("body-void-gone", restored, rewritten, "an annulment is never taken back")

    def newcomer(start: int) -> Change:
        def change(home: Steady) -> None:
            code = credit_code("91310115MA1K3YJ98")
            entry = active._replace(start=start)
            other = home.body._replace(id=f"{home.body.id[:-18]}{code}", code=code, keys=(),
                            filings=(), blocks=(), standing=(entry,))  # fmt: skip
            one, two = home.trust_list.bodies
            home.set_list(bodies=(one, other, two))

        return change

    yield _case("body-more", newcomer(later), "", "a body from now on")
    yield _case("body-more-before", newcomer(before), rewritten,
                "a body for a time that has passed")  # fmt: skip
    new = Filing("备〔2026〕99号", later, None, ("310000",), filing.grants)
    yield body("filing-more", "", "a filing from now on", filings=(filing, annulled, new))
    comment = "what the old list's iat begins is not past"
    at_once = new._replace(start=PUBLISHED)
    yield body("filing-more-at", "", comment, filings=(filing, annulled, at_once))
    added = home.key("certificate", "/more")
    entered = KeyRecord(added.kid, added.public, "certificate", PUBLISHED, None)
    yield body("key-more-at", "", comment, keys=(*own.keys, entered))
    entered = entered._replace(start=before)
    yield body("key-more-before", rewritten, "a key for a time that has passed",
               keys=(*own.keys, entered))  # fmt: skip
    yield body("filing-more-before", rewritten, "a filing for a time that has passed",
               filings=(filing, annulled, new._replace(start=before)))  # fmt: skip


def _roots() -> Iterator[Case]:
    def other_history(home: Steady) -> None:
        home.set_root(expires=home.root.expires - 1)

    comment = "another root than the one that is anchored"
    yield _case("other-root", other_history, "anchor", comment)

    def recovered(role: str) -> Change:
        def change(home: Steady) -> None:
            key = home.key(role, "/new")
            home.succeed()
            home.mark(role, key=key.public, kid=key.kid)
            home.signers[role] = key

        return change

    def publish(home: Steady) -> None:
        recovered("publish")(home)
        home.sequence = 5

    comment = "all publish keys were replaced: the sequence may start again"
    yield _case("recovery-publish", publish, "", comment)

    def statuses(home: Steady) -> None:
        recovered("status")(home)
        home.statuses = {"1": {}}

    comment = "all status keys were replaced: what a thief revoked is valid again"
    yield _case("recovery-status", statuses, "", comment)

    def wrong_role(home: Steady) -> None:
        recovered("status")(home)
        home.sequence = 5

    comment = "status keys were replaced, which does not reset the manifest"
    yield _case("recovery-other-role", wrong_role, "rollback", comment)

    def survivors(home: Steady) -> None:
        home.succeed()
        home.mark("receipt", distrusted=True)
        home.survivors = {1: Survivors.of([bytes(64)])}

    yield _case("epoch-distrusted", survivors, "", "an epoch was stolen")


def _peers() -> Iterator[Case]:
    anchor = with_peer()[0].anchor

    def one(
        name: str,
        change: Callable[[Steady, Steady], object],
        kept: int | None,
        reason: str,
        comment: str,
        *,
        there: bool = True,
    ) -> Case:
        home, other = with_peer()
        home.next()
        other.next()
        change(home, other)
        data = file(home, other) if there else file(home)
        sequences = {"310000": 813} | ({} if kept is None else {"320000": kept})
        rejected = {"320000": f"snapshot.{reason}"} if reason else {}
        which, made = told(f"replace-peer-{name}.json", data, "new")
        return Case(
            f"replace/peer-{name}",
            comment,
            "docs/format.md §5.7",
            "replace",
            {"old": PEERED, **which, "anchor": anchor},
            {"kept": sequences, "rejected_peers": rejected},
            {PEERED: files()[PEERED], **made},
        )

    yield one("next", lambda home, other: None, 813, "", "both have gone on")
    yield one("rollback", lambda home, other: setattr(other, "sequence", 811), 812, "rollback",
              "the peer's falls back: its last good bag stays in force")  # fmt: skip
    yield one("damaged", lambda home, other: other.after.update({"checkpoint": lambda _: ""}),
              812, "part", "the peer's is damaged: its last good bag stays")  # fmt: skip
    yield one("gone", lambda home, other: None, 812, "vanished",
              "the peer's is missing: its last good bag stays", there=False)  # fmt: skip
    yield one("not-named", lambda home, other: home.succeed(peers=()), None, "anchor",
              "our root names it no more")  # fmt: skip
