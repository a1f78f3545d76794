# SPDX-License-Identifier: Apache-2.0
"""What catalogues demand of a statement on the day on which it is made.

    catalogue    no code of the version before is gone: an occupation ends with `to` and stays
    batch        none of its occupations is out of force on every day of the batch

Both are asked when a statement is accepted and never again: neither `fsck` nor the list signer
refuses what was accepted when there was no such rule, or another catalogue.
"""

from typing import Final

from credential import admission
from credential.errors import ConflictError
from credential.statement_bodies import Batch
from registry.directory import Directory

_NAMED: Final = 5  # codes that a message names


def check_kept(before: Directory, after: Directory) -> None:
    """Return if every code of every catalogue is still there.

    A certificate of a code that is gone could be explained by nobody, nor renewed or corrected.

    Args:
        before: Without the statement.
        after: With it.

    Raises:
        ConflictError: `catalogue.vanished`.
    """
    for scheme, old in before.catalogues.items():
        new = after.catalogues[scheme]
        if new is old:
            continue
        gone = [code for code in old.by_code if code not in new.by_code]
        if gone:
            named = ", ".join(gone[:_NAMED]) + (f" … ({len(gone)})" if len(gone) > _NAMED else "")
            message = (
                f"codes of version {old.version} are gone: {named}; end them with `to` instead"
            )
            raise ConflictError("catalogue.vanished", message)


def check_batch(directory: Directory, batch: Batch) -> None:
    """Return if each occupation of a batch can be certified for some day of it.

    Raises:
        RefusedError: `occupation.not_in_force`.
    """
    for plan in batch.occupations:
        entry = directory.dictionaries.occupations.get(plan.code)
        if entry is None:
            continue  # refused with the first certificate, as ever
        begins_after = entry.first_day is not None and batch.last_day < entry.first_day
        if begins_after or (entry.last_day is not None and entry.last_day < batch.first_day):
            admission.check_days(entry, batch.first_day, directory.dictionaries)
