# SPDX-License-Identifier: Apache-2.0
"""Refresh what a verifier knows: the only module of this room that reaches the network.

- `https` only, but for a registry on this machine; no redirect to another host; nothing but GET;
- every answer is bounded in bytes and in time before it is looked at;
- nothing that arrives is trusted: `verifier.trusted` decides whether it replaces what was there.
"""

import http.client
import ipaddress
import time
import urllib.error
import urllib.request
from http import HTTPStatus
from typing import IO, Final, Protocol
from urllib.parse import urlsplit

from credential.errors import MalformedError, UnavailableError

TIMEOUT: Final = 30  # seconds without a byte
DEADLINE: Final = 600  # seconds for one answer
_CHUNK: Final = 1 << 16  # bytes


class Fetch(Protocol):
    """The port: bytes behind a URL, at most so many."""

    def __call__(self, url: str, most: int) -> bytes:
        """Return the body of a 200 answer.

        Raises:
            UnavailableError: `fetch.absent` where there is no such thing, else `fetch.unavailable`.
        """


class _SameHost(urllib.request.HTTPRedirectHandler):
    """Follow a redirect only where it stays with scheme, host and port."""

    def redirect_request(  # the signature is urllib's
        self,
        req: urllib.request.Request,
        fp: IO[bytes],
        code: int,
        msg: str,
        headers: http.client.HTTPMessage,
        newurl: str,
    ) -> urllib.request.Request | None:
        if urlsplit(newurl)[:2] != urlsplit(req.full_url)[:2]:
            fp.close()
            raise UnavailableError("fetch.unavailable", "the registry redirects to another host")
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def check_url(url: str) -> str:
    """Return the base URL without a slash at its end.

    Raises:
        MalformedError: `fetch.url`.
    """
    message = "a registry's URL is https://HOST, or http:// for one on this machine"
    try:
        parts = urlsplit(url)
        port_is_fine = parts.port != 0
    except ValueError:
        raise MalformedError("fetch.url", message) from None
    schemes = {"https", "http"} if is_loopback(parts.hostname) else {"https"}
    foreign = parts.query or parts.fragment or parts.username or parts.password
    if parts.scheme not in schemes or not parts.hostname or foreign or not port_is_fine:
        raise MalformedError("fetch.url", message)
    return url.rstrip("/")


def is_loopback(host: str | None) -> bool:
    """Tell whether a host is this machine, by its name or number alone."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host or "").is_loopback
    except ValueError:
        return False


def over_http(url: str, most: int) -> bytes:
    """Get a URL with the standard library; satisfies `Fetch`."""
    check_url(url)
    handlers: list[urllib.request.BaseHandler] = [_SameHost()]
    if is_loopback(urlsplit(url).hostname):
        handlers.append(urllib.request.ProxyHandler({}))
    opener = urllib.request.build_opener(*handlers)
    end = time.monotonic() + DEADLINE
    try:
        with opener.open(url, timeout=TIMEOUT) as answer:
            return _bounded(answer, most, end)
    except urllib.error.HTTPError as error:
        error.close()
        code = "fetch.absent" if error.code == HTTPStatus.NOT_FOUND else "fetch.unavailable"
        raise UnavailableError(code, f"{url} answers {error.code}") from None
    except (OSError, http.client.HTTPException) as error:
        reason = getattr(error, "reason", error)
        raise UnavailableError("fetch.unavailable", f"{url} cannot be read: {reason}") from None


def _bounded(answer: IO[bytes], most: int, end: float) -> bytes:
    data = bytearray()
    while chunk := answer.read(_CHUNK):
        data += chunk
        if len(data) > most:
            raise UnavailableError("fetch.unavailable", f"the answer is over {most:,} bytes")
        if time.monotonic() > end:
            raise UnavailableError("fetch.unavailable", "the answer takes too long")
    return bytes(data)
