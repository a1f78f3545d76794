# SPDX-License-Identifier: Apache-2.0
"""Asking the registry which statement about a subject was the last (docs/format.md §7.3).

What two people sign names it in `after`. Asked before they sign, they sign once: whoever learns it
from a refusal asks both again.
"""

import json
import re
from collections.abc import Callable, Sequence
from typing import Final

from credential import client_assertion
from credential.errors import UnavailableError
from credential.filing_file import FilingFile
from issuer.submit import Registry
from keys.signer import Signer

_DIGEST: Final = re.compile("[A-Za-z0-9_-]{43}")
_FORM: Final = "application/x-www-form-urlencoded"


def ask(
    registry: Registry,
    filing: FilingFile,
    key: Signer,
    subjects: Sequence[str],
    at: int,
    random: Callable[[int], bytes],
) -> dict[str, str]:
    """Sign in as a body and ask.

    Args:
        registry: Where.
        filing: Of the body.
        key: Of role `submit`.
        subjects: As `ask_as` has them, and the rest.
        at: Now, seconds since 1970.
        random: Gives random bytes.

    Raises:
        SealError: What `ask_as` raises.
    """
    return ask_as(
        registry, (filing.body.id, f"https://{filing.hosts[0]}"), key, subjects, at, random
    )


def ask_as(
    registry: Registry,
    names: tuple[str, str],
    key: Signer,
    subjects: Sequence[str],
    at: int,
    random: Callable[[int], bytes],
) -> dict[str, str]:
    """Sign in and ask.

    Args:
        registry: Where.
        names: Identifiers of who asks, and of the registry: `https://HOST`.
        key: Of role `submit`, an authority's of role `statement`.
        subjects: At most 500.
        at: Now, seconds since 1970.
        random: Gives random bytes.

    Returns:
        The digest of the last statement about each subject that has one, base64url.

    Raises:
        ConflictError: The registry's code: `client.…`, or `request.not_found` of an older one.
        UnavailableError: `registry.…`
    """
    assertion = client_assertion.make(
        key,
        client=names[0],
        registry=names[1],
        iat=at,
        jti=random(16),
    )
    form = client_assertion.form(assertion, client_assertion.STATEMENTS)
    token = registry.ask("/token", form, lambda: {"Content-Type": _FORM}).get("access_token")
    body = json.dumps({"subjects": list(subjects)}).encode()
    answer = registry.ask("/heads", body, lambda: {"Authorization": f"Bearer {token}"})
    heads = answer.get("heads")
    if not isinstance(heads, dict):
        raise UnavailableError("registry.answer", "the registry did not say what was asked")
    return {
        subject: digest
        for subject, digest in heads.items()
        if subject in subjects and isinstance(digest, str) and _DIGEST.fullmatch(digest)
    }
