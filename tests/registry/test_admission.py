# SPDX-License-Identifier: Apache-2.0
"""Admission: every rule with the attack it answers, each item alone, one receipt for ever."""

import threading
from itertools import pairwise
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePublicKey
from sqlalchemy import func, select

from credential import base64url, certificate, envelope, receipt
from credential.errors import SealError
from registry import database, log, store_certificates, store_log, tables
from registry.admission import Outcome, admit
from registry.log import Acknowledged
from tests.registry import backends
from tests.registry.world import (
    DAY,
    HOST,
    PEOPLE,
    START,
    URL,
    WELDER,
    Person,
    World,
    key,
    subject_of,
)

ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


def code(outcome: Outcome) -> str:
    return outcome.code if isinstance(outcome, SealError) else "admitted"


def submit(world: World, *texts: str) -> list[str]:
    return [code(one) for one in world.first.submit_all(texts)]


def count(world: World, table: Any) -> int:
    with database.read(world.registry.engine) as connection:
        return connection.execute(select(func.count()).select_from(table)).scalar_one()


def acknowledged(outcome: Outcome) -> Acknowledged:
    assert isinstance(outcome, Acknowledged), outcome
    return outcome


def malleate(text: str) -> str:
    """Give the other valid signature of the same content: r, n − s."""
    head, _, signature = text.removesuffix("~").rpartition(".")
    raw = base64url.decode(signature)
    other = raw[:32] + (ORDER - int.from_bytes(raw[32:])).to_bytes(32)
    return f"{head}.{base64url.encode(other)}~"


# Receipts -----------------------------------------------------------------------------------------


def test_a_receipt_is_for_exactly_this_content_and_holds_under_its_epoch(world: World) -> None:
    text = world.first.issue(PEOPLE[0])
    (outcome,) = world.first.submit_all([text])
    unverified, said = receipt.read(acknowledged(outcome).receipt)
    assert said.digest == envelope.read(text[:-1], envelope.CERTIFICATE).digest
    assert (said.host, said.t, said.epoch) == (HOST, START, 1)
    unverified.verify(world.receipt.public)


def test_the_stored_certificate_is_the_bytes_that_were_signed(world: World) -> None:
    """Law 5: nothing is re-serialised."""
    text = world.first.issue(PEOPLE[0])
    world.first.submit_all([text])
    with database.read(world.registry.engine) as connection:
        stored = connection.execute(select(tables.tokens.c.token)).scalar_one()
    assert stored + "~" == text


def test_the_same_content_gets_the_same_receipt_whatever_its_signature(world: World) -> None:
    """A malleated copy is the same certificate; one leaf, and the first stays."""
    text = world.first.issue(PEOPLE[0])
    first = world.first.submit_all([text])
    world.clock.now += 100
    assert malleate(text) != text
    assert world.first.submit_all([malleate(text), text]) == first * 2
    assert count(world, tables.certificates) == 1
    with database.read(world.registry.engine) as connection:
        assert connection.execute(select(tables.tokens.c.token)).scalar_one() == text[:-1]


def test_a_repetition_is_answered_even_after_the_body_may_issue_no_more(world: World) -> None:
    text = world.first.issue(PEOPLE[0])
    first = world.first.submit_all([text])
    suspend(world)
    assert world.first.submit_all([text]) == first


def test_a_repetition_with_a_wrong_signature_is_refused(world: World) -> None:
    text = world.first.issue(PEOPLE[0])
    world.first.submit_all([text])
    head, _, _ = text.rpartition(".")
    assert submit(world, f"{head}.{base64url.encode(bytes(64))}~") == ["signature.invalid"]


def test_indexes_have_no_gaps_and_times_never_fall(world: World) -> None:
    for person in PEOPLE[:3]:
        world.first.submit_all([world.first.issue(person)])
        world.clock.now += 7
    world.clock.now -= 10  # within what a clock may lag
    world.first.submit_all([world.first.issue(PEOPLE[3])])
    with database.read(world.registry.engine) as connection:
        rows = store_log.leaves_from(connection, 0, 1_000)
    assert [row.leaf.log_index for row in rows] == list(range(len(rows)))
    assert all(one.leaf.t <= other.leaf.t for one, other in pairwise(rows))


