# SPDX-License-Identifier: Apache-2.0
"""Keys opened for one act, from files and from a token."""

from pathlib import Path

from issuer.web.key_secrets import open_keys
from issuer.web.settings import Keys
from keys.key_reference import TokenObject
from keys.passphrase import Passphrase
from keys.pkcs11_token import Token
from tests import softhsm
from tests.issuer import world
from tests.issuer.refusals import code_of
from tests.softhsm import PIN

SECRET = world.PASSPHRASE.decode()


def test_one_passphrase_opens_both_files(tmp_path: Path) -> None:
    certificate, submit, statement, _ = world.key_files(tmp_path)
    keys = Keys(certificate, submit, statement)
    opened = open_keys(keys, ["certificate", "submit"], {"certificate": SECRET, "submit": ""})
    assert [key.kid for key in opened.values()] == [
        world.CERTIFICATE_KEY.kid,
        world.SUBMIT_KEY.kid,
    ]
    wrong = {"certificate": SECRET, "submit": "wrong"}
    assert code_of(lambda: open_keys(keys, ["certificate", "submit"], wrong)) == "key.passphrase"
    assert code_of(lambda: open_keys(keys, ["statement"], {})) == "passphrase.empty"


def test_a_pin_opens_a_token_and_is_never_tried_on_another(tmp_path: Path) -> None:
    hsm = softhsm.started()
    with Token.open(hsm.module, "desk", PIN, write=True) as token:
        made = token.generate("web-certificate", "certificate")
        kids = [made.kid, token.generate("web-submit", "submit").kid]
    _, submit, statement, _ = world.key_files(tmp_path)
    first = TokenObject("desk", "web-certificate")
    pin = {"certificate": Passphrase(PIN).decode()}
    keys = Keys(first, TokenObject("desk", "web-submit"), statement, str(hsm.module))
    opened = open_keys(keys, ["certificate", "submit"], pin)
    assert [key.kid for key in opened.values()] == kids
    data = b"data"
    made.public.verify(opened["certificate"].sign(data), data)
    for other in (submit, TokenObject("another", "web-submit")):
        mixed = Keys(first, other, statement, str(hsm.module))
        found = code_of(lambda: open_keys(mixed, ["certificate", "submit"], pin))  # noqa: B023  # called at once
        assert found == "passphrase.empty"
