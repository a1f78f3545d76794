# SPDX-License-Identifier: Apache-2.0
"""Keys in a token, in a real SoftHSM: they sign there, have one role, and never leave."""

import hashlib
import itertools
import threading
import traceback
from collections.abc import Callable, Iterator

import pkcs11
import pytest
from cryptography.exceptions import InvalidSignature
from pkcs11 import Attribute, KeyType, MechanismFlag

from keys import key_reference
from keys.errors import KeyMaterialError
from keys.key_reference import TokenObject
from keys.passphrase import Passphrase
from keys.pkcs11_token import Token, TokenKey
from keys.signer import Signer
from tests import softhsm
from tests.softhsm import PIN, Hsm

P256 = bytes.fromhex("06082a8648ce3d030107")
P384 = bytes.fromhex("06052b81040022")

names = (f"k{number}" for number in itertools.count())


@pytest.fixture
def hsm() -> Hsm:
    return softhsm.started()


@pytest.fixture
def token(hsm: Hsm) -> Iterator[Token]:
    with Token.open(hsm.module, "desk", PIN, write=True) as opened:
        yield opened


def code_of(act: Callable[[], object]) -> str:
    with pytest.raises(KeyMaterialError) as caught:
        act()
    return caught.value.code


def pair(token: Token, identifier: bytes, curve: bytes = P256, **private: bool) -> str:
    """Make a key pair as another program would, and give its label."""
    name = next(names)
    parameters = token._session.create_domain_parameters(
        KeyType.EC, {Attribute.EC_PARAMS: curve}, local=True
    )
    parameters.generate_keypair(
        store=True,
        id=identifier,
        label=name,
        capabilities=MechanismFlag.SIGN | MechanismFlag.VERIFY,
        private_template={Attribute[key.upper()]: value for key, value in private.items()},
    )
    return name


def test_a_key_made_in_a_token_is_found_again_and_signs(token: Token) -> None:
    name = next(names)
    made = token.generate(name, "certificate")
    found: TokenKey = token.key(name, "certificate")
    signer: Signer = found
    assert (signer.role, signer.alg, signer.kid) == ("certificate", "ES256", made.kid)
    assert found.public == made.public
    assert found.kid == found.public.kid
    one, other = found.sign(b"data"), made.sign(b"data")
    assert len(one) == 64
    assert one != other  # the token's nonce
    for signature in (one, other):
        found.public.verify(signature, b"data")
        with pytest.raises(InvalidSignature):
            found.public.verify(signature, b"date")


def test_a_receipt_key_goes_by_its_epoch(token: Token) -> None:
    name = next(names)
    token.generate(name, "receipt", epoch=7)
    assert token.key(name, "receipt").kid == "7"
    for role, epoch in (("log", 1), ("receipt", 256), ("receipt", 0)):
        assert code_of(lambda: token.generate(next(names), role, epoch=epoch)) == "key.epoch"  # noqa: B023  # called at once


def test_the_private_half_never_leaves_and_cannot_change(token: Token) -> None:
    name = next(names)
    token.generate(name, "statement")
    (private,) = token._session.get_objects(
        {Attribute.CLASS: pkcs11.ObjectClass.PRIVATE_KEY, Attribute.LABEL: name}
    )
    assert private[Attribute.NEVER_EXTRACTABLE]
    assert private[Attribute.ALWAYS_SENSITIVE]
    with pytest.raises(pkcs11.AttributeSensitive):
        private[Attribute.VALUE]
    with pytest.raises(pkcs11.PKCS11Error):
        private[Attribute.ID] = b"skillseal:certificate:ES256:-:0000000000000000"
    assert token.key(name, "statement").role == "statement"


@pytest.mark.parametrize("role", ["submit", "statement", "receipt"])
def test_a_key_of_another_role_is_refused(token: Token, role: str) -> None:
    name = next(names)
    token.generate(name, "certificate")
    with pytest.raises(KeyMaterialError, match="is a key of role certificate") as caught:
        token.key(name, role)
    assert caught.value.code == "key.role"


@pytest.mark.parametrize(
    ("identifier", "code"),
    [
        (b"", "key.role"),
        (b"certificate", "key.role"),
        (b"skillseal:certificate:ES256:-:000000000000000", "key.role"),
        (b"skillseal:certificate:EdDSA:-:0000000000000001", "key.algorithm"),
    ],
)
def test_a_key_that_does_not_say_what_it_is_for(token: Token, identifier: bytes, code: str) -> None:
    name = pair(token, identifier)
    assert code_of(lambda: token.key(name, "certificate")) == code


def test_a_key_that_can_leave_is_refused(token: Token) -> None:
    identifier = b"skillseal:certificate:ES256:-:00000000000000a%d"
    out = pair(token, identifier % 1, extractable=True)
    assert code_of(lambda: token.key(out, "certificate")) == "key.exportable"
    plain = pair(token, identifier % 2, sensitive=False)
    assert code_of(lambda: token.key(plain, "certificate")) == "key.exportable"
    good = pair(token, identifier % 3, sensitive=True, extractable=False)
    assert token.key(good, "certificate").role == "certificate"


