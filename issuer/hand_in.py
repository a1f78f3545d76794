# SPDX-License-Identifier: Apache-2.0
"""Handing signed certificates in: one request of at most 1,000, its answers kept as they come.

    sent noted → POST /certificates → each receipt looked at → receipts and refusals kept

Nothing but the ledger, the filing and the `submit` key is needed, so what waits for the network can
be handed in without its roster. What was handed in already comes back with its first receipt.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from credential import base64url, submission
from credential.errors import UnavailableError, UntrustedError
from credential.filing_file import FilingFile
from issuer import chunks, receipts
from issuer.ledger import Ledger
from issuer.progress import Step, quiet
from issuer.records import Batch, Item
from issuer.submit import MAX_ITEMS, Registry
from keys.signer import Signer


@dataclass(frozen=True, slots=True)
class Window:
    """Where certificates are handed in, and who does it."""

    ledger: Ledger
    filing: FilingFile
    registry: Registry
    key: Signer
    """Of role `submit`."""
    at: Callable[[], int]
    """The clock, seconds since 1970."""
    random: Callable[[int], bytes]
    """Random bytes."""

    def send(self, items: Sequence[Item]) -> list[Item]:
        """Hand in one request's certificates and keep the answers.

        Returns:
            The items, each with a receipt or a problem.

        Raises:
            UnavailableError: `registry.unreachable`, `registry.answer`, `ledger.full`: run again.
            ConflictError: The registry's code, when it refuses the request as a whole.
            UntrustedError: `receipt.…`.
        """
        self.ledger.sending(items, self.at())
        answered = self._asked(items)
        # A crash before the next line: the same tokens get the same receipts.
        self.ledger.keep_answers(answered)
        return answered

    def _asked(self, items: Sequence[Item]) -> list[Item]:
        request = {"items": [{"certificate": f"{item.token}~"} for item in items]}
        body = json.dumps(request, separators=(",", ":")).encode("ascii")

        def authorise() -> dict[str, str]:
            token = submission.authorise(
                self.key,
                iss=self.filing.body.id,
                aud=f"https://{self.filing.hosts[0]}",
                iat=self.at(),
                jti=self.random(16),
                body=body,
            )
            return {"Authorization": f"Submission {token}"}

        results = self.registry.ask("/certificates", body, authorise).get("results")
        if not isinstance(results, list) or len(results) != len(items):
            message = "the registry's answer does not have a result for each certificate: run again"
            raise UnavailableError("registry.answer", message)
        return [self._answered(item, result) for item, result in zip(items, results, strict=True)]

    def _answered(self, item: Item, result: object) -> Item:
        if not isinstance(result, dict) or item.token is None:
            raise UnavailableError("registry.answer", "the registry's answer is not one: run again")
        problem = result.get("problem")
        if problem is not None:
            return replace(item, problem=json.dumps(problem, ensure_ascii=False))
        token, salt = result.get("receipt"), result.get("salt")
        receipts.check(token, receipts.digest_of(item.token), self.filing)
        if not isinstance(salt, str) or len(base64url.decode(salt)) != 16:
            raise UntrustedError("receipt.invalid", "the registry gave no salt with a receipt")
        return replace(item, receipt=str(token), leaf_salt=salt, problem=None)


def waiting(ledger: Ledger, batch: Batch) -> list[int]:
    """Find what is signed and has no receipt, by the sheet's rows."""
    return [item.line for item in ledger.each(batch.batch) if item.token and not item.receipt]


def all_of(window: Window, batch: Batch, step: Step = quiet) -> int:
    """Hand in what waits of a batch, as it is; gives how many certificates that were.

    What the registry wants drawn again is left to `issuer.issue`, which has the roster.

    Raises:
        SealError: As `Window.send`.
    """
    lines = waiting(window.ledger, batch)
    for done, chunk in chunks.of(lines, MAX_ITEMS):
        window.send(window.ledger.some(batch.batch, chunk))
        step("submit", done, len(lines))
    return len(lines)