def test_a_clock_that_was_set_back_stops_admission(world: World) -> None:
    world.first.submit_all([world.first.issue(PEOPLE[0])])
    world.clock.now -= 3_600
    text = world.first.issue(PEOPLE[1], iat=START)
    with pytest.raises(SealError) as caught:
        world.first.submit_all([text])
    assert caught.value.code == "registry.clock"
    world.clock.now += 3_600
    assert submit(world, text) == ["admitted"]


def test_a_receipt_that_a_crash_left_unsigned_is_signed_at_the_next_start(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between storing and signing."""
    text = world.first.issue(PEOPLE[0])

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(log, "countersign", killed)
    with pytest.raises(KeyboardInterrupt):
        world.first.submit_all([text])
    monkeypatch.undo()
    with database.read(world.registry.engine) as connection:
        assert store_log.unsigned_count(connection) == 1
    world.registry = world.open()
    with database.read(world.registry.engine) as connection:
        assert store_log.unsigned_count(connection) == 0
    first = world.first.submit_all([text])
    assert world.first.submit_all([text]) == first
    assert count(world, tables.certificates) == 1


def test_nothing_is_signed_before_it_is_durable(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Law 6: the receipt key is used only when another connection can read the leaf."""
    seen = []
    sign = type(world.receipt).sign

    def watched(self: Any, data: bytes) -> bytes:
        if self.role == "receipt":
            with database.read(world.registry.engine) as connection:
                seen.append(store_log.unsigned_count(connection))
        return sign(self, data)

    monkeypatch.setattr(type(world.receipt), "sign", watched)
    world.first.submit_all([world.first.issue(person) for person in PEOPLE[:3]])
    assert seen == [3, 3, 3]


def test_the_first_signature_that_was_stored_stays(world: World) -> None:
    text = world.first.issue(PEOPLE[0])
    first = world.first.submit_all([text])
    with database.read(world.registry.engine) as connection:
        (stored,) = store_log.leaves_at(connection, [acknowledged(first[0]).log_index])
    other = key("receipt", "an impostor's", epoch=1)
    registry = world.registry
    assert log.countersign(registry.engine, [other], [stored.leaf], registry.marks) is None
    assert world.first.submit_all([text]) == first


# Who, with which key ------------------------------------------------------------------------------


def test_a_body_cannot_hand_in_another_bodys_certificate(world: World) -> None:
    text = world.first.issue(PEOPLE[0])
    outcomes = admit(world.registry, [text], world.other.id)
    assert [code(one) for one in outcomes] == ["submission.other_body"]


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (
            lambda w: w.first.sign(w.first.claims(PEOPLE[0]), key("certificate", "unknown")),
            "key.unknown",
        ),
        (lambda w: w.first.sign(w.first.claims(PEOPLE[0]), w.other.certificate), "key.unknown"),
        (lambda w: w.first.issue(PEOPLE[0])[:-1], "malformed.token"),
        (lambda w: w.first.issue(PEOPLE[0]) + "~", "malformed.token"),
        (lambda w: "x" * 9_000 + "~", "malformed.token"),
    ],
    ids=["unknown", "another_bodys", "bare", "twice", "long"],
)
def test_key_and_form(world: World, change: Any, expected: str) -> None:
    assert submit(world, change(world)) == [expected]


def test_a_key_counts_only_in_its_window(world: World) -> None:
    late = key("certificate", "late")
    body = world.key_body(late, world.first.id, **{"from": START + DAY, "to": START + 2 * DAY})
    world.state("key", world.first.id, body)
    early = world.first.sign(world.first.claims(PEOPLE[0]), late)
    assert submit(world, early) == ["key.not_valid_then"]
    world.clock.now = START + DAY
    assert submit(world, early) == ["admitted"]
    world.clock.now = START + 2 * DAY
    text = world.first.sign(world.first.claims(PEOPLE[1]), late)
    assert submit(world, text) == ["key.not_valid_then"]


