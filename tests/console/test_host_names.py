# SPDX-License-Identifier: Apache-2.0
"""The names that an application answers under, from what it is started with."""

import datetime as dt
import ipaddress
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from console.host_names import known_by
from console.settings import LOOPBACK
from credential.errors import MalformedError


def certificate(path: Path, *names: x509.GeneralName) -> Path:
    key, who = ec.generate_private_key(ec.SECP256R1()), x509.Name([])
    start = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    made = x509.CertificateBuilder(who, who, key.public_key(), 1, start, start.replace(year=2027))
    if names:
        made = made.add_extension(x509.SubjectAlternativeName(names), critical=False)
    signed = made.sign(key, hashes.SHA256())
    path.write_bytes(signed.public_bytes(serialization.Encoding.PEM))
    return path


def test_this_machine_what_was_told_and_the_certificate_count(tmp_path: Path) -> None:
    file = certificate(
        tmp_path / "tls.pem",
        x509.DNSName("desk.Example"),
        x509.DNSName("*.example"),
        x509.IPAddress(ipaddress.ip_address("fd00::1")),
    )
    told = known_by("192.0.2.7", ["Fazheng", "::2"], file)
    more = ("192.0.2.7", "fazheng", "[::2]", "desk.example", "[fd00::1]")
    assert told == (*LOOPBACK, *more)


def test_a_certificate_without_names_adds_none_and_no_certificate_is_refused(
    tmp_path: Path,
) -> None:
    assert known_by("127.0.0.1", [], certificate(tmp_path / "tls.pem")) == LOOPBACK
    (tmp_path / "other.pem").write_text("nothing")
    for name in ("other.pem", "absent.pem"):
        with pytest.raises(MalformedError) as caught:
            known_by("127.0.0.1", [], tmp_path / name)
        assert (caught.value.code, str(tmp_path) in str(caught.value)) == ("console.tls", False)
