# SPDX-License-Identifier: Apache-2.0
"""A small application with acts of two people: three officials' keys, and what was carried out."""

import json
from dataclasses import dataclass, field

from fastapi import FastAPI, Request

from console import proposal_pages
from console.account import Account
from console.app import Console
from console.proposal_pages import Matters
from console.proposals import Proposal, Proposals
from credential import envelope
from credential.errors import ConflictError, UntrustedError
from keys.signing_key import SigningKey

WANG, LI, STRANGER = (
    SigningKey.from_seed("statement", name) for name in (b"wang", b"li", b"stranger")
)
KNOWN = {key.kid: key for key in (WANG, LI)}
STATEMENT = json.dumps(
    {
        "iss": "https://reg.example",
        "aud": "https://reg.example",
        "jti": "AAAAAAAAAAAAAAAAAAAAAA",
        "iat": 1_790_000_000,
        "type": "standing",
        "subject": "https://reg.example/bodies/91310115MA1K3YJ12X",
        "body": {"notice": "沪建人〔2026〕8号", "state": "suspended", "text": "评价质量督导整改"},
    },
    ensure_ascii=False,
    separators=(",", ":"),
).encode()


def signed(key: SigningKey, payload: bytes = STATEMENT) -> str:
    """Sign as an official's agent does."""
    return envelope.sign(key, "statement+jwt", payload)


def signer(proposal: Proposal, token: str) -> str:
    """Verify a token, and name the key that it is of."""
    unverified = envelope.read(token, proposal.typ)
    key = KNOWN.get(unverified.kid)
    if key is None:
        raise UntrustedError("signature.invalid", "no official's key")
    unverified.verify(key.public)
    return key.kid


@dataclass
class Town:
    """What the acts are done to."""

    console: Console
    done: list[tuple[str, ...]] = field(default_factory=list)
    is_closed: bool = False

    @property
    def proposals(self) -> Proposals:
        return Proposals(self.console.engine, self.console.clock, self.console.random)

    def propose(self) -> Proposal:
        return self.proposals.create("statement+jwt", STATEMENT, about="暂停机构", by="wang.li")

    def sign(self, proposal: Proposal, key: SigningKey) -> Proposal:
        return self.proposals.sign(proposal.id, signed(key), by="wang.li", signer=signer)

    def act(self, proposal: Proposal) -> None:
        if self.is_closed:
            raise ConflictError("town.closed", "the office is closed")
        self.done.append(proposal.tokens)

    def add_to(self, app: FastAPI) -> None:
        """Add the pages."""

        def sees(_: Request, account: Account, proposal: Proposal) -> bool:
            return account.name == "wang.li" and proposal.about != "hidden"

        matters = Matters(
            sees=sees,
            signer=lambda _, proposal, token: signer(proposal, token),
            carry_out=lambda _, proposal: self.act(proposal),
        )
        app.include_router(proposal_pages.routes(matters))
