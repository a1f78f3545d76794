# SPDX-License-Identifier: Apache-2.0
"""Every reason of docs/format.md §6, reached from a published region, with all fourteen marks.

The marks are in the order of reporting: carrier issuer key signature receipt standing scope dates
status number recognition holder fitness freshness; they are P pass, F fail, U unknown, N not
asked, S skipped.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from cryptography.exceptions import UnsupportedAlgorithm

from credential import canonical, carrier, certificate, envelope, holder, receipt
from credential.catalogue import Occupation
from credential.filing import Grant, Standing
from credential.recognition import Term
from credential.snapshot import Snapshot
from tests.verifier.asking import ask, marks, printed_for, reasons
from tests.verifier.world import (
    ACTIVE,
    BRICKLAYER,
    CODES,
    DAY,
    FILING,
    HOUR,
    NOW,
    PLASTERER,
    START,
    STEEL,
    THEIRS,
    Issued,
    K,
    Region,
    T,
    agreement,
    body,
    body_key,
    jiangsu,
    key,
    record,
    shanghai,
)
from verifier import Outcome, Verdict
from verifier.marks import FAIL_CODES, UNKNOWN_CODES

HOME = shanghai()
BOTH = shanghai(jiangsu())
ID_NUMBER = "310199199003071236"
ALL_GOOD = "PPPPPPPPPPNNNP"

LIFTING: dict[str, Any] = {
    "kind": "special_operation",
    "level": None,
    "exp": NOW + DAY,
    "certificate_number": "沪A012026000001",
    "occupation_code": "gbm2022:01",
}
LIFTING_GRANT = Grant("special_operation", ("gbm2022:01",), ())


def filed(**changes: Any) -> Region:
    """Publish our region with one body, changed."""
    return shanghai(bodies=(body(HOME.host, **changes),))


def filing(**changes: Any) -> Region:
    """Publish our region with one body whose one filing is changed."""
    return filed(filings=(FILING._replace(**changes),))


def stood(*entries: tuple[int, str]) -> Region:
    """Publish our region with one body of this history."""
    return filed(standing=tuple(Standing(start, state, "函") for start, state in entries))


def agreed(**changes: Any) -> Region:
    """Publish our region with an agreement, changed."""
    return shanghai(jiangsu(), recognitions=(agreement(**changes),))


def keyed(**changes: Any) -> Region:
    """Publish our region with one body whose one key is recorded otherwise."""
    return filed(keys=(record(body_key(HOME.host), **changes),))


def epoch(**changes: Any) -> Region:
    """Publish our region with its receipt epoch recorded otherwise."""
    known = {"end": START + 366 * DAY, **changes}
    return shanghai(epochs=(record(HOME.receipt_key(), **known),))


def with_member(name: str, value: object) -> str:
    """Sign a certificate with a member more; its text form."""
    members = {**HOME.claims().to_members(), name: value}
    token = envelope.sign(body_key(HOME.host), envelope.CERTIFICATE, canonical.encode(members))
    return f"{token}~\n"


def with_signature_of(one: Issued, other: Issued) -> str:
    """Take another certificate's signature, and no receipt."""
    return f"{one.certificate.rpartition('.')[0]}.{other.certificate.rpartition('.')[2]}~\n"


def receipt_of(region: Region, signer: Region, **changes: Any) -> str:
    """Give a certificate a receipt as another registry would sign it; the text form."""
    issued = region.issue()
    said = receipt.read(issued.receipt)[1]._replace(**changes)
    token = receipt.sign(signer.receipt_key(said.epoch), said)
    return carrier.text_form(issued.certificate, token)


Case = tuple[str, str, Callable[[], Verdict]]

