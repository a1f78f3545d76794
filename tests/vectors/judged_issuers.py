# SPDX-License-Identifier: Apache-2.0
"""Verdicts about issuers, keys, signatures and receipts (docs/format.md §6.2 steps 2 to 6)."""

from collections.abc import Iterator
from typing import Any

from credential import base64url, carrier, receipt
from credential.receipt import Receipt
from tests.credential.world import sign
from tests.vectors.asking import ask
from tests.vectors.case import Case
from tests.vectors.codes import Code
from tests.vectors.signatures import bent, malleated, mislabelled, relabelled, with_signature
from tests.vectors.world import (
    BEGIN,
    DAY,
    ISSUED,
    KEYS,
    PUBLISHED,
    RECEIVED,
    REMOVED,
    body,
    body_key,
    certificate_of_survivor,
    peer,
    slim,
    usual,
)

_HOME = usual()
_TOKEN, _RECEIPT = _HOME.issue()
_AFTER = PUBLISHED + 1


def cases() -> Iterator[Case]:
    """Give the cases of this layer."""
    yield from _issuers()
    yield from _keys()
    yield from _windows()
    yield from _signatures()
    yield from _receipts()
    yield from _swapped()


def _stranger_body() -> dict[str, Any]:
    code = slim("330000", "jy.zj330.example").body.code
    return {"iss": f"https://{_HOME.host}/bodies/{code}", "body_code": code}


def _issuers() -> Iterator[Case]:
    stranger = slim("330000", "jy.zj330.example")
    comment = "a region that nobody here has named; its agreement with us is not enough"
    yield ask("issuer/other-region", stranger.text(), "INDETERMINATE issuer.unknown", comment,
              "§6.2 step 2", shown=False, marks={"receipt": "skipped"})  # fmt: skip
    comment = "the registry has countersigned, but its list knows no such body"
    yield ask("issuer/not-filed", _HOME.text(**_stranger_body()), "INVALID issuer.not_filed",
              comment, "§6.2 step 2", shown=False,
              marks={"receipt": "pass", "status": "skipped"})  # fmt: skip
    comment = "registered after the list was signed: it may have been filed since"
    for name, t, verdict in (
        ("at-k", PUBLISHED, "INVALID issuer.not_filed"),
        ("after-k", _AFTER, "INDETERMINATE issuer.not_filed"),
    ):
        text = _HOME.text(t, iat=t, **_stranger_body())
        source = "§6.3"
        yield ask(f"issuer/not-filed-{name}", text, verdict, comment, source, shown=False)
    comment = "a text form without a receipt: nothing says that it is newer"
    token = _HOME.certificate(**_stranger_body())
    text = carrier.text_form(token, None)
    yield ask("issuer/not-filed-no-receipt", text, "INVALID issuer.not_filed", comment, "§6.3",
              marks={"receipt": "fail receipt.missing"})  # fmt: skip


def _keys() -> Iterator[Case]:
    unknown = "INVALID key.unknown"

    def case(name: str, text: str, comment: str, source: str, verdict: str = unknown) -> Case:
        return ask(f"key/{name}", text, verdict, comment, source, shown=False)

    yield case("of-nobody", _HOME.text(key=_HOME.key("certificate", "/nobody")),
               "a key that is registered nowhere", "§6.2 step 3")  # fmt: skip
    yield case("of-another-body", _HOME.text(key=body_key(REMOVED)),
               "another body's key under this body's name", "§6.2 step 3")  # fmt: skip
    other = body(REMOVED)
    text = _HOME.text(iss=other.id, body_code=other.code)
    comment = "this body's key under another body's name"
    yield case("under-another-body", text, comment, "§6.2 step 3")
    text = _HOME.text(key=peer().body_key)
    yield case("of-a-peer", text, "a peer's body under our body's name", "§6.2 step 3")
    for role in ("statement", "submit"):
        token = _signed_by(role)
        text = Code.of(token, _HOME.receipt(token)).text()
        comment = "a key of this body, but of another role"
        yield case(f"role-{role}", text, comment, "§6.2 step 3")
    comment = "registered after the list was signed: it may be a new key"
    for name, t, verdict in (
        ("at-k", PUBLISHED, unknown),
        ("after-k", _AFTER, "INDETERMINATE key.unknown"),
    ):
        text = _HOME.text(t, iat=t, key=_HOME.key("certificate", "/nobody"))
        yield case(f"unknown-{name}", text, comment, "§6.3", verdict)
    eddsa = _HOME.text(key=_HOME.key("certificate", "/body/2", "EdDSA"))
    yield ask("key/eddsa", eddsa, "VALID", "a body may sign with Ed25519", "§1.3")


