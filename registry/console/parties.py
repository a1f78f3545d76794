# SPDX-License-Identifier: Apache-2.0
"""For whom an account acts: an authority, or a body. The administrator of accounts says so."""

import re
from typing import Final

from sqlalchemy import Engine, delete, insert, select

from credential.errors import MalformedError
from registry import database
from registry.console.tables import parties

_PARTY: Final = re.compile(
    r"https://[a-z0-9.:-]{1,100}(?:/(?:bodies|authorities)/[0-9A-HJ-NPQRTUWXY]{18})?"
)


def party_of(engine: Engine, account: str) -> str | None:
    """Find for whom an account acts."""
    query = select(parties.c.party).where(parties.c.account == account)
    with database.read(engine) as connection:
        return connection.execute(query).scalar_one_or_none()


def assigned(engine: Engine) -> dict[str, str]:
    """Read for whom every account acts."""
    with database.read(engine) as connection:
        return dict(connection.execute(select(parties.c.account, parties.c.party)).all())


def assign(engine: Engine, account: str, party: str | None) -> None:
    """Say for whom an account acts; None: for nobody.

    Raises:
        MalformedError: `account.party`, not the identifier of an authority or body.
    """
    if party is not None and not _PARTY.fullmatch(party):
        message = "give the identifier of an authority or body: https://HOST/authorities/<code>"
        raise MalformedError("account.party", message)
    with database.write(engine) as connection:
        connection.execute(delete(parties).where(parties.c.account == account))
        if party is not None:
            connection.execute(insert(parties).values(account=account, party=party))