FAILS: list[Case] = [
    ("malformed.url", "FSSSSSSSSSSNNP", lambda: ask(HOME, "weixin://dl/business?x=1")),
    ("malformed.url", "FSSSSSSSSSSNNP", lambda: ask(HOME, "")),
    ("malformed.carrier", "FSSSSSSSSSSNNP", lambda: ask(HOME, HOME.issue().code[:-1])),
    ("malformed.carrier", "FSSSSSSSSSSNNP", lambda: ask(HOME, "0" * 400)),
    ("malformed.token", "FSSSSSSSSSSNNP", lambda: ask(HOME, "eyJ~\n")),
    ("malformed.profile", "FSSSSSSSSSSNNP", lambda: ask(HOME, with_member("valid", True))),
    (
        "carrier.origin",
        "FSSSSSSSSSSNNP",
        lambda: ask(BOTH, printed_for(HOME.issue(), "jy.js320.example")),
    ),
    (
        "carrier.origin",
        "FSSSSSSSSSSNNP",
        lambda: ask(HOME, printed_for(HOME.issue(), "evil.example")),
    ),
    ("issuer.not_filed", "PFSSPSSSSSSNNP", lambda: ask(HOME, HOME.issue(1))),
    ("key.unknown", "PPFSPSSSSSSNNP", lambda: ask(HOME, HOME.issue(by=key("certificate", "x")))),
    (
        "signature.invalid",
        "PPPFFSSSSSSNNP",
        lambda: ask(HOME, with_signature_of(HOME.issue(), HOME.issue(level="4"))),
    ),
    (
        "signature.invalid",
        "PPPFPSSSSSSNNP",
        lambda: ask(
            HOME,
            with_signature_of(HOME.issue(), HOME.issue(level="4")) + f"{HOME.issue().receipt}\n",
        ),
    ),
    ("receipt.missing", "PPPPFSSSPPSNNP", lambda: ask(HOME, f"{HOME.issue().certificate}~\n")),
    (
        "receipt.mismatch",
        "PPPPFSSSPPSNNP",
        lambda: ask(
            HOME, carrier.text_form(HOME.issue().certificate, HOME.issue(level="4").receipt)
        ),
    ),
    (
        "receipt.mismatch",
        "PPPPFSSSPPSNNP",
        lambda: ask(BOTH, receipt_of(HOME, jiangsu(), host=jiangsu().host)),
    ),
    ("receipt.invalid", "PPPPFSSSPPSNNP", lambda: ask(BOTH, receipt_of(HOME, jiangsu()))),
    ("receipt.invalid", "PPPPFSSSPPSNNP", lambda: ask(HOME, HOME.issue(epoch=4))),
    ("receipt.invalid", "PPPPFSSSPPSNNP", lambda: ask(epoch(end=T), HOME.issue())),
    ("receipt.invalid", "PPPPFSSSPPSNNP", lambda: ask(epoch(start=T + 1), HOME.issue())),
    ("receipt.distrusted", "PPPPFSSSPPSNNP", lambda: ask(epoch(distrusted=True), HOME.issue())),
    ("key.distrusted", "PPFPPPPPPPNNNP", lambda: ask(keyed(distrusted_after=T), HOME.issue())),
    ("key.not_valid_then", "PPFPPPPPPPNNNP", lambda: ask(keyed(end=T), HOME.issue())),
    ("key.not_valid_then", "PPFPPPPPPPNNNP", lambda: ask(keyed(start=T + 1), HOME.issue())),
    (
        "standing.suspended",
        "PPPPPFPPPPNNNP",
        lambda: ask(stood((START, "active"), (T, "suspended")), HOME.issue()),
    ),
    (
        "standing.suspended",
        "PPPPPFPPPPNNNP",
        lambda: ask(
            filed(standing=(Standing(START, "rectifying", "函", may_issue=False),)), HOME.issue()
        ),
    ),
    (
        "standing.removed",
        "PPPPPFPPPPNNNP",
        lambda: ask(stood((START, "active"), (T, "removed")), HOME.issue()),
    ),
    ("standing.removed", "PPPPPFPPPPNNNP", lambda: ask(stood((T + 1, "active")), HOME.issue())),
    ("standing.void", "PPPPPFPPPPNNNP", lambda: ask(filed(void="撤〔2026〕1号"), HOME.issue())),
    ("standing.void", "PPPPPFFPPPNNNP", lambda: ask(filing(void="撤〔2026〕2号"), HOME.issue())),
    (
        "scope.kind",
        "PPPPPPFPPPNNNP",
        lambda: ask(
            HOME, HOME.issue(kind="training_completion", level=None, certificate_number="1")
        ),
    ),
    ("scope.kind", "PPPPPPFPPPNNNP", lambda: ask(filed(filings=()), HOME.issue())),
    ("scope.occupation", "PPPPPPFPPPNNNP", lambda: ask(HOME, HOME.issue(occupation_code=STEEL))),
    (
        "scope.level",
        "PPPPPPFPPPNNNP",
        lambda: ask(HOME, HOME.issue(level="2", certificate_number="Y000031000101262000001")),
    ),
    ("scope.district", "PPPPPPFPPPNNNP", lambda: ask(HOME, HOME.issue(region="310117"))),
    (
        "scope.district",
        "PPPPPPFPPPNNNP",
        lambda: ask(filing(districts=("320115",)), HOME.issue(region="320115")),
    ),
    ("scope.expired", "PPPPPPFPPPNNNP", lambda: ask(filing(end=T), HOME.issue())),
    ("scope.expired", "PPPPPPFPPPNNNP", lambda: ask(filing(start=T + 1), HOME.issue())),
    (
        "dates.expired",
        "PPPPPPPFPPNNNP",
        lambda: ask(filing(grants=(LIFTING_GRANT,)), HOME.issue(**{**LIFTING, "exp": NOW})),
    ),
    ("dates.not_yet", "PPPPPPPFPPNNNP", lambda: ask(HOME, HOME.issue(iat=T + 301))),
    ("dates.backdated", "PPPPPPPFPPNNNP", lambda: ask(HOME, HOME.issue(iat=T - 2_592_001))),
    (
        "dates.backdated",
        "PPPPPPPFPPNNNP",
        lambda: ask(filed(max_delay=3600), HOME.issue(iat=T - 3601)),
    ),
    ("status.revoked", "PPPPPPPPFPNNNP", lambda: ask(shanghai(statuses={70_031: 1}), HOME.issue())),
    (
        "status.suspended",
        "PPPPPPPPFPNNNP",
        lambda: ask(shanghai(statuses={70_031: 2}), HOME.issue()),
    ),
    (
        "status.superseded",
        "PPPPPPPPFPNNNP",
        lambda: ask(shanghai(statuses={70_031: 3}), HOME.issue()),
    ),
    *(
        (
            "number.inconsistent",
            "PPPPPPPPPFNNNP",
            lambda number=number: ask(HOME, HOME.issue(certificate_number=number)),
        )
        for number in (
            "Y000031000101264000001",
            "Y000031000101253000001",
            "Y000031000102263000001",
            "1",
        )
    ),
    (
        "recognition.none",
        "PPPPPPPPPPFNNP",
        lambda: ask(shanghai(jiangsu(), recognitions=()), jiangsu().issue()),
    ),
    ("recognition.none", "PPPPPPPPPPFNNP", lambda: ask(agreed(start=NOW + 1), jiangsu().issue())),
    (
        "recognition.kind",
        "PPPPPPPPPPFNNP",
        lambda: ask(agreed(terms=(Term("industry_skill", None, ()),)), jiangsu().issue()),
    ),
    (
        "recognition.occupation",
        "PPPPPPPPPPFNNP",
        lambda: ask(agreed(terms=(Term("skill_level", (), ("3",)),)), jiangsu().issue()),
    ),
    (
        "recognition.level",
        "PPPPPPPPPPFNNP",
        lambda: ask(agreed(terms=(Term("skill_level", None, ("2",)),)), jiangsu().issue()),
    ),
    (
        "recognition.expired",
        "PPPPPPPPPPFNNP",
        lambda: ask(agreed(end=NOW, existing="drop"), jiangsu().issue()),
    ),
    ("recognition.expired", "PPPPPPPPPPFNNP", lambda: ask(agreed(end=T), jiangsu().issue())),
    (
        "recognition.expired",
        "PPPPPPPPPPFNNP",
        lambda: ask(agreed(issued_from=T + 1), jiangsu().issue()),
    ),
    (
        "recognition.expired",
        "PPPPPPPPPPFNNP",
        lambda: ask(agreed(issued_until=T), jiangsu().issue()),
    ),
    (
        "holder.mismatch",
        "PPPPPPPPPPNFNP",
        lambda: ask(HOME, HOME.issue(holder_tag="AAAA"), holder=(1, ID_NUMBER)),
    ),
    (
        "holder.mismatch",
        "PPPPPPPPPPNFNP",
        lambda: ask(HOME, HOME.issue(holder_tag="AAAA"), holder="AAAB"),
    ),
    *(
        (
            "holder.malformed",
            "PPPPPPPPPPNFNP",
            lambda asked=asked: ask(HOME, HOME.issue(), holder=asked),
        )
        for asked in ((1, "310199199003071230"), (1, ""), (9, "A"), "not a tag", "")
    ),
    (
        "fitness.kind",
        "PPPPPPPPPPNNFP",
        lambda: ask(HOME, HOME.issue(), demand=f"industry_skill/{BRICKLAYER}/"),
    ),
    (
        "fitness.occupation",
        "PPPPPPPPPPNNFP",
        lambda: ask(HOME, HOME.issue(), demand=f"skill_level/{STEEL}/3"),
    ),
    (
        "fitness.level",
        "PPPPPPPPPPNNFP",
        lambda: ask(HOME, HOME.issue(), demand=f"skill_level/{BRICKLAYER}/2"),
    ),
    (
        "fitness.level",
        "PPPPPPPPPPNNFP",
        lambda: ask(
            filing(grants=(LIFTING_GRANT,)),
            HOME.issue(**LIFTING),
            demand="special_operation/gbm2022:01/3",
        ),
    ),
]


