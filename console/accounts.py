# SPDX-License-Identifier: Apache-2.0
"""The accounts of an application: made, changed, and let in.

`check` says one thing for a wrong name, password or code, and takes as long for each. What changes
a password or shuts an account ends its sessions in the same transaction.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final

from sqlalchemy import Connection, Engine, RowMapping, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from console import database, lockout, passwords, tables, totp
from console.account import ADMINISTRATOR, Account, folded
from console.passwords import Passwords, Random
from credential.errors import ConflictError, UntrustedError

MAX_ACCOUNTS: Final = 2_000  # that one page lists

Clock = Callable[[], int]
_T: Final = tables.accounts


class Accounts:
    """All accounts of one application."""

    def __init__(
        self, engine: Engine, clock: Clock, random: Random, passwords: Passwords | None = None
    ) -> None:
        """Keep what it works with.

        Args:
            engine: Where `console.tables` are.
            clock: Gives seconds since 1970.
            random: Gives that many random bytes.
            passwords: Other costs than usual.
        """
        self._engine = engine
        self._clock = clock
        self._random = random
        self._passwords = passwords or Passwords(random)

    def create(self, account: Account, password: str) -> None:
        """Make an account; `account.temporary` has its password changed at the first sign-in.

        Raises:
            MalformedError: `account.…`, a member has not its form.
            ConflictError: `account.known`, the name is taken.
        """
        account.check()
        passwords.demand(password, account.name)
        values = {
            "name": account.name,
            **_members(account),
            "disabled": account.disabled,
            "password": self._passwords.hash(password),
            "temporary": account.temporary,
            "totp_step": 0,
            "made_at": self._clock(),
        }
        try:
            with database.write(self._engine) as connection:
                if _row(connection, account.name) is not None:
                    raise _taken()
                connection.execute(insert(_T).values(values))
        except IntegrityError:  # both looked before either wrote
            raise _taken() from None

    def check(self, name: str, password: str, code: str | None = None) -> Account:
        """Return the account that these let in.

        Raises:
            UntrustedError: `account.refused`: name, password or code is wrong, or it is shut.
            UnavailableError: `account.wait`, this name was tried too often.
        """
        name, at = folded(name), self._clock()
        lockout.enter(self._engine, name, at)
        with database.read(self._engine) as connection:
            row = _row(connection, name)
        right = self._passwords.holds(row["password"] if row else None, password)
        if row is None or not right or not account_of(row).is_open(at):
            raise _refused()
        if row["totp"] is not None:
            self._use(name, row, code or "", at)
        lockout.forgive(self._engine, name)
        if self._passwords.is_outdated(row["password"]):
            self._change(name, {"password": self._passwords.hash(password)})
        return account_of(row)

    def set_password(self, name: str, password: str, *, temporary: bool = False) -> None:
        """Change a password, and end the account's sessions.

        Raises:
            MalformedError: `account.password`.
            ConflictError: `account.unknown`.
        """
        passwords.demand(password, name)
        values = {"password": self._passwords.hash(password), "temporary": temporary}
        self._change(name, values, ends=True)

    def change_password(self, name: str, old: str, new: str) -> None:
        """Change one's own password.

        Raises:
            UntrustedError: `account.refused`, the old one is wrong.
            UnavailableError: `account.wait`.
            MalformedError: `account.password`; also where the new one is the old one.
        """
        lockout.enter(self._engine, name, self._clock())
        with database.read(self._engine) as connection:
            row = _row(connection, name)
        if not self._passwords.holds(row["password"] if row else None, old):
            raise _refused()
        lockout.forgive(self._engine, name)
        passwords.demand(new if new != old else "", name)
        self.set_password(name, new)

    def change(self, account: Account) -> None:
        """Store display, roles, jurisdiction, industry, end and whether it is disabled.

        Raises:
            MalformedError: `account.…`.
            ConflictError: `account.unknown`; `account.last`, nobody would administer any more.
        """
        account.check()
        is_administrator = ADMINISTRATOR in account.roles and account.until is None
        values = {**_members(account), "disabled": account.disabled}
        with database.write(self._engine) as connection:
            _demand(connection, account.name)
            if account.disabled or not is_administrator:
                _demand_another(connection, account.name)
            connection.execute(update(_T).where(_T.c.name == account.name).values(values))
            if account.disabled:
                _end_sessions(connection, account.name)

    def offer_totp(self, name: str) -> bytes:
        """Return the secret that waits for its first code; a new one where there is none.

        Raises:
            ConflictError: `account.unknown`; `account.totp_known`, there is one in use.
        """
        with database.write(self._engine) as connection:
            row = _demand(connection, name)
            if row["totp"] is not None:
                message = "this account already has a second factor: take it away first"
                raise ConflictError("account.totp_known", message)
            if row["totp_pending"] is not None:
                return bytes(row["totp_pending"])
            secret = self._random(totp.SECRET_BYTES)
            connection.execute(update(_T).where(_T.c.name == name).values(totp_pending=secret))
            return secret

    def enrol_totp(self, name: str, code: str) -> None:
        """Put the offered secret to use, since the person's telephone has it.

        Raises:
            ConflictError: `account.unknown`.
            UntrustedError: `account.code`, not its code.
        """
        with database.write(self._engine) as connection:
            row = _demand(connection, name)
            secret = row["totp_pending"]
            at = self._clock()
            step = totp.step_of(bytes(secret), code, at, row["totp_step"]) if secret else None
            if step is None:
                message = "not the code that belongs to this secret now: look at the clock"
                raise UntrustedError("account.code", message)
            values = {"totp": secret, "totp_pending": None, "totp_step": step}
            connection.execute(update(_T).where(_T.c.name == name).values(values))

    def remove_totp(self, name: str) -> None:
        """Take the second factor away.

        Raises:
            ConflictError: `account.unknown`.
        """
        self._change(name, {"totp": None, "totp_pending": None})

    def get(self, name: str) -> Account:
        """Return one account.

        Raises:
            ConflictError: `account.unknown`.
        """
        with database.read(self._engine) as connection:
            return account_of(_demand(connection, name))

    def list(self) -> tuple[Account, ...]:
        """Return all accounts by name."""
        query = select(_T).order_by(_T.c.name).limit(MAX_ACCOUNTS)
        with database.read(self._engine) as connection:
            return tuple(map(account_of, connection.execute(query).mappings()))

    def _use(self, name: str, row: RowMapping, code: str, at: int) -> None:
        """Take one step, or refuse; of two at once with the same code one is refused."""
        step = totp.step_of(bytes(row["totp"]), code, at, row["totp_step"])
        with database.write(self._engine) as connection:
            unused = update(_T).where(_T.c.name == name, _T.c.totp_step < (step or 0))
            if step is None or not connection.execute(unused.values(totp_step=step)).rowcount:
                raise _refused()

    def _change(self, name: str, values: Mapping[str, Any], *, ends: bool = False) -> None:
        with database.write(self._engine) as connection:
            _demand(connection, name)
            connection.execute(update(_T).where(_T.c.name == name).values(values))
            if ends:
                _end_sessions(connection, name)


def _members(account: Account) -> dict[str, object]:
    return {
        "display": account.display,
        "roles": " ".join(sorted(account.roles)),
        "jurisdiction": account.jurisdiction,
        "industry": account.industry,
        "until": account.until,
    }


def account_of(row: RowMapping) -> Account:
    """Read an account out of a row that has its columns."""
    return Account(
        name=row["name"],
        display=row["display"],
        roles=frozenset(row["roles"].split()),
        jurisdiction=row["jurisdiction"],
        industry=row["industry"],
        until=row["until"],
        disabled=row["disabled"],
        temporary=row["temporary"],
        has_totp=row["totp"] is not None,
    )


def _row(connection: Connection, name: str) -> RowMapping | None:
    return connection.execute(select(_T).where(_T.c.name == name)).mappings().one_or_none()


def _demand(connection: Connection, name: str) -> RowMapping:
    row = _row(connection, name)
    if row is None:
        raise ConflictError("account.unknown", "there is no account of this name")
    return row


def _demand_another(connection: Connection, name: str) -> None:
    """Refuse what would leave nobody to administer."""
    rows = connection.execute(select(_T).where(~_T.c.disabled)).mappings()
    accounts = [account_of(row) for row in rows]
    left = [a for a in accounts if ADMINISTRATOR in a.roles and a.until is None]
    if [a.name for a in left] == [name]:
        message = "this is the last administrator: make another one first"
        raise ConflictError("account.last", message)


def _end_sessions(connection: Connection, name: str) -> None:
    connection.execute(delete(tables.sessions).where(tables.sessions.c.account == name))


def _taken() -> ConflictError:
    return ConflictError("account.known", "there is an account of this name already")


def _refused() -> UntrustedError:
    return UntrustedError("account.refused", "name, password or code is not right")
