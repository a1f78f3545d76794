# SPDX-License-Identifier: Apache-2.0
"""What the shared pages of proposals ask of this application: who sees one, who signed, the act.

The registry's own rules decide at the end (`registry.statements`): what is checked here first only
spares an official a refusal after the second signature.
"""

from functools import partial

from fastapi import Request

from console.account import Account
from console.proposal_pages import Matters
from console.proposals import Proposal
from credential.errors import SealError
from credential.statement import Statement
from registry import database, statements, store_log
from registry.console import drafts, parties
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


MATTERS = Matters(sees, signer, carry_out)
