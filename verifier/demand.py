# SPDX-License-Identifier: Apache-2.0
"""A demand: what somebody must at least be able to show for a job.

    skill_level/lyg2020:39/3          this kind, this occupation or one that counts for it, and at
                                      least this level
    special_operation/gbm2022:05/     no level asked

An equivalence of occupations is the asker's own catalogue's (docs/format.md §5.3).
"""

import re
from typing import Final, NamedTuple, Self

from credential.certificate import KINDS
from credential.errors import MalformedError
from credential.levels import LEVELS
from credential.members import is_occupation_code

_TEXT: Final = re.compile("([a-z_]+)/([0-9A-Za-z.:-]+)/([0-9a-z]*)")


class Demand(NamedTuple):
    """One kind, one occupation, and a level or none."""

    kind: str
    occupation: str
    """`<scheme>:<code>` in the asker's catalogue."""
    level: str | None = None
    """At least this one; None where no level is asked."""

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read `KIND/SCHEME:CODE/LEVEL`; an empty last part asks for no level.

        Raises:
            MalformedError: `demand.malformed`.
        """
        match = _TEXT.fullmatch(text)
        if (
            match is None
            or match[1] not in KINDS
            or not is_occupation_code(match[2])
            or (match[3] and match[3] not in LEVELS)
        ):
            message = "a demand is KIND/SCHEME:CODE/LEVEL, such as skill_level/lyg2020:39/3"
            raise MalformedError("demand.malformed", message)
        return cls(match[1], match[2], match[3] or None)