def test_another_curve_is_refused(token: Token) -> None:
    name = pair(token, b"skillseal:certificate:ES256:-:00000000000000b1", P384)
    assert code_of(lambda: token.key(name, "certificate")) == "key.algorithm"


def test_two_halves_that_do_not_belong_together(token: Token) -> None:
    identifier = b"skillseal:certificate:ES256:-:00000000000000c%d"
    name, other = pair(token, identifier % 1), pair(token, identifier % 2)
    kind = pkcs11.ObjectClass.PUBLIC_KEY
    (public,) = token._session.get_objects({Attribute.CLASS: kind, Attribute.LABEL: name})
    (foreign,) = token._session.get_objects({Attribute.CLASS: kind, Attribute.LABEL: other})
    public.destroy()
    assert code_of(lambda: token.key(name, "certificate")) == "token.key"
    foreign[Attribute.ID] = identifier % 1
    with pytest.raises(KeyMaterialError, match="another key's") as caught:
        token.key(name, "certificate")
    assert caught.value.code == "token.key"


def test_no_key_two_keys_and_one_that_is_there(token: Token) -> None:
    assert code_of(lambda: token.key("nobody", "certificate")) == "token.key"
    name = next(names)
    token.generate(name, "certificate")
    assert code_of(lambda: token.generate(name, "submit")) == "key.exists"
    assert code_of(lambda: token.generate(next(names), "judge")) == "key.role"


def test_a_thousand_signatures_from_several_threads(token: Token) -> None:
    key = token.generate(next(names), "certificate")
    made: list[tuple[bytes, bytes]] = []

    def work(thread: int) -> None:
        for number in range(250):
            data = f"{thread} {number}".encode()
            made.append((key.sign(data), data))

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({signature for signature, _ in made}) == 1000
    for signature, data in made:
        key.public.verify(signature, data)


def test_a_wrong_pin_a_wrong_label_and_a_wrong_module(hsm: Hsm) -> None:
    for pin in (b"fictional-1235", b"1", b"9" * 300):
        assert code_of(lambda: Token.open(hsm.module, "spare", pin)) == "token.pin"  # noqa: B023  # called at once
    assert code_of(lambda: Token.open(hsm.module, "nowhere", PIN)) == "token.absent"
    absent = str(hsm.folder / "absent.so")
    assert code_of(lambda: Token.open(absent, "spare", PIN)) == "token.module"
    with Token.open(hsm.module, "spare", PIN) as token:
        assert token.label == "spare"


def test_a_token_that_is_taken_away(hsm: Hsm) -> None:
    with Token.open(hsm.module, "lost", PIN, write=True) as token:
        key = token.generate(next(names), "certificate")
        with hsm.unplugged(), pytest.raises(KeyMaterialError, match="plug it in") as caught:
            key.sign(b"data")
        assert caught.value.code == "token.failed"


def test_no_traceback_shows_the_pin(hsm: Hsm) -> None:
    wrong = Passphrase(b"canary-of-a-pin")
    with pytest.raises(KeyMaterialError) as caught:
        Token.open(hsm.module, "spare", wrong)
    told = traceback.TracebackException.from_exception(caught.value, capture_locals=True)
    assert "canary" not in "".join(told.format())
    assert "pin = <passphrase>" in "".join(told.format())


def test_the_signature_is_over_sha256(token: Token) -> None:
    key = token.generate(next(names), "certificate")
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.asymmetric.utils import Prehashed

    from keys.algorithms import der_from_raw

    assert isinstance(key.public.public, ec.EllipticCurvePublicKey)
    key.public.public.verify(
        der_from_raw(key.sign(b"data")),
        hashlib.sha256(b"data").digest(),
        ec.ECDSA(Prehashed(hashes.SHA256())),
    )


def test_a_reference_names_a_file_or_an_object() -> None:
    assert str(key_reference.parse("/etc/a key;b=c")) == "/etc/a key;b=c"
    wanted = TokenObject("desk 1", "签发;2026")
    text = "pkcs11:object=%E7%AD%BE%E5%8F%91%3b2026;token=desk%201"
    assert key_reference.parse(text) == key_reference.of_token(text) == wanted
    assert code_of(lambda: key_reference.of_token("desk")) == "key.reference"


@pytest.mark.parametrize(
    "text",
    [
        "pkcs11:",
        "pkcs11:token=desk",
        "pkcs11:object=a",
        "pkcs11:token=desk;object=",
        "pkcs11:token=desk;object=a;object=a",
        "pkcs11:token=desk;object=a;id=%01",
        "pkcs11:token=desk;object=a?pin-value=1234",
        "pkcs11:token=desk;object=a b",
        "pkcs11:token=desk;object=%ff",
        "pkcs11:token=desk;object=%1b",
        "pkcs11:token=desk;object=%2",
        "pkcs11:token=" + "a" * 33 + ";object=a",
    ],
)
def test_no_other_reference_is_read(text: str) -> None:
    with pytest.raises(KeyMaterialError, match="pkcs11:token=LABEL;object=LABEL") as caught:
        key_reference.parse(text)
    assert caught.value.code == "key.reference"
    assert "1234" not in str(caught.value)