def test_a_distrusted_key_admits_nothing(world: World) -> None:
    body = {"kid": world.first.certificate.kid, "after": START - 5, "document": "沪公网〔2026〕1号"}
    world.state("key_distrust", world.first.id, body)
    assert submit(world, world.first.issue(PEOPLE[0])) == ["key.distrusted"]


def test_a_repeated_nonce_is_refused_with_an_alarm(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    """Two signatures with the same r give the private key away."""
    number = world.first.certificate.private
    secret = number.private_numbers().private_value  # type: ignore[union-attr] # a P-256 key
    nonce = 0x1234567
    point = _multiply(nonce)
    r = point % ORDER

    def weak(claims: Any) -> str:
        text = world.first.sign(claims)
        head, _, _ = text.rpartition(".")
        digest = int.from_bytes(_sha256(head.encode()))
        s = pow(nonce, -1, ORDER) * (digest + r * secret) % ORDER
        return f"{head}.{base64url.encode(r.to_bytes(32) + s.to_bytes(32))}~"

    one, two = (weak(world.first.claims(person)) for person in PEOPLE[:2])
    with caplog.at_level("INFO"):
        assert submit(world, one) == ["admitted"]
        assert submit(world, two) == ["key.nonce"]
        assert submit(world, weak(world.first.claims(PEOPLE[2])), one) == ["key.nonce", "admitted"]
    assert "alarm" in caplog.text


def _sha256(data: bytes) -> bytes:
    import hashlib

    return hashlib.sha256(data).digest()


def _multiply(nonce: int) -> int:
    from cryptography.hazmat.primitives.asymmetric import ec

    public: EllipticCurvePublicKey = ec.derive_private_key(nonce, SECP256R1()).public_key()
    return public.public_numbers().x


# Scope and standing -------------------------------------------------------------------------------


def suspend(world: World, state: str = "suspended", **more: Any) -> None:
    body = {"from": world.clock.now, "state": state, "document": "沪人社函〔2026〕12号", **more}
    world.state("standing", world.first.id, body)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"kind": "specialised_skill", "level": None}, "scope.kind"),
        ({"occupation_code": "lyg2020:1"}, "scope.occupation"),
        ({"level": "2"}, "scope.level"),
        ({"region": "310104"}, "scope.district"),
        ({"region": "320700"}, "scope.district"),
        ({"region": "310115"}, "admitted"),
        ({"iat": START + 300}, "admitted"),
        ({"iat": START + 301}, "dates.not_yet"),
        ({"iat": START - 2_592_000}, "admitted"),
        ({"iat": START - 2_592_001}, "dates.backdated"),
        ({"evaluated_on": "2026-09-22"}, "dates.evaluated"),
        ({"evaluated_on": "2026-09-21"}, "batch.dates"),
        ({"evaluated_on": "2026-09-20"}, "admitted"),
        ({"evaluated_on": "2026-09-01"}, "admitted"),
        ({"evaluated_on": "2026-08-31"}, "batch.dates"),
        ({"occupation_code": WELDER}, "occupation.name"),
        ({"occupation_name": "泥瓦工"}, "occupation.name"),
        ({"trade": "建筑瓦工"}, "admitted"),
        ({"trade": "古建瓦工"}, "occupation.trade"),
        ({"occupation_code": WELDER, "occupation_name": "焊工"}, "batch.occupation"),
        ({"level": "5"}, "number.inconsistent"),
        ({"level": "4"}, "number.inconsistent"),
        ({"year": 25}, "number.inconsistent"),
        ({"certificate_number": "Y000031000202263000001"}, "number.inconsistent"),
        ({"certificate_number": "Y00003100010126300001"}, "number.inconsistent"),
        ({"status_index": 4_095}, "status.not_yours"),
        ({"status_index": 4_096}, "admitted"),
        ({"status_index": 6_143}, "admitted"),
        ({"status_index": 6_144}, "status.not_yours"),
        ({"status_index": 2**20}, "status.not_yours"),
        ({"status_uri": f"{URL}/status/2"}, "status.not_yours"),
        ({"batch": "B2"}, "batch.unknown"),
        ({"route": "direct_recognition"}, "batch.route"),
        ({"name": "张三"}, "name.test_data"),
        ({"name": "严书禾"}, "roster.unlisted"),
        ({"holder_tag": "Ab4_"}, "roster.unlisted"),
        ({"holder_tag": None}, "roster.unlisted"),
    ],
)
def test_every_edge_of_scope_dates_number_index_and_batch(
    world: World, changes: dict[str, Any], expected: str
) -> None:
    text = world.first.issue(PEOPLE[0], **changes)
    assert submit(world, text) == [expected]
    # A refused submission uses up nothing.
    if expected != "admitted":
        assert count(world, tables.certificates) == 0