def unsupported() -> Verdict:
    """Ask on a machine that cannot compute the body's algorithm."""
    snapshot = HOME.snapshot()
    home = snapshot.home
    (body, *bodies) = home.trust_list.bodies
    (record, *records) = body.keys

    def refuse(_: bytes, __: bytes) -> None:
        raise UnsupportedAlgorithm("not here")

    record = record._replace(key=record.key._replace(check=refuse))
    body = body._replace(keys=(record, *records))
    home = home._replace(trust_list=home.trust_list._replace(bodies=(body, *bodies)))
    return ask(snapshot._replace(home=home), HOME.issue())


def unanchored() -> Snapshot:
    """Read a snapshot without an anchor."""
    return Snapshot.from_bytes(HOME.data(), None)


FOREIGN = Region("330000", "jy.zj330.example")

UNKNOWNS: list[Case] = [
    ("issuer.unknown", "PUSSSSSSSSSNNP", lambda: ask(HOME, FOREIGN.issue())),
    ("signature.unsupported", "PPPUPSSSSSSNNP", unsupported),
    (
        "status.unknown",
        "PPPPPPPPUPNNNP",
        lambda: ask(HOME, HOME.issue(status_uri=f"{HOME.iss}/status/2")),
    ),
    ("status.unknown", "PPPPPPPPUPNNNP", lambda: ask(HOME, HOME.issue(status_index=2**20))),
    ("recognition.unknown", "PPPPPPPPPPUNNP", lambda: ask(HOME, HOME.issue(), region="320115")),
    ("recognition.unknown", "PPPPPPPPPPUNNP", lambda: ask(BOTH, jiangsu().issue(), region="")),
    ("holder.absent", "PPPPPPPPPPNUNP", lambda: ask(HOME, HOME.issue(), holder=(1, ID_NUMBER))),
    ("holder.absent", "PPPPPPPPPPNUNP", lambda: ask(HOME, HOME.issue(), holder="AAAA")),
    ("freshness.expired", "PPPPPPPPPPNNNU", lambda: ask(HOME, HOME.issue(), at=K + 7 * DAY)),
    ("freshness.clock", "PPPPPPPPPPNNNU", lambda: ask(HOME, HOME.issue(), at=K - 301)),
    ("freshness.unanchored", "PSSSSSSSSSSNNU", lambda: ask(unanchored(), HOME.issue())),
    (
        "issuer.not_filed",
        "PUSSPSSSSSSNNP",
        lambda: ask(HOME, HOME.issue(1, t=K + 1)),
    ),
    (
        "key.unknown",
        "PPUSPSSSSSSNNP",
        lambda: ask(HOME, HOME.issue(t=K + 1, by=key("certificate", "x"))),
    ),
    ("standing.unknown", "PPPPPUPPPPNNNP", lambda: ask(stood((K, "removed")), HOME.issue(t=K + 1))),
    ("scope.unknown", "PPPPPPUPPPNNNP", lambda: ask(filing(end=K), HOME.issue(t=K + 1))),
    (
        "dates.expired",
        "PPPPPPPUPPNNNP",
        lambda: ask(
            filing(grants=(LIFTING_GRANT,)), HOME.issue(t=K + 1, **{**LIFTING, "exp": NOW})
        ),
    ),
]


