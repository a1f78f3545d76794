# SPDX-License-Identifier: Apache-2.0
"""The way to the registry: one request, repeated with growing pauses while it cannot be answered.

A connection that breaks, 429 and 5xx say nothing about what happened to the request, so it is sent
again; what is sent is the same token or statement, to which the registry has one answer. Every
attempt carries a new authorisation. Each pause is lengthened by chance, up to half, so that desks
which lost the registry at the same moment do not come back at the same one; a Retry-After in
seconds is waited for, up to a bound. Any other answer is final. No redirect is followed, and plain
HTTP goes to this machine only: certificates name people. This module opens sockets.
"""

import http.client
import json
import re
import secrets
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from credential.errors import AfterError, ConflictError, MalformedError, UnavailableError

MAX_ITEMS: Final = 1_000  # certificates in one request
MAX_ANSWER: Final = 8 << 20  # bytes
TIMEOUT: Final = 60.0  # seconds without a byte
PAUSES: Final = (0.5, 1.0, 2.0, 4.0, 8.0)  # seconds between six attempts
MAX_PAUSE: Final = 30.0  # seconds that a Retry-After may ask for
SPREAD: Final = 0.5  # of a pause, by which chance lengthens it at most
_DIGEST: Final = re.compile("[A-Za-z0-9_-]{43}")  # base64url of 32 bytes
_AGAIN: Final = frozenset({408, 425, 429, 500, 502, 503, 504})
_LOOPBACK: Final = frozenset({"localhost", "127.0.0.1", "::1"})


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back."""

    status: int
    retry_after: str | None
    content: bytes


Post = Callable[[str, bytes, Mapping[str, str]], Answer]
"""Sends one POST of JSON: URL, body, headers. Raises OSError when nothing came back."""


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: object) -> None:
        """Let the 3xx stand: a request meant for the registry goes nowhere else."""


_OPENER: Final = urllib.request.build_opener(_NoRedirect)


def post(url: str, body: bytes, headers: Mapping[str, str]) -> Answer:
    """Send one request over HTTP."""
    request = urllib.request.Request(url, body, dict(headers), method="POST")  # noqa: S310  # Registry
    try:
        with _OPENER.open(request, timeout=TIMEOUT) as reply:
            return Answer(reply.status, reply.headers.get("Retry-After"), _read(reply))
    except urllib.error.HTTPError as error:
        with error:
            return Answer(error.code, error.headers.get("Retry-After"), _read(error))
    except http.client.HTTPException as error:
        raise ConnectionError(str(error)) from None


def _read(reply: http.client.HTTPResponse | urllib.error.HTTPError) -> bytes:
    content: bytes = reply.read(MAX_ANSWER + 1)
    if len(content) > MAX_ANSWER:
        raise UnavailableError("registry.answer", "the registry's answer is too long: not read")
    return content


def _none() -> float:
    """Leave nothing to chance."""
    return 0.0


@dataclass(frozen=True, slots=True)
class Registry:
    """A registry's address and how to wait for it."""

    url: str
    """`https://…` without path; `http://` for this machine alone."""
    pause: Callable[[float], None]
    """Waits some seconds."""
    post: Post = post
    chance: Callable[[], float] = _none
    """A random number from 0 to below 1."""

    @classmethod
    def at(cls, url: str, pause: Callable[[float], None]) -> "Registry":
        """Take an address from the command line.

        Raises:
            MalformedError: `registry.url`.
        """
        try:
            parts = urlsplit(url)
            whole = (
                parts.hostname and parts.path in {"", "/"} and not (parts.query or parts.username)
            )
            _ = parts.port
        except ValueError:
            whole = False
        if not whole or parts.scheme not in {"http", "https"}:
            message = "the registry's address is https://HOST or https://HOST:PORT"
            raise MalformedError("registry.url", message)
        if parts.scheme == "http" and parts.hostname not in _LOOPBACK:
            message = (
                "certificates name people: only a registry on this machine is spoken to by http"
            )
            raise MalformedError("registry.url", message)
        return cls(f"{parts.scheme}://{parts.netloc}", pause, chance=secrets.SystemRandom().random)

    def ask(
        self, path: str, body: bytes, authorise: Callable[[], Mapping[str, str]]
    ) -> dict[str, object]:
        """Send a request until it is answered.

        Args:
            path: Such as `/certificates`.
            body: The JSON to send, the same every time.
            authorise: Gives the headers of one attempt.

        Returns:
            The JSON object of a 200 or 201.

        Raises:
            UnavailableError: `registry.unreachable` when all attempts failed, `registry.answer`
                when what came back is no answer of a registry.
            ConflictError: The registry's own code, when it refused the request as a whole.
        """
        last = "no answer"
        for wait in (*PAUSES, None):
            headers = {"Content-Type": "application/json", **authorise()}
            try:
                answer = self.post(f"{self.url}{path}", body, headers)
            except OSError as error:
                last, asked = _reason(error), None
            else:
                if answer.status not in _AGAIN:
                    return _final(answer)
                last, asked = f"HTTP {answer.status}", answer.retry_after
            if wait is not None:
                self.pause(_patience(wait, asked) * (1 + SPREAD * self.chance()))
        message = f"the registry {self.url} cannot be reached ({last}): run the same command later"
        raise UnavailableError("registry.unreachable", message)


def _reason(error: OSError) -> str:
    reason = getattr(error, "reason", error)
    return str(getattr(reason, "strerror", None) or reason)[:100]


def _patience(wait: float, asked: str | None) -> float:
    if asked is not None and asked.isascii() and asked.isdigit():
        return min(max(wait, float(asked)), MAX_PAUSE)
    return wait


def _final(answer: Answer) -> dict[str, object]:
    try:
        value = json.loads(answer.content)
    except (ValueError, RecursionError):
        value = None
    if not isinstance(value, dict):
        message = f"HTTP {answer.status} without a registry's answer: is this its address?"
        raise UnavailableError("registry.answer", message)
    if answer.status in {200, 201}:
        return value
    code, detail = value.get("code"), value.get("detail") or value.get("title")
    if not isinstance(code, str):
        message = f"HTTP {answer.status} without a code: is this the registry's address?"
        raise UnavailableError("registry.answer", message)
    if code == "statement.after":
        head = value.get("head")
        known = isinstance(head, str) and _DIGEST.fullmatch(head)
        raise AfterError(head if known else None, f"the registry refuses: {detail}")
    raise ConflictError(code, f"the registry refuses: {detail}")