def test_a_level_that_the_batch_was_not_filed_for_is_refused(world: World) -> None:
    world.first.file_batch("B4", PEOPLE, occupations=[{"code": "lyg2020:39", "levels": ["4"]}])
    assert submit(world, world.first.issue(PEOPLE[0], "B4")) == ["batch.level"]


@pytest.mark.parametrize(
    ("state", "more", "expected"),
    [
        ("suspended", {}, "standing.suspended"),
        ("removed", {}, "standing.removed"),
        ("rectifying", {"may_issue": False}, "standing.suspended"),
        ("rectifying", {"may_issue": True}, "admitted"),
        ("rectifying", {}, "admitted"),
    ],
)
def test_standing(world: World, state: str, more: dict[str, Any], expected: str) -> None:
    suspend(world, state, **more)
    assert submit(world, world.first.issue(PEOPLE[0])) == [expected]


def test_a_body_that_is_annulled_or_whose_filing_is_issues_nothing(world: World) -> None:
    filing = {"number": "沪人社备〔2026〕7号", "document": "沪人社撤〔2026〕1号"}
    world.state("filing_void", world.first.id, filing)
    assert submit(world, world.first.issue(PEOPLE[0])) == ["scope.kind"]
    world.state("body_void", world.first.id, {"document": "沪人社撤〔2026〕2号"})
    assert submit(world, world.first.issue(PEOPLE[0])) == ["standing.void"]


def test_a_filing_counts_to_the_second(world: World) -> None:
    end = START + DAY
    world.state("filing", world.first.id, world.filing(world.first, to=end))
    world.clock.now = end - 1
    assert submit(world, world.first.issue(PEOPLE[0])) == ["admitted"]
    world.clock.now = end
    assert submit(world, world.first.issue(PEOPLE[1])) == ["scope.expired"]