@pytest.mark.parametrize(
    ("reason", "expected", "asked"), FAILS, ids=[f"{n}-{case[0]}" for n, case in enumerate(FAILS)]
)
def test_a_fail_is_invalid(reason: str, expected: str, asked: Callable[[], Verdict]) -> None:
    verdict = asked()
    assert (verdict.outcome, verdict.reason) == (Outcome.INVALID, reason)
    assert marks(verdict) == expected
    assert not verdict


@pytest.mark.parametrize(
    ("reason", "expected", "asked"),
    UNKNOWNS,
    ids=[f"{n}-{case[0]}" for n, case in enumerate(UNKNOWNS)],
)
def test_what_cannot_be_told_is_indeterminate(
    reason: str, expected: str, asked: Callable[[], Verdict]
) -> None:
    verdict = asked()
    assert (verdict.outcome, verdict.reason) == (Outcome.INDETERMINATE, reason)
    assert marks(verdict) == expected
    assert not verdict


def test_every_reason_is_reached() -> None:
    assert {reason for reason, _, _ in FAILS} == set(FAIL_CODES)
    # `internal` is reached in test_fail_closed.py.
    assert {reason for reason, _, _ in UNKNOWNS} == set(UNKNOWN_CODES) - {"internal"}


def occupations() -> tuple[Occupation, ...]:
    """Say that a plasterer may do a steel fixer's work, and never through a third."""
    return (
        Occupation(STEEL, "钢筋工", (), (), ((BRICKLAYER, "broader"),)),
        Occupation(PLASTERER, "抹灰工", (), (), ((STEEL, "same"),)),
    )


