# SPDX-License-Identifier: Apache-2.0
"""The first account, made by whoever can read the terminal that the application was started from.

The code that is printed there is good for one guess. It stands in the process: this is for an
application with one, such as a desk; where there are several, a command makes the first account.
"""

import hmac
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Lock
from typing import Final

from console.account import Account
from console.accounts import Accounts
from console.passwords import Random
from credential.errors import UntrustedError

DIGITS: Final = 8


@dataclass(slots=True)
class SetUp:
    """Open until there is an account."""

    accounts: Accounts
    random: Random
    tell: Callable[[str], None]
    """Shows a code where only the application's owner reads."""
    code: str | None = field(default=None, repr=False)
    """None once there is an account."""
    _lock: Lock = field(default_factory=Lock, init=False, repr=False)

    def begin(self) -> None:
        """Draw and tell a code, if there is no account."""
        if not self.accounts.list():
            self._renew()

    def finish(self, said: str, account: Account, password: str) -> None:
        """Make the first account.

        Raises:
            UntrustedError: `account.set_up`, not the code; another one was told.
            SealError: As `Accounts.create`; the code stays.
        """
        with self._lock:
            if self.code is None or not hmac.compare_digest(said.encode(), self.code.encode()):
                if self.code is not None:
                    self._renew()
                message = "not the code that the terminal shows now"
                raise UntrustedError("account.set_up", message)
            self.accounts.create(account, password)
            self.code = None

    def _renew(self) -> None:
        self.code = f"{int.from_bytes(self.random(8)) % 10**DIGITS:0{DIGITS}}"
        self.tell(self.code)