@pytest.mark.parametrize("suspended_first", [True, False])
def test_a_scope_cannot_be_withdrawn_between_check_and_commit(
    world: World, suspended_first: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The directory that counts is the one behind the locked tail, not the one read before."""
    from registry import admission

    text = world.first.issue(PEOPLE[0])
    real = admission._admit_in_transaction

    def after_the_suspension(*args: Any) -> Any:
        return real(*args)

    read = admission._read

    def while_it_is_read(*args: Any) -> Any:
        item = read(*args)
        if suspended_first:
            suspend(world)
        return item

    monkeypatch.setattr(admission, "_read", while_it_is_read)
    monkeypatch.setattr(admission, "_admit_in_transaction", after_the_suspension)
    assert submit(world, text) == ["standing.suspended" if suspended_first else "admitted"]


# What is taken ------------------------------------------------------------------------------------


def test_a_number_belongs_to_the_first_content(world: World) -> None:
    claims = world.first.claims(PEOPLE[0])
    other = world.first.claims(PEOPLE[1], certificate_number=claims.certificate_number)
    one, two = world.first.sign(claims), world.first.sign(other)
    assert submit(world, one, two) == ["admitted", "number.taken"]
    assert submit(world, two) == ["number.taken"]


def test_a_status_index_is_given_once(world: World) -> None:
    one = world.first.issue(PEOPLE[0], status_index=5_000)
    two = world.first.issue(PEOPLE[1], status_index=5_000)
    assert submit(world, one, two) == ["admitted", "status.taken"]
    assert submit(world, two) == ["status.taken"]


def test_a_result_gets_one_certificate(world: World) -> None:
    """Where there is no tag that would name the person."""
    nameless = PEOPLE[-1]
    one, two = (world.first.issue(nameless) for _ in range(2))
    assert submit(world, one, two) == ["admitted", "roster.taken"]


def test_namesakes_without_tags_each_get_one(world: World) -> None:
    twins = [Person("陈安", None), Person("陈安", None)]
    world.first.file_batch("B5", twins)
    texts = [world.first.issue(twins[0], "B5") for _ in range(3)]
    assert submit(world, *texts) == ["admitted", "admitted", "batch.full"]


def test_a_person_holds_one_certificate_of_an_occupation_and_level(world: World) -> None:
    """Also from another batch, until it is superseded."""
    first = world.first.claims(PEOPLE[0])
    assert submit(world, world.first.sign(first)) == ["admitted"]
    world.first.file_batch("B6", PEOPLE[:1])
    again = world.first.issue(PEOPLE[0], "B6")
    assert submit(world, again) == ["person.duplicate"]
    number = certificate.read(again[:-1])[1].certificate_number
    world.first.change("supersede", first, {"by": number, "reason": "姓名更正"})
    assert submit(world, again) == ["admitted"]


def test_a_re_issue_may_take_the_seat_of_what_it_supersedes(world: World) -> None:
    first = world.first.claims(PEOPLE[0])
    again = world.first.claims(PEOPLE[0])
    assert submit(world, world.first.sign(first)) == ["admitted"]
    body = {"by": again.certificate_number, "reason": "照片更正"}
    world.first.change("supersede", first, body)
    assert submit(world, world.first.sign(again)) == ["admitted"]


def test_a_reserved_number_is_for_the_body_that_reserved_it(world: World) -> None:
    first = world.first.claims(PEOPLE[0])
    submit(world, world.first.sign(first))
    wanted = f"{world.other.prefix}263000777"
    world.first.change("supersede", first, {"by": wanted, "reason": "差错更正"})
    world.other.file_batch("B1", PEOPLE[:1])
    text = world.other.issue(PEOPLE[0], certificate_number=wanted)
    outcomes = admit(world.registry, [text], world.other.id)
    assert [code(one) for one in outcomes] == ["number.reserved"]


def test_a_revoked_certificate_frees_its_person_for_another_batch(world: World) -> None:
    first = world.first.claims(PEOPLE[0])
    submit(world, world.first.sign(first))
    world.first.change("revoke", first)
    assert submit(world, world.first.issue(PEOPLE[0])) == ["roster.taken"]
    world.first.file_batch("B7", PEOPLE[:1])
    assert submit(world, world.first.issue(PEOPLE[0], "B7")) == ["admitted"]


def test_more_certificates_than_people_are_refused(world: World) -> None:
    world.first.file_batch("B8", [Person("陈安", None)])
    texts = [world.first.issue(Person("陈安", None), "B8") for _ in range(2)]
    assert submit(world, *texts) == ["admitted", "batch.full"]


def test_what_expires_may_be_renewed_in_its_last_months(world: World) -> None:
    grant = {"kind": "training_completion", "occupations": ["lyg2020:39"], "levels": []}
    world.state("filing", world.first.id, world.filing(world.first, number="备2", grants=[grant]))
    plan = {"kind": "training_completion", "occupations": [{"code": "lyg2020:39", "levels": []}]}
    for number in ("T1", "T2"):
        world.first.file_batch(number, PEOPLE[:1], **plan)
    end = START + 200 * DAY
    kind = {"kind": "training_completion", "level": None}
    assert submit(world, world.first.issue(PEOPLE[0], "T1", exp=end, **kind)) == ["admitted"]
    world.clock.now = end - 91 * DAY
    renewed = world.first.issue(PEOPLE[0], "T2", exp=end + 200 * DAY, **kind)
    assert submit(world, renewed) == ["person.duplicate"]
    world.clock.now = end - 90 * DAY
    assert submit(world, renewed) == ["admitted"]


# Each on its own ----------------------------------------------------------------------------------


@pytest.mark.parametrize("bad", range(5))
def test_exactly_the_bad_item_is_refused(world: World, bad: int) -> None:
    texts = [
        world.first.issue(person, **({"level": "2"} if n == bad else {}))
        for n, person in enumerate(PEOPLE[:5])
    ]
    assert submit(world, *texts) == ["scope.level" if n == bad else "admitted" for n in range(5)]


def test_judging_together_is_judging_one_by_one(tmp_path: Any) -> None:
    """The verdict on a batch is the product of the items' verdicts."""
    changes: list[dict[str, Any]] = [
        {},
        {"level": "2"},
        {"status_index": 1},
        {},
        {"name": "测试"},
        {"iat": START + 999},
    ]
    results = []
    for together in (True, False):
        (tmp_path / str(together)).mkdir()
        world = World(tmp_path / str(together)).found()
        world.first.file_batch("B1", PEOPLE)
        texts = [
            world.first.issue(person, **change)
            for person, change in zip(PEOPLE, changes, strict=False)
        ]
        one_by_one = (
            [text for text in texts for text in submit(world, text)] if not together else []
        )
        results.append(submit(world, *texts) if together else one_by_one)
    assert results[0] == results[1]


def test_a_thousand_in_one_transaction(world: World) -> None:
    crowd = [
        Person(f"欧阳{chr(0x4E00 + n // 40)}{chr(0x4E80 + n % 40)}", None) for n in range(1_000)
    ]
    world.state("blocks", world.first.id, {"list": "1", "first": 65_536, "count": 2_048})
    world.first.file_batch("K", crowd)
    texts = [
        world.first.issue(person, "K", status_index=65_536 + n) for n, person in enumerate(crowd)
    ]
    outcomes = world.first.submit_all(texts)
    assert {code(one) for one in outcomes} == {"admitted"}
    first = acknowledged(outcomes[0]).log_index
    assert [acknowledged(one).log_index for one in outcomes] == list(range(first, first + 1_000))
    assert world.first.submit_all(texts) == outcomes


def test_a_storm_of_equal_requests_makes_one_leaf(world: World) -> None:
    texts = [world.first.issue(person) for person in PEOPLE[:3]]
    results: list[list[Outcome]] = []
    threads = [
        threading.Thread(target=lambda: results.append(world.first.submit_all(texts)))
        for _ in range(16)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(results) == 16
    assert all(result == results[0] for result in results)
    assert count(world, tables.certificates) == 3
    assert count(world, tables.receipts) == count(world, tables.leaves)


def test_a_race_for_one_number_has_one_winner(world: World) -> None:
    claims = world.first.claims(PEOPLE[0])
    texts = [
        world.first.issue(person, certificate_number=claims.certificate_number)
        for person in PEOPLE[:8]
    ]
    results: list[str] = []
    threads = [
        threading.Thread(target=lambda text=text: results.extend(submit(world, text)))
        for text in texts
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(results) == ["admitted"] + ["number.taken"] * 7


def test_no_body_key_is_needed_or_kept(world: World) -> None:
    """Law 1: the registry's process and database hold no private key but the receipt's."""
    from keys.signing_key import SigningKey

    held = [one for one in (world.registry.signers) if isinstance(one, SigningKey)]
    assert {one.role for one in held} == {"receipt"}
    secret = world.first.certificate.private.private_numbers().private_value  # type: ignore[union-attr] # P-256
    assert secret.to_bytes(32) not in backends.content(world.registry.engine)


def test_a_status_subject_names_the_certificate(world: World) -> None:
    claims = world.first.claims(PEOPLE[0])
    assert subject_of(claims).endswith(f"/certificates/skill_level/{claims.certificate_number}")


def test_a_bodys_certificates_come_newest_first_page_by_page(world: World) -> None:
    submit(world, *(world.first.issue(person) for person in PEOPLE[:7]))
    pages: list[list[int]] = []
    with database.read(world.registry.engine) as connection:
        while found := store_certificates.page(
            connection, world.first.code, before=pages[-1][-1] if pages else None, limit=3
        ):
            pages.append(found)
        assert store_certificates.page(connection, world.other.code, before=None, limit=3) == []
    every = [index for page in pages for index in page]
    assert [len(page) for page in pages] == [3, 3, 1]
    assert every == sorted(every, reverse=True)
