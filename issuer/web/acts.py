# SPDX-License-Identifier: Apache-2.0
"""What the clerk does for a job: look, file, issue, release, print, close; each can be repeated.

Every act reads the filing file anew and counts afterwards in the ledger, which is the truth.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from secrets import randbelow, token_bytes
from typing import Final

from console.accounts import Clock
from credential.errors import ConflictError, SealError
from credential.filing_file import FilingFile
from credential.said_examination import Papers
from issuer import (
    close,
    columns,
    correct_look,
    desk,
    given,
    history,
    look,
    papers,
    print_job,
    release,
    sheet,
)
from issuer.layout import Layout
from issuer.ledger import Ledger
from issuer.order import Means, Order
from issuer.submit import Registry
from issuer.typeface import Typeface
from issuer.web import offers, sheet_view
from issuer.web.clerk import Act, Work
from issuer.web.job import Counts, Job
from issuer.web.job_table import JobTable
from issuer.web.settings import Settings
from issuer.web.uploads import Uploads
from keys.signer import Signer

SHEET: Final = "sheet.json"
OFFERS: Final = "offers.json"
BASIS: Final = "basis"  # the list of evidence, as uploaded


@dataclass(frozen=True, slots=True)
class Acts:
    """Makes the acts of one desk."""

    settings: Settings
    jobs: JobTable
    uploads: Uploads
    clock: Clock

    def filing(self) -> FilingFile:
        """Read what the registry gave."""
        return given.read_filing(self.settings.filing)

    def open_ledger(self) -> Ledger:
        """Open the body's ledger."""
        return Ledger.open(self.settings.ledger, self.filing().body.id, token_bytes)

    def look(self, job: Job) -> Act:
        """Check the roster and lay out what is wrong."""

        def act(work: Work) -> None:
            filing, path = self.filing(), self.uploads.roster(job.id)
            now = self.clock()
            try:
                roster, report, _ = look.look(
                    path,
                    job.kind,
                    filing.dictionaries(),
                    filing=filing,
                    region=job.region,
                    at=now,
                    page=job.page,
                    named=self.papers(job, filing),
                )
            except SealError as error:
                self.jobs.change(job.id, counts=Counts(), roster=None)
                if error.code == "roster.sheets":
                    fit = sheet.fitting(path, lambda drawn: columns.fit(drawn, job.kind))
                    self.jobs.change(job.id, sheets=fit)
                raise
            is_named = job.papers is not None or not offers.demanded(filing, now)
            if offers.demanded(filing, now):
                sifted = offers.sift(filing, roster, now)
                offers.write(self.uploads.of(job.id, OFFERS), sifted)
            if job.corrects is None:
                report = history.without_issued(roster, report, work.ledger)
            laid_out = sheet_view.build(path, job.page, job.kind, report)
            sheet_view.write(self.uploads.of(job.id, SHEET), laid_out)
            wrong = len({each.row for each in report.refusals})
            odd = sum(each.code != "column.unknown" for each in report.warnings)
            counts = Counts(roster.rows, len(report.accepted), wrong, odd)
            digest = work.ledger.roster(roster.content)
            self.jobs.change(job.id, counts=counts, roster=digest)
            self.count(work.ledger, job.id)
            if job.corrects is not None and not report.refusals and is_named:
                correct_look.foresee([job.corrects], self.order(job), work.ledger, self.means(work))

        return act

    def file(self, job: Job, keys: Mapping[str, Signer]) -> Act:
        """File the batches of a roster."""

        def act(work: Work) -> None:
            try:
                desk.file(
                    self.order(job),
                    work.ledger,
                    self.registry(work),
                    keys["statement"],
                    self.means(work),
                )
            finally:
                self.count(work.ledger, job.id)

        return act

    def issue(self, job: Job, keys: Mapping[str, Signer]) -> Act:
        """Sign and register; what needs a second person is drawn and waits."""

        def act(work: Work) -> None:
            signers = keys["certificate"], keys["submit"]
            try:
                outcome = desk.issue_roster(
                    self.order(job),
                    work.ledger,
                    self.registry(work),
                    signers,
                    self.uploads.of(job.id, "codes"),
                    self.means(work),
                )
            finally:
                self.count(work.ledger, job.id)
            if outcome.unreachable is not None:
                raise outcome.unreachable

        return act

    def close(self, job: Job, batch: str, counts: tuple[int, int], key: Signer) -> Act:
        """Close a batch with how many failed and how many were absent."""

        def act(work: Work) -> None:
            known = {each.batch for each in work.ledger.batches_of(job.roster or b"")}
            if batch not in known:
                raise ConflictError("batch.unknown", "the batch is of another roster")
            filing = self.filing()
            given.demand_key(filing, key, self.clock())
            said = close.results(work.ledger, batch, *counts)
            try:
                close.close(
                    *(work.ledger, self.registry(work), filing, key, batch, said),
                    at=self.clock(),
                    random=token_bytes,
                )
            except ConflictError as error:
                if error.code != "batch.closed":
                    raise  # closed before, here or at the command line, is closed
            closed = {*self.jobs.get(job.id).closed, batch}
            self.jobs.change(job.id, closed=sorted(closed))

        return act

    def print(self, job: Job, layout: Layout, *, english: bool, volumes: bool, again: bool) -> Act:
        """Print what is registered."""

        def act(work: Work) -> None:
            filing = self.filing()
            roster = print_job.read(self.uploads.roster(job.id), job.kind, filing, page=job.page)
            seal: Path | None = self.uploads.of(job.id, "seal")
            how = print_job.Sheet(
                typeface=Typeface.of(self.settings.fonts),
                layout=layout,
                template=self.settings.template,
                seal=seal if seal and seal.exists() else self.settings.seal,
                photos=self.uploads.photos(job.id),
                english=english,
                volumes=volumes,
                again=again,
            )
            done = print_job.run(
                roster,
                work.ledger,
                filing,
                self.uploads.of(job.id, "print"),
                how,
                cores=self.settings.cores,
                at=self.clock(),
                step=work.step,
            )
            self.count(work.ledger, job.id)
            self.jobs.change(job.id, printed_at=self.clock())
            if done.refusals:
                first = done.refusals[0]
                raise ConflictError(first.code, f"row {first.row}: {first.message}")

        return act

    def papers(self, job: Job, filing: FilingFile) -> Papers | None:
        """Give what a job's batches are to stand on; None where nothing was chosen.

        Raises:
            UnavailableError: `papers.basis`.
        """
        if job.papers is None:
            return None
        return papers.identified(filing, job.papers.named(self.uploads.of(job.id, BASIS)))

    def proposals(self, ledger: Ledger, job: Job) -> list[release.Proposed]:
        """Put together what a second person is to release, as of now."""
        filing, at = self.filing(), self.clock()
        return [
            release.propose(ledger, filing, batch.batch, at)
            for batch in ledger.batches_of(job.roster or b"")
            if release.unreleased(ledger, filing, batch, at)
        ]

    def accept(self, ledger: Ledger, job: Job, token: str, said: release.Release) -> None:
        """Store a second person's release, over the claims that wait now.

        Raises:
            SealError: As `issuer.release`.
        """
        filing = self.filing()
        proposed = release.propose(ledger, filing, said.batch, said.iat)
        known = {each.batch for each in ledger.batches_of(job.roster or b"")}
        if said.batch not in known:
            raise ConflictError("release.nothing", "the release is for a batch of another roster")
        release.accept(ledger, filing, proposed, token, self.clock())
        self.count(ledger, job.id)

    def count(self, ledger: Ledger, job: str) -> None:
        """Count in the ledger how far a job is."""
        known = self.jobs.get(job)
        filing, at = self.filing(), self.clock()
        batches = ledger.batches_of(known.roster or b"")
        of_batch = {each.batch: each for each in ledger.counts()}
        counts = [of_batch[each.batch] for each in batches]
        needs = release.is_needed(ledger, batches)
        self.jobs.tell(
            job,
            batches=len(batches),
            filed=sum(each.is_filed for each in counts),
            items=sum(each.rows for each in counts),
            drawn=sum(each.drawn for each in counts),
            unreleased=sum(release.unreleased(ledger, filing, b, at) for b in batches)
            if needs
            else 0,
            signed=sum(each.signed for each in counts),
            refused=sum(each.refused for each in counts),
            registered=sum(each.registered for each in counts),
            printed=sum(each.printed for each in counts),
        )

    def order(self, job: Job) -> Order:
        """Put together what is asked for a job.

        Raises:
            SealError: `desk.cleared`, `papers.basis`.
        """
        path = self.uploads.roster(job.id)
        filing = self.filing()
        return Order.of(
            path,
            job.kind,
            job.region,
            filing,
            without_tags=False,
            page=job.page,
            papers=self.papers(job, filing),
        )

    def registry(self, work: Work) -> Registry:
        """Give the registry, asked with pauses in which pages are answered."""
        return Registry.at(self.settings.registry, work.pause)

    def means(self, work: Work) -> Means:
        """Give what a run has from this machine."""
        return Means(
            at=self.clock,
            random=token_bytes,
            below=randbelow,
            cores=self.settings.cores,
            step=work.step,
        )
