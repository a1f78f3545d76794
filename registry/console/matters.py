# SPDX-License-Identifier: Apache-2.0
"""What the shared pages of proposals ask of this application: who sees one, who signed, the act.

The registry's own rules decide at the end (`registry.statements`): what is checked here first only
spares an official a refusal after the second signature.
"""

import re
from functools import partial
from typing import Final

from fastapi import Request

from console.account import Account
from console.payload import Line
from console.proposal_pages import Matters
from console.proposals import Proposal
from console.visit import console_of
from credential.errors import SealError
from credential.statement import Statement
from registry import database, statements, store_log
from registry.console import drafts, glosses, parties, statement_views
from registry.console.access import Viewer
from registry.console.sight import Sight, look
from registry.console.site import site_of
from registry.service import Registry


def sees(request: Request, account: Account, proposal: Proposal) -> bool:
    """Tell whether a proposal exists for an account: whoever may propose the like sees it."""
    registry = site_of(request).registry
    party = parties.party_of(registry.engine, account.name)
    return look(registry, account, party, partial(may, proposal=proposal))


def may(sight: Sight, proposal: Proposal) -> bool:
    """Tell whether a viewer may propose and sign the like."""
    try:
        drafts.demand(sight, Statement.from_bytes(proposal.payload))
    except SealError:
        return False
    return True


def signer(request: Request, proposal: Proposal, token: str) -> str:
    """Name the key that signed, as the directory knows it now."""
    del proposal  # the token is over its payload: that was compared
    registry = site_of(request).registry
    with database.read(registry.engine) as connection:
        directory = registry.directory(connection, store_log.tail(connection))
        nobody = Viewer(frozenset())
        return drafts.signer_of(
            Sight(registry, connection, directory, nobody, registry.clock()), token
        )


def carry_out(request: Request, proposal: Proposal) -> None:
    """Hand the statement in; the same again has the same answer."""
    record(site_of(request).registry, proposal)


def record(registry: Registry, proposal: Proposal) -> None:
    """Store a statement that has its signatures; the server signs its receipt."""
    statements.record(registry, proposal.tokens)


def gloss(request: Request, language: str, line: Line) -> tuple[str, str]:
    """Name a member and explain its value, as the pages of statements do."""
    texts = console_of(request).pages.texts

    def say(key: str) -> str:
        return texts.say(language, key) if texts.has(key) else ""

    return glosses.of(line.name.split(" "), line.value, say)


def place(request: Request, account: Account, proposal: Proposal) -> str | None:
    """Find the page of what a proposal is about, once it is there."""
    registry = site_of(request).registry
    subject = Statement.from_bytes(proposal.payload).subject
    path = "/".join(subject.split("/")[3:])

    def see(sight: Sight) -> bool:
        target = statement_views.target_of(sight, subject)
        return target is not None and sight.viewer.sees(target, sight.at)

    party = parties.party_of(registry.engine, account.name)
    return f"/{path}" if _PAGES.fullmatch(path) and look(registry, account, party, see) else None


_PAGES: Final = re.compile(
    "(?:bodies|stations|assessors|units|operators|applications|standards)/[^/]+"
    "|bodies/[^/]+/(?:plans|batches)/[^/]+|competitions/[^/]+|certificates/[^/]+/[^/]+"
)
MATTERS = Matters(sees, signer, carry_out, gloss, place)
