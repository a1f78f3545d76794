# SPDX-License-Identifier: Apache-2.0
"""The full gate as a request meets it: `credential.gate` over what the directory holds.

docs/format.md §7.6. The level that counts is that at the receipt's time, for whichever batch: from
the day on which the gate is full, nothing is admitted whose batch names no papers. A batch that was
closed admits nothing at either level.
"""

from dataclasses import dataclass, field

from credential import gate
from credential.admission import RefusedError, civil_date
from credential.certificate import Claims
from credential.errors import ConflictError
from credential.gate import Examined
from credential.said import Batch
from credential.said_examination import BatchClose
from credential.statement_bodies import batch_subject
from registry.directory import Directory

Question = tuple[object, ...]


@dataclass(slots=True)
class FullGate:
    """What one request of a body is held against."""

    directory: Directory
    body: str
    """Identifier of the body."""
    t: int
    """The receipt's time."""
    _answers: dict[Question, RefusedError | None] = field(default_factory=dict)

    def check(self, claims: Claims, batch: Batch) -> None:
        """Return if the gate lets a certificate of a filed batch pass.

        Raises:
            ConflictError: `batch.closed`.
            RefusedError: `gate.…`.
        """
        # Most certificates of a request differ in person and number alone.
        lasts = None if claims.exp is None else claims.exp - claims.iat
        asked = (gate.Asked.of(claims), claims.batch, claims.detail, lasts)
        if asked not in self._answers:
            self._demand_open(claims.batch)
            self._answers[asked] = self._judge(claims, batch)
        refusal = self._answers[asked]
        if refusal is not None:
            raise refusal

    def check_batch(self, batch: Batch) -> None:
        """Return if certificates of a batch that is to be filed could pass.

        Raises:
            RefusedError: `gate.…`.
        """
        if self.directory.is_full_at(self.t):
            gate.check_batch(batch, self._examined(batch))

    def _judge(self, claims: Claims, batch: Batch) -> RefusedError | None:
        if self.directory.is_full_at(self.t):
            try:
                gate.check(claims, self._examined(batch))
            except RefusedError as refusal:
                return refusal
        return None

    def _examined(self, batch: Batch) -> Examined:
        return Examined(self.directory.lead, self.body, batch.papers, self.directory.history)

    def _demand_open(self, number: str) -> None:
        events = self.directory.history.get(batch_subject(self.body, number), ())
        closed = next((each for each in events if isinstance(each.said, BatchClose)), None)
        if closed is not None:
            message = f"the batch was closed on {civil_date(closed.t)}: file another"
            raise ConflictError("batch.closed", message)
