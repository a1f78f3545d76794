# SPDX-License-Identifier: Apache-2.0
"""The clerk's act for a correction: the one row is issued in the place of what it corrects."""

from collections.abc import Mapping

from credential.errors import ConflictError
from issuer import codes, correct, desk, given
from issuer.web.acts import Acts
from issuer.web.clerk import Act, Work
from issuer.web.job import Job
from keys.signer import Signer


def correction(acts: Acts, job: Job, keys: Mapping[str, Signer]) -> Act:
    """Issue the one row of a correction in the place of the certificate that it corrects."""

    def act(work: Work) -> None:
        filing, at = acts.filing(), acts.clock()
        for key in keys.values():
            given.demand_key(filing, key, at)
        signers = correct.Keys(keys["statement"], keys["certificate"], keys["submit"])
        try:
            (told,), unreachable = correct.correct(
                [job.corrects or ""],
                acts.order(job),
                work.ledger,
                acts.registry(work),
                signers,
                job.reason,
                acts.means(work),
            )
        finally:
            acts.count(work.ledger, job.id)
        if unreachable is not None:
            raise unreachable
        if told.outcome == correct.REFUSED:
            raise ConflictError(told.code or "status.move", "the registry refused it")
        if told.item is not None:
            folder = acts.uploads.of(job.id, "codes")
            desk.make_folder(folder)
            codes.write(folder, [told.item], 1)

    return act
