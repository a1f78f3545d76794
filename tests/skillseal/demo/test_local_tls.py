# SPDX-License-Identifier: Apache-2.0
"""The demonstration's own authority: a real TLS client that trusts it alone accepts the server."""

import socket
import ssl
import stat
import threading
from pathlib import Path

import pytest

from skillseal.demo import local_tls


def _serve_once(listener: socket.socket, context: ssl.SSLContext) -> None:
    connection, _ = listener.accept()
    try:
        with context.wrap_socket(connection, server_side=True) as secure:
            secure.sendall(b"hello")
    except OSError:
        connection.close()  # the client did not accept us


def _ask(made: local_tls.Tls, authority: Path | None, name: str) -> bytes:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(made.certificate, made.key)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = threading.Thread(target=_serve_once, args=(listener, context))
        server.start()
        client = ssl.create_default_context(cafile=None if authority is None else str(authority))
        try:
            with (
                socket.create_connection(listener.getsockname()) as plain,
                client.wrap_socket(plain, server_hostname=name) as secure,
            ):
                return secure.recv(5)
        finally:
            server.join(10)


def test_who_trusts_the_authority_reaches_the_server(tmp_path: Path) -> None:
    made = local_tls.make(tmp_path / "tls", ["127.0.0.1", "localhost"])
    assert _ask(made, made.authority, "127.0.0.1") == b"hello"
    assert _ask(made, made.authority, "localhost") == b"hello"
    assert stat.S_IMODE(made.key.stat().st_mode) == 0o600
    assert {file.name for file in (tmp_path / "tls").iterdir()} == {
        "ca.pem",
        "server.pem",
        "server-key.pem",
    }


def test_nobody_else_does(tmp_path: Path) -> None:
    made = local_tls.make(tmp_path / "one", ["127.0.0.1"])
    other = local_tls.make(tmp_path / "other", ["127.0.0.1"])
    for authority, name in ((other.authority, "127.0.0.1"), (made.authority, "evil.example")):
        with pytest.raises(ssl.SSLCertVerificationError):
            _ask(made, authority, name)