def _signed_by(role: str) -> str:
    return sign(_HOME.key(role, "/body"), "dc+sd-jwt", _HOME.claims.to_bytes())


def _windows() -> Iterator[Case]:
    def case(
        name: str, label: str, t: int, iat: int, verdict: str, comment: str, source: str = ""
    ) -> Case:
        key = body_key(KEYS, label)
        text = _HOME.text(t, iat=iat, **_HOME.of(body(KEYS), key))
        return ask(f"key/{name}", text, verdict, comment, f"§6.2 step 6{source}", shown=True)

    over = "INVALID key.not_valid_then"
    comment = "the window is half-open and is held against the receipt's time, not iat"
    yield case("window-end-before", "", ISSUED - 1, ISSUED - 1, "VALID", comment)
    yield case("window-end", "", ISSUED, ISSUED - 1, over, comment)
    yield case("window-end-after", "", ISSUED + 1, ISSUED - 60, over, comment)
    yield case("window-begin-before", "/next", ISSUED - 1, ISSUED, over, comment)
    yield case("window-begin", "/next", ISSUED, ISSUED, "VALID", comment)
    old = ISSUED - 3_000
    yield case("retired-old-iat", "", ISSUED + 1, old, over, "an old iat helps nobody")
    stolen = "INVALID key.distrusted"
    comment = "nothing counts that was registered from then on"
    yield case("distrusted-before", "/stolen", ISSUED + 29, ISSUED, "VALID", comment)
    yield case("distrusted", "/stolen", ISSUED + 30, ISSUED, stolen, comment)
    yield case("distrusted-old-iat", "/stolen", ISSUED + 31, old, stolen, comment)
    later = PUBLISHED + 1
    comment = "registered after the list was signed: the window may have been made longer"
    yield case("window-end-at-k", "", PUBLISHED, PUBLISHED, over, comment, ", §6.3")
    weak = "INDETERMINATE key.unknown"
    yield case("window-end-after-k", "", later, later, weak, comment, ", §6.3")
    comment = "distrust is never softened"
    yield case("distrusted-after-k", "/stolen", later, later, stolen, comment, ", §6.3")


def _signatures() -> Iterator[Case]:
    invalid = "INVALID signature.invalid"

    def form(name: str, token: str, comment: str, source: str, verdict: str = invalid) -> Case:
        text = carrier.text_form(token, _HOME.receipt(token))
        shown = verdict == "VALID"
        return ask(f"forged/{name}", text, verdict, comment, source, shown=shown)

    for name, (signature, standard) in bent(_TOKEN).items():
        comment = f"a signature that must not hold: {name.replace('-', ' ')}"
        yield form(name, with_signature(_TOKEN, signature), comment, f"§6.2 step 4; {standard}")
    crossed = relabelled(_TOKEN, "EdDSA")
    yield form("alg-of-another-key", crossed, "alg is not the key's", "§1.3")
    comment = "signed by the body, under the name of another algorithm than its key's"
    yield form("alg-not-the-keys", mislabelled(_HOME.body_key), comment, "§1.3")
    comment = "(r, n − s) holds as well: the same certificate, the same receipt"
    high = carrier.text_form(with_signature(_TOKEN, malleated(_TOKEN)), _RECEIPT)
    yield ask("forged/malleated", high, "VALID", comment, "§1.3", shown=True)
    token, counter = _HOME.issue(status_index=70_032)
    high = carrier.text_form(with_signature(token, malleated(token)), counter)
    comment = "other signature bytes revoke nothing and restore nothing"
    yield ask("forged/malleated-revoked", high, "INVALID status.revoked", comment, "§1.3")