TAG = holder.tag(1, ID_NUMBER, "欧阳青禾")
GOOD: list[tuple[str, Callable[[], Verdict]]] = [
    (ALL_GOOD, lambda: ask(HOME, HOME.issue())),
    (ALL_GOOD, lambda: ask(HOME, HOME.issue().text)),
    (ALL_GOOD, lambda: ask(HOME, HOME.issue(), region="310000")),
    (ALL_GOOD, lambda: ask(HOME, HOME.issue(), region="310117")),
    (ALL_GOOD, lambda: ask(keyed(end=T + 1, distrusted_after=T + 1), HOME.issue())),
    (ALL_GOOD, lambda: ask(stood((T, "active"), (T + 1, "removed")), HOME.issue())),
    (ALL_GOOD, lambda: ask(stood((START, "rectifying")), HOME.issue())),
    (
        ALL_GOOD,
        lambda: ask(filed(filings=(FILING._replace(void="撤"), FILING)), HOME.issue()),
    ),
    (ALL_GOOD, lambda: ask(filing(start=T, end=T + 1, districts=("310000",)), HOME.issue())),
    (ALL_GOOD, lambda: ask(HOME, HOME.issue(iat=T + 300))),
    (ALL_GOOD, lambda: ask(HOME, HOME.issue(iat=T - 2_592_000))),
    (ALL_GOOD, lambda: ask(filing(grants=(LIFTING_GRANT,)), HOME.issue(**LIFTING), at=NOW)),
    (ALL_GOOD, lambda: ask(shanghai(statuses={70_030: 3, 70_032: 3}), HOME.issue())),
    (ALL_GOOD, lambda: ask(shanghai(retired=("old.example",)), HOME.issue())),
    (
        ALL_GOOD,
        lambda: ask(
            replace(epoch(distrusted=True), survivors={3: (HOME.issue().receipt,)}), HOME.issue()
        ),
    ),
    ("PPPPPPPPPPPNNP", lambda: ask(BOTH, jiangsu().issue())),
    ("PPPPPPPPPPPNNP", lambda: ask(agreed(end=T + 1), jiangsu().issue())),
    ("PPPPPPPPPPPNNP", lambda: ask(agreed(issued_from=T, issued_until=T + 1), jiangsu().issue())),
    (
        "PPPPPPPPPPPNNP",
        lambda: ask(
            shanghai(jiangsu(), recognitions=(agreement(end=NOW, existing="drop"), agreement())),
            jiangsu().issue(),
        ),
    ),
    ("PPPPPPPPPPNPNP", lambda: ask(HOME, HOME.issue(holder_tag=TAG), holder=TAG)),
    ("PPPPPPPPPPNPNP", lambda: ask(HOME, HOME.issue(holder_tag=TAG), holder=(1, ID_NUMBER))),
    (
        "PPPPPPPPPPNNPP",
        lambda: ask(HOME, HOME.issue(), demand=f"skill_level/{BRICKLAYER}/4"),
    ),
    ("PPPPPPPPPPNNPP", lambda: ask(HOME, HOME.issue(), demand=f"skill_level/{BRICKLAYER}/")),
    (
        "PPPPPPPPPPNNPP",
        lambda: ask(
            shanghai(occupations=occupations()), HOME.issue(), demand=f"skill_level/{STEEL}/3"
        ),
    ),
    (
        "PPPPPPPPPPPNPP",
        lambda: ask(
            BOTH,
            jiangsu().issue(),
            demand=f"skill_level/{BRICKLAYER}/3",
        ),
    ),
]


