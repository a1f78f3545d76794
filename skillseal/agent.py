# SPDX-License-Identifier: Apache-2.0
"""The signing agent: one person's statement key, asked for every single act, on this machine alone.

    POST http://127.0.0.1:PORT/sign
    Authorization: Bearer <secret that the agent printed>
    {"typ":"release+jwt","payload":"<base64url>"}   →   {"token":"<compact JWS>"}

- listens on loopback, and answers only under that name, so that no page reaches it through a name
  that it had pointed here;
- a page of another origin than those allowed is refused;
- the secret is good for one signature: the agent prints another one after it;
- what is to be signed is read strictly, shown whole, and signed after a `y`; characters that could
  move the terminal's cursor or turn a line around are shown as their numbers;
- one request at a time: nobody is asked two things at once.
"""

import hashlib
import hmac
import http.client
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import ClassVar, Final
from urllib.parse import urlsplit

from credential import base64url, envelope
from credential.errors import ConflictError, MalformedError, SealError, UnavailableError
from credential.statement import Statement
from issuer import consent, desk_token, release
from issuer.release import Release
from keys.signer import Signer

HOST: Final = "127.0.0.1"
MAX_BYTES: Final = 4 << 20  # of a request
SECRET_BYTES: Final = 16
SECONDS: Final = 10  # for a request to arrive

_STATUS: Final = {"agent.secret": 403, "agent.origin": 403, "agent.declined": 409}


@dataclass(slots=True)
class Agent:
    """One key and the person who answers for it."""

    key: Signer
    """Of role `statement`."""
    ask: Callable[[str], bool]
    """Shows a text and waits for yes or no."""
    tell: Callable[[str], None]
    """Prints a line."""
    random: Callable[[int], bytes]
    origins: Sequence[str] = ()
    """Of pages that may ask."""
    secret: str = field(default="", repr=False)

    def renew(self) -> None:
        """Print a new secret."""
        self.secret = base64url.encode(self.random(SECRET_BYTES))
        self.tell(f"secret for the next signature: {self.secret}")

    def sign(self, secret: str, content: bytes) -> str:
        """Show what is asked for and sign it after a yes.

        Args:
            secret: As it was given.
            content: The request's body.

        Raises:
            ConflictError: `agent.secret`, `agent.declined`.
            MalformedError: `agent.payload`, or what the payload's form refuses.
        """
        if not self.secret or not hmac.compare_digest(secret.encode(), self.secret.encode()):
            self.tell("refused: somebody asked with a wrong secret")
            raise ConflictError("agent.secret", "not the secret that the agent printed last")
        typ, payload = _asked(content)
        try:
            if not self.ask(f"{typ}, to be signed with the key {self.key.kid}:\n{shown(payload)}"):
                raise ConflictError("agent.declined", "the person at the agent said no")
            if typ == release.TYP:
                return release.sign(self.key, payload)
            if typ == desk_token.CONSENT:
                return desk_token.sign(self.key, typ, payload)
            return envelope.sign(self.key, typ, payload)
        finally:
            self.renew()  # whatever the answer was, the secret is used up

    def serve(self, port: int = 0) -> HTTPServer:
        """Bind to loopback; the caller lets it run."""
        return HTTPServer((HOST, port), type("Handler", (_Handler,), {"agent": self}))


def shown(payload: bytes) -> str:
    """Write a payload for the eye, without a character that could deceive it."""
    members = json.dumps(json.loads(payload), ensure_ascii=False, indent=2)
    safe = "".join(
        each if each.isprintable() or each == "\n" else f"\\u{ord(each):04x}" for each in members
    )
    return f"{safe}\nSHA-256 {hashlib.sha256(payload).hexdigest()}"


