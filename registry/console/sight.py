# SPDX-License-Identifier: Apache-2.0
"""What one viewer sees of the registry at a moment: the directory, and what of it exists for them.

Whatever a viewer does not see is refused exactly as what does not exist (`request.not_found`), so
that no answer tells whether another tenant has it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from sqlalchemy import Connection

from console.account import Account
from credential.body import Body
from credential.errors import ConflictError
from registry import database, store_log
from registry.console import targets
from registry.console.access import LEAD_OFFICIAL, Limit, Target, Viewer
from registry.directory import Directory
from registry.service import Registry

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Sight:
    """One read transaction as one viewer sees it."""

    registry: Registry
    connection: Connection
    directory: Directory
    viewer: Viewer
    at: int

    def target(self, subject: str) -> Target:
        """Find where something belongs.

        Raises:
            ConflictError: `request.not_found`, it does not exist for this viewer.
        """
        found = targets.target_of(self.directory, subject)
        if found is None or not self.viewer.sees(found, self.at):
            raise nothing()
        return found

    def subject(self, path: str) -> str:
        """Find what a path names, under whichever host of this registry.

        Raises:
            ConflictError: `request.not_found`.
        """
        for host in self.directory.root.hosts:
            if self.sees(subject := f"https://{host}/{path}"):
                return subject
        raise nothing()

    def sees(self, subject: str) -> bool:
        """Tell whether something exists for this viewer."""
        found = targets.target_of(self.directory, subject)
        return found is not None and self.viewer.sees(found, self.at)

    def body(self, code: str) -> Body:
        """Find a body by its code.

        Raises:
            ConflictError: `request.not_found`.
        """
        body = self.directory.bodies.get(code)
        if body is None or not self.sees(body.id):
            raise nothing()
        return body

    def sees_code(self, code: str) -> bool:
        """Tell whether a body exists for this viewer."""
        found = targets.of_code(self.directory, code)
        return found is not None and self.viewer.sees(found, self.at)

    @property
    def bodies(self) -> list[Body]:
        """Every body that this viewer sees, by code."""
        known = self.directory.bodies
        return [known[code] for code in sorted(known) if self.sees(known[code].id)]

    @property
    def iss(self) -> str:
        """Whose statements this viewer proposes."""
        is_lead = LEAD_OFFICIAL in self.viewer.roles or self.viewer.party is None
        return self.directory.lead if is_lead else str(self.viewer.party)


def nothing() -> ConflictError:
    """Say that there is nothing here, whether there is or not."""
    return ConflictError("request.not_found", "there is nothing here")


def viewer_of(account: Account, party: str | None, directory: Directory) -> Viewer:
    """Give an account's jurisdiction the form that access is decided by.

    Args:
        account: Who has signed in.
        party: Identifier of the authority or body that the account acts for, if any.
        directory: As of now.
    """
    limits = []
    if account.jurisdiction is not None or account.industry is not None:
        region = None if account.jurisdiction is None else account.jurisdiction.ljust(6, "0")
        fields = frozenset() if account.industry is None else frozenset({account.industry})
        limits.append(Limit(region, fields))
    authority = None if party is None else directory.authorities.get(party)
    if authority is not None:
        limits.append(Limit(authority.region, targets.authority_fields(directory, authority.id)))
    elif party is not None and directory.is_lead(party):
        party = directory.lead
    elif party is not None and directory.body_of(party) is None:
        party = None  # neither an authority nor a body of this registry
    return Viewer(account.roles, tuple(limits), party, account.until)


def look(registry: Registry, account: Account, party: str | None, see: Callable[[Sight], T]) -> T:
    """Look at the registry as an account sees it, in one read transaction.

    Args:
        registry: Where.
        account: Who has signed in.
        party: For whom the account acts.
        see: What is read; it holds nothing of the transaction afterwards.
    """
    with database.read(registry.engine) as connection:
        directory = registry.directory(connection, store_log.tail(connection))
        viewer = viewer_of(account, party, directory)
        return see(Sight(registry, connection, directory, viewer, registry.clock()))
