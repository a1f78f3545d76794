# SPDX-License-Identifier: Apache-2.0
"""What an application decides about its console; read once, by the application."""

from dataclasses import dataclass, field
from typing import Final

LOOPBACK: Final = ("127.0.0.1", "localhost", "[::1]")
AGENT: Final = "http://127.0.0.1:8311"


@dataclass(frozen=True, slots=True)
class Settings:
    """Fixed while the application runs."""

    hosts: tuple[str, ...] = LOOPBACK
    """Names that it answers under, without ports; any other is refused."""
    roles: tuple[str, ...] = ("administrator",)
    """Those that an account may have; `role.<name>` is in the texts."""
    issuer: str = "SkillSeal"
    """What an authenticator lists an account under."""
    navigation: tuple[tuple[str, str, str | None], ...] = ()
    """Path, key of its text, and who sees it: a role, `-role` for all others, None for all."""
    status_of_code: tuple[tuple[str, int], ...] = ()
    """HTTP statuses of the application's own codes."""
    sign_ins_a_minute: int = 20
    """From one address."""
    agent: str = AGENT
    """Where the page of a proposal looks for the person's signing agent, unless told otherwise."""
    has_jurisdictions: bool = True
    """Whether the page of an account asks for region and industry."""
    cookies: str = ""
    """Stands before the names of its cookies: browsers do not tell two ports of one host apart."""
    hint: str = field(default="", repr=False)
    """Shown at sign-in, by a demonstration alone."""