@pytest.mark.parametrize(("expected", "asked"), GOOD, ids=range(len(GOOD)))
def test_an_honest_certificate_is_valid(expected: str, asked: Callable[[], Verdict]) -> None:
    verdict = asked()
    assert (verdict.outcome, verdict.reason) == (Outcome.VALID, "ok")
    assert marks(verdict) == expected
    assert bool(verdict) is True
    assert reasons(verdict) == []


def theirs(occupation: str) -> Issued:
    """Issue for an occupation of the other region's dictionary."""
    return jiangsu(bodies=their_bodies()).issue(occupation_code=occupation)


def their_bodies() -> tuple[Any, ...]:
    """File the other region's body for its own dictionary."""
    grant = Grant("skill_level", (THEIRS, "js2020:8"), ("3",))
    filed_there = FILING._replace(districts=("320115",), grants=(grant,))
    return (body(jiangsu().host, district="320115", filings=(filed_there,)),)


def with_theirs(**changes: Any) -> Region:
    """Publish our region beside the other one with its own dictionary."""
    return shanghai(jiangsu(bodies=their_bodies()), **changes)


@pytest.mark.parametrize(
    ("occupation", "demand", "reason"),
    [
        (THEIRS, PLASTERER, "ok"),
        (THEIRS, THEIRS, "fitness.occupation"),  # under our terms it counts as ours only
        (THEIRS, BRICKLAYER, "fitness.occupation"),
        ("js2020:8", STEEL, "recognition.occupation"),  # narrower than ours is not enough
    ],
)
def test_a_peers_certificate_meets_a_demand_through_the_agreement(
    occupation: str, demand: str, reason: str
) -> None:
    verdict = ask(with_theirs(), theirs(occupation), demand=f"skill_level/{demand}/")
    assert verdict.reason == reason


def test_the_agreements_occupation_counts_through_our_own_catalogue() -> None:
    ours = (Occupation(STEEL, "钢筋工", (), (), ((PLASTERER, "broader"),)),)
    verdict = ask(with_theirs(occupations=ours), theirs(THEIRS), demand=f"skill_level/{STEEL}/")
    assert verdict.reason == "ok"


def test_what_is_recognised_under_its_own_code_counts_under_it() -> None:
    terms = (Term("skill_level", None, ("3",)),)
    region = with_theirs(recognitions=(agreement(terms=terms),))
    assert ask(region, theirs(THEIRS), demand=f"skill_level/{THEIRS}/").reason == "ok"


def test_fitness_waits_for_recognition() -> None:
    verdict = ask(
        shanghai(jiangsu(), recognitions=()),
        jiangsu().issue(),
        demand=f"skill_level/{BRICKLAYER}/",
        holder="AAAA",
    )
    assert verdict.reason == "recognition.none"
    assert marks(verdict) == "PPPPPPPPPPFUSP"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("weixin://x", "FSSSSSSSSSSSSP"),
        (FOREIGN.issue().code, "PUSSSSSSSSSSSP"),
        (HOME.issue(1).code, "PFSSPSSSSSSSSP"),
    ],
)
def test_what_was_asked_in_vain_is_skipped_and_not_unasked(text: str, expected: str) -> None:
    verdict = ask(HOME, text, holder="AAAA", demand=f"skill_level/{BRICKLAYER}/")
    assert marks(verdict) == expected


def test_agreements_are_not_transitive() -> None:
    # Jiangsu recognises Zhejiang and we recognise Jiangsu: that makes no agreement with Zhejiang.
    zhejiang = Region("330000", "jy.zj330.example")
    ours = agreement()
    region = shanghai(
        jiangsu(recognitions=(agreement(region="330000"),)),
        peers=(jiangsu(recognitions=(agreement(region="330000"),)), zhejiang),
        recognitions=(ours,),
    )
    assert ask(region, zhejiang.issue()).reason == "recognition.none"


