# SPDX-License-Identifier: Apache-2.0
"""The names that an application answers under: this machine's, those told, its certificate's.

A browser that asks for another name was led here by somebody else (DNS rebinding).
"""

import ipaddress
from collections.abc import Iterable
from pathlib import Path

from cryptography import x509

from console.settings import LOOPBACK
from credential.errors import MalformedError


def known_by(host: str, told: Iterable[str], certificate: Path | None) -> tuple[str, ...]:
    """List the names, as `Settings.hosts` takes them.

    Args:
        host: The address that it listens on.
        told: Names that somebody gave.
        certificate: Of TLS, PEM; its names without a wildcard count.

    Raises:
        MalformedError: `console.tls`, the certificate cannot be read.
    """
    names = [*map(_written, (host, *told)), *(_of(certificate) if certificate else ())]
    return tuple(dict.fromkeys((*LOOPBACK, *names)))


def _of(path: Path) -> list[str]:
    try:
        certificate = x509.load_pem_x509_certificate(path.read_bytes())
        said = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return []
    except (OSError, ValueError):
        message = f"{path.name} is no certificate in PEM that can be read"
        raise MalformedError("console.tls", message) from None
    addresses = map(str, said.get_values_for_type(x509.IPAddress))
    names = [*said.get_values_for_type(x509.DNSName), *addresses]
    return [_written(each) for each in names if "*" not in each]


def _written(name: str) -> str:
    """Write a name as browsers send it in the header Host, without a port."""
    try:
        address = ipaddress.ip_address(name.strip("[]"))
    except ValueError:
        return name.lower()
    return f"[{address}]" if address.version == 6 else str(address)