def _receipts() -> Iterator[Case]:
    def case(name: str, text: str, verdict: str, comment: str) -> Case:
        shown = not verdict.startswith("INVALID malformed")
        marks = {"standing": "skipped", "recognition": "skipped"} if shown else {}
        marks = {} if verdict == "VALID" else marks
        return ask(
            f"receipt/{name}", text, verdict, comment, "§6.2 step 5", shown=shown, marks=marks
        )

    missing = carrier.text_form(_TOKEN, None)
    yield case("missing", missing, "INVALID receipt.missing", "only a text form can lack one")
    invalid = "INVALID receipt.invalid"
    for name, key in (
        ("of-a-peer", peer().epoch()),
        ("of-an-unknown-epoch", _HOME.epoch(9)),
    ):
        text = Code.of(_TOKEN, _HOME.receipt(_TOKEN, key=key)).text()
        yield case(name, text, invalid, "no receipt key of this region")
    own = _HOME.receipt(_TOKEN)
    signing_input = own.rpartition(".")[0]
    signature = base64url.encode(_HOME.body_key.sign(signing_input.encode()))
    text = carrier.text_form(_TOKEN, f"{signing_input}.{signature}")
    yield case("by-the-body", text, invalid, "the body's own key for the registry's")
    status = base64url.encode(_HOME.key("status").sign(signing_input.encode()))
    text = carrier.text_form(_TOKEN, f"{signing_input}.{status}")
    yield case("by-the-status-key", text, invalid, "a key of another role")
    for name, changes in (
        ("log-index", {"log_index": 42}),
        ("time", {"t": RECEIVED - 1}),
        ("epoch", {"epoch": 3}),
    ):
        text = Code.of(_TOKEN, _RECEIPT).but(**changes).text()
        yield case(f"other-{name}", text, invalid, "not what was signed")
    comment = "the window of the epoch is half-open"
    for name, t, verdict in (
        ("window-end-before", ISSUED - 1, "VALID"),
        ("window-end", ISSUED, invalid),
    ):
        text = _HOME.text(t, 3, iat=ISSUED - 60)
        yield case(f"epoch-{name}", text, verdict, comment)
    early = BEGIN - 1
    text = _HOME.text(early, iat=early)
    yield case("epoch-not-begun", text, invalid, comment)
    comment = "the epoch was stolen; this receipt is not among the honest ones"
    text = _HOME.text(epoch=2)
    yield case("distrusted", text, "INVALID receipt.distrusted", comment)
    comment = "the epoch was stolen; the registry still knows this receipt"
    text = Code.of(*certificate_of_survivor(_HOME)).text()
    yield case("survivor", text, "VALID", comment)
    comment = "an honest receipt's own text with the other s is not that receipt"
    token, counter = certificate_of_survivor(_HOME)
    high = carrier.text_form(token, with_signature(counter, malleated(counter)))
    yield case("survivor-malleated", high, "INVALID receipt.distrusted", comment)
    comment = "a key that is known says so, though when it counted cannot be told"
    yield ask("receipt/missing-key-ended", _ended_without_receipt(), "INVALID receipt.missing",
              comment, "§6.2 step 5", marks={"key": "pass", "status": "pass"})  # fmt: skip


def _ended_without_receipt() -> str:
    own = body(KEYS)
    token = _HOME.certificate(body_key(KEYS), iss=own.id, body_code=own.code, iat=ISSUED - DAY)
    return carrier.text_form(token, None)


def _swapped() -> Iterator[Case]:
    other = _HOME.issue(certificate_number="Y000031000101263000002", name="陈大文")
    verdict = "INVALID receipt.mismatch"
    comment = "a good receipt, but of another certificate"
    text = carrier.text_form(_TOKEN, other[1])
    yield ask("receipt/of-another", text, verdict, comment, "§6.2 step 5")
    text = Code.of(_TOKEN, _RECEIPT).but(
        receipt_signature=Code.of(*other).receipt_signature
    ).text()  # fmt: skip
    comment = "in a code the receipt is rebuilt from this certificate, and does not hold"
    verdict = "INVALID receipt.invalid"
    yield ask("receipt/of-another-in-a-code", text, verdict, comment, "§3, §4.3")
    digest = receipt.read(_RECEIPT)[1].digest
    foreign = receipt.sign(peer().epoch(), Receipt(peer().host, RECEIVED, digest, 41, 1))
    comment = "a receipt for this certificate by another region's registry"
    text = carrier.text_form(_TOKEN, foreign)
    yield ask("receipt/by-another-registry", text, "INVALID receipt.mismatch", comment,
              "§6.2 step 5")  # fmt: skip