def test_an_agreement_binds_one_side_only() -> None:
    region = jiangsu(peers=(shanghai(),))
    assert ask(region, HOME.issue(), region="320115").reason == "recognition.none"


def test_an_old_code_of_a_renamed_registry_stays_good() -> None:
    region = shanghai(retired=("old.sh310.example",))
    assert ask(region, printed_for(HOME.issue(), "old.sh310.example")).reason == "ok"


def test_a_host_inside_is_the_issuers_own_and_not_an_old_name_of_it() -> None:
    region = shanghai(retired=("old.sh310.example",))
    code = printed_for(HOME.issue(), "page.example", "old.sh310.example")
    assert ask(region, code).reason == "carrier.origin"


def test_a_code_is_judged_by_the_host_inside_whatever_page_it_is_printed_for() -> None:
    issued = HOME.issue()
    code = carrier.encode(issued.certificate, issued.receipt, page_host="page.example")
    assert ask(HOME, code).reason == "ok"


@pytest.mark.parametrize("region", [HOME, jiangsu()])
def test_bare_digits_are_judged_under_the_host_whose_signature_holds(region: Region) -> None:
    digits = region.issue().code.partition("#")[2]
    assert len(HOME.host) == len(jiangsu().host)
    verdict = ask(BOTH, digits)
    assert verdict.reason == "ok"
    assert verdict.issuer is not None
    assert region.host in verdict.issuer.id


def test_bare_digits_that_no_host_signs_are_judged_under_the_first() -> None:
    digits = FOREIGN.issue().code.partition("#")[2]
    verdict = ask(shanghai(jiangsu(bodies=())), digits)
    # Under our own host the body is named and its key is not; under the other not even the body.
    assert verdict.reason == "key.unknown"
    assert verdict.certificate is None


def test_bare_digits_with_a_host_inside_need_no_guess() -> None:
    issued = HOME.issue()
    code = carrier.encode(issued.certificate, issued.receipt, page_host="page.example")
    assert ask(BOTH, code.partition("#")[2]).reason == "ok"


def test_a_body_signs_with_its_own_keys_only() -> None:
    # The kid of body A under the iss of body B, for every ordered pair.
    region = shanghai(
        bodies=tuple(
            body(HOME.host, n, keys=(record(body_key(HOME.host, n)),)) for n in range(len(CODES))
        )
    )
    snapshot = region.snapshot()
    for named in range(len(CODES)):
        for signing in range(len(CODES)):
            by = body_key(HOME.host, signing)
            verdict = ask(snapshot, region.issue(named, by=by))
            assert verdict.reason == ("ok" if named == signing else "key.unknown")


def test_a_key_of_another_role_signs_no_certificate() -> None:
    seed = key("statement", "x")
    token = HOME.issue().certificate
    forged = envelope.sign(
        key("certificate", "x"), envelope.CERTIFICATE, certificate.read(token)[0].payload
    )
    region = filed(keys=(record(body_key(HOME.host)), record(seed)))
    assert ask(region, f"{forged}~\n").reason == "key.unknown"


def test_ed25519_bodies_are_verified_too() -> None:
    signer = body_key(HOME.host, 0, "EdDSA")
    region = filed(keys=(record(signer),))
    assert ask(region, HOME.issue(by=signer)).reason == "ok"


def test_the_state_of_today_does_not_kill_the_certificates_of_the_past() -> None:
    verdict = ask(stood((START, "active"), (T + 1, "suspended")), HOME.issue())
    assert verdict.reason == "ok"
    assert verdict.issuer is not None
    assert verdict.issuer.standing_now == "suspended"


def test_a_history_that_begins_later_is_no_standing() -> None:
    verdict = ask(filed(standing=(ACTIVE._replace(start=NOW + 1),)), HOME.issue())
    assert verdict.reason == "standing.removed"
    assert verdict.issuer is not None
    assert verdict.issuer.standing_now == "none"


def test_a_certificate_issued_an_hour_ago_under_fresh_knowledge_is_fine() -> None:
    assert ask(HOME, HOME.issue(t=K + HOUR // 2)).reason == "ok"