def _asked(content: bytes) -> tuple[str, bytes]:
    try:
        members = json.loads(content)
        typ, payload = members["typ"], base64url.decode(members["payload"])
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        message = 'a request is {"typ":…,"payload":"<base64url>"}'
        raise MalformedError("agent.payload", message) from None
    if typ == release.TYP:
        Release.from_bytes(payload)
    elif typ == desk_token.CONSENT:
        consent.read(payload)
    elif typ == envelope.STATEMENT:
        Statement.from_bytes(payload)
    else:
        known = f"{release.TYP}, {desk_token.CONSENT} and {envelope.STATEMENT}"
        message = f"the agent signs {known}, nothing else"
        raise MalformedError("agent.payload", message)
    return typ, payload


class _Handler(BaseHTTPRequestHandler):
    """HTTP around one agent."""

    timeout = SECONDS
    agent: ClassVar[Agent]

    def do_POST(self) -> None:
        """Sign, or say why not."""
        try:
            self._demand_here()
            scheme, _, secret = self.headers.get("Authorization", "").partition(" ")
            length = self.headers.get("Content-Length", "")
            is_length = length.isdecimal() and len(length) <= len(str(MAX_BYTES))
            if self.path != "/sign" or not is_length or int(length) > MAX_BYTES:
                raise MalformedError("agent.payload", "POST /sign with at most 4 MiB")
            token = self.agent.sign(secret * (scheme == "Bearer"), self.rfile.read(int(length)))
        except SealError as error:
            said = {"code": error.code, "detail": str(error)}
            self._answer(_STATUS.get(error.code, 422), said)
        else:
            self._answer(200, {"token": token})

    def do_OPTIONS(self) -> None:
        """Tell a browser whether its page may ask."""
        try:
            self._demand_here()
        except SealError as error:
            self._answer(403, {"code": error.code, "detail": str(error)})
        else:
            self._answer(204, None)

    def _demand_here(self) -> None:
        origin = self.headers.get("Origin")
        here = f"{HOST}:{self.connection.getsockname()[1]}"
        if self.headers.get("Host") != here or not (origin is None or self._is_known(origin)):
            self.agent.tell("refused: a page of another origin asked")
            raise ConflictError("agent.origin", "not a page that the agent was told of")

    def _is_known(self, origin: str) -> bool:
        return origin in self.agent.origins

    def _answer(self, status: int, said: dict[str, str] | None) -> None:
        content = b"" if said is None else json.dumps(said).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(content)))
        self.send_header("Content-Type", "application/json")
        self.send_header("Cache-Control", "no-store")
        origin = self.headers.get("Origin")
        if origin is not None and self._is_known(origin):
            self.send_header("Access-Control-Allow-Origin", origin)
            self.send_header("Access-Control-Allow-Headers", "Authorization, Content-Type")
            self.send_header("Vary", "Origin")
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        """Log nothing: what was asked is on the terminal."""


def request(url: str, secret: str, typ: str, payload: bytes) -> str:
    """Ask the agent at a URL of this machine for a signature.

    Raises:
        MalformedError: `agent.url`, and what the agent refuses.
        UnavailableError: `agent.unreachable`.
        ConflictError: `agent.secret`, `agent.declined`.
    """
    parts = urlsplit(url)
    if parts.scheme != "http" or parts.hostname != HOST or not parts.port:
        raise MalformedError("agent.url", f"an agent is at http://{HOST}:PORT")
    if not (secret.isascii() and secret.isprintable()):
        raise ConflictError("agent.secret", "not the secret that the agent printed last")
    body = json.dumps({"typ": typ, "payload": base64url.encode(payload)})
    connection = http.client.HTTPConnection(HOST, parts.port)
    try:
        connection.request("POST", "/sign", body, {"Authorization": f"Bearer {secret}"})
        answer = connection.getresponse()
        said = json.loads(answer.read(MAX_BYTES))
        if answer.status == 200:
            return str(said["token"])
        code, detail = str(said["code"]), str(said["detail"])
    except (OSError, http.client.HTTPException, ValueError, KeyError, TypeError):
        message = f"no agent answers at {url}: start `skillseal sign-agent`"
        raise UnavailableError("agent.unreachable", message) from None
    finally:
        connection.close()
    raise ConflictError(code, detail)
