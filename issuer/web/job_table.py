# SPDX-License-Identifier: Apache-2.0
"""The desk's own table of jobs, beside the accounts: what the list shows, and what was under way.

Nothing in it is needed to go on with a roster: the ledger knows what was filed, signed and
registered. It holds the name of a file and counts, never a person's name or document number.
"""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any, Final

import sqlalchemy as sa

from credential.base64url import encode
from credential.errors import ConflictError, SealError
from issuer.web.chosen import Chosen
from issuer.web.job import Counts, Job

ID_BYTES: Final = 12
MAX_NAME: Final = 120  # characters of a file's name that are shown
metadata: Final = sa.MetaData()
table: Final = sa.Table(
    "desk_job",
    metadata,
    sa.Column("id", sa.String(24), primary_key=True),
    sa.Column("name", sa.String(MAX_NAME), nullable=False),
    sa.Column("kind", sa.String(40), nullable=False),
    sa.Column("region", sa.String(6)),
    sa.Column("page", sa.String(200)),
    sa.Column("made_by", sa.String(200), nullable=False),
    sa.Column("made_at", sa.BigInteger, nullable=False, index=True),
    sa.Column("counts", sa.Text, nullable=False),
    sa.Column("roster", sa.LargeBinary),
    sa.Column("act", sa.String(20)),
    sa.Column("error", sa.Text),
    sa.Column("sheets", sa.Text, nullable=False),
    sa.Column("printed_at", sa.BigInteger),
    sa.Column("cleared_at", sa.BigInteger),
    sa.Column("papers", sa.Text),
    sa.Column("closed", sa.Text),
    sa.Column("corrects", sa.Text),
    sa.Column("reason", sa.Text),
)
_ADDED: Final = (
    "papers",
    "closed",
    "corrects",
    "reason",
)  # a desk that was opened by an earlier version lacks them
failures: Final = sa.Table(
    "desk_failure",
    metadata,
    sa.Column("about", sa.String(80), primary_key=True),
    sa.Column("error", sa.Text, nullable=False),
)


class JobTable:
    """The jobs of one desk."""

    def __init__(self, engine: sa.Engine, clock: Callable[[], int]) -> None:
        self._engine = engine
        self._clock = clock
        metadata.create_all(engine)
        there = {column["name"] for column in sa.inspect(engine).get_columns(table.name)}
        with engine.begin() as connection:
            for name in _ADDED:
                if name not in there:
                    connection.execute(sa.text(f"ALTER TABLE {table.name} ADD COLUMN {name} TEXT"))

    def add(
        self,
        name: str,
        kind: str,
        region: str | None,
        by: str,
        random: Callable[[int], bytes],
    ) -> Job:
        """Begin a job."""
        made = Job(
            id=encode(random(ID_BYTES)),
            name=name[:MAX_NAME],
            kind=kind,
            region=region,
            page=None,
            made_by=by,
            made_at=self._clock(),
            counts=Counts(),
            roster=None,
            act=None,
            error=None,
            sheets=(),
            printed_at=None,
            cleared_at=None,
        )
        with self._engine.begin() as connection:
            connection.execute(table.insert().values(_row(made)))
        return made

    def get(self, job: str) -> Job:
        """Find a job.

        Raises:
            ConflictError: `desk.job`.
        """
        with self._engine.connect() as connection:
            found = connection.execute(table.select().where(table.c.id == job)).one_or_none()
        if found is None:
            raise ConflictError("desk.job", "there is no such job: look in the list")
        return _job(found)

    def newest(self, most: int = 100, before: int | None = None) -> list[Job]:
        """List jobs, the newest first."""
        wanted = table.select().order_by(table.c.made_at.desc(), table.c.id).limit(most)
        if before is not None:
            wanted = wanted.where(table.c.made_at < before)
        with self._engine.connect() as connection:
            return [_job(each) for each in connection.execute(wanted)]

    def correcting(self, kind: str, number: str) -> Job | None:
        """Find the newest job that corrects a certificate."""
        mine = (table.c.kind == kind) & (table.c.corrects == number)
        wanted = table.select().where(mine).order_by(table.c.made_at.desc()).limit(1)
        with self._engine.connect() as connection:
            found = connection.execute(wanted).one_or_none()
        return None if found is None else _job(found)

    def uncleared(self) -> list[Job]:
        """List the jobs whose files are still there."""
        wanted = table.select().where(table.c.cleared_at.is_(None))
        with self._engine.connect() as connection:
            return [_job(each) for each in connection.execute(wanted)]

    def remove(self, job: str) -> None:
        """Forget a job of which nothing was kept."""
        with self._engine.begin() as connection:
            connection.execute(table.delete().where(table.c.id == job))

    def change(self, job: str, **values: object) -> Job:
        """Change some of a job's fields."""
        if isinstance(counts := values.get("counts"), Counts):
            values["counts"] = counts.to_json()
        if "sheets" in values:
            values["sheets"] = json.dumps(values["sheets"], ensure_ascii=False)
        if isinstance(papers := values.get("papers"), Chosen):
            values["papers"] = papers.to_json()
        if "closed" in values:
            values["closed"] = json.dumps(values["closed"])
        with self._engine.begin() as connection:
            connection.execute(table.update().where(table.c.id == job).values(**values))
        return self.get(job)

    def tell(self, job: str, **counts: int) -> Job:
        """Change some of a job's counts."""
        return self.change(job, counts=replace(self.get(job).counts, **counts))

    def begun(self, job: str, act: str) -> None:
        """Remember that an act is under way; a kill leaves this behind."""
        self.change(job, act=act, error=None)

    def ended(self, about: str, error: SealError | None) -> None:
        """Remember how an act ended: of a job, or of a certificate, which has no row here."""
        said = None if error is None else json.dumps([error.code, str(error)], ensure_ascii=False)
        with self._engine.begin() as connection:
            done = connection.execute(
                table.update().where(table.c.id == about).values(act=None, error=said)
            )
            if done.rowcount:
                return
            connection.execute(failures.delete().where(failures.c.about == about))
            if said is not None:
                connection.execute(failures.insert().values(about=about, error=said))

    def failure(self, about: str) -> tuple[str, str] | None:
        """Tell code and message with which the last act about a certificate failed."""
        wanted = sa.select(failures.c.error).where(failures.c.about == about)
        with self._engine.connect() as connection:
            said = connection.execute(wanted).scalar()
        return None if said is None else _pair(said)


def _row(job: Job) -> dict[str, Any]:
    return {
        "id": job.id,
        "name": job.name,
        "kind": job.kind,
        "region": job.region,
        "page": job.page,
        "made_by": job.made_by,
        "made_at": job.made_at,
        "counts": job.counts.to_json(),
        "roster": job.roster,
        "act": job.act,
        "error": None if job.error is None else json.dumps(job.error, ensure_ascii=False),
        "sheets": json.dumps(job.sheets, ensure_ascii=False),
        "printed_at": job.printed_at,
        "cleared_at": job.cleared_at,
        "papers": None if job.papers is None else job.papers.to_json(),
        "closed": json.dumps(job.closed),
        "corrects": job.corrects,
        "reason": job.reason,
    }


def _job(row: sa.Row[Any]) -> Job:
    return Job(
        id=row.id,
        name=row.name,
        kind=row.kind,
        region=row.region,
        page=row.page,
        made_by=row.made_by,
        made_at=row.made_at,
        counts=Counts.from_json(row.counts),
        roster=None if row.roster is None else bytes(row.roster),
        act=row.act,
        error=None if row.error is None else _pair(row.error),
        sheets=tuple(json.loads(row.sheets)),
        printed_at=row.printed_at,
        cleared_at=row.cleared_at,
        papers=None if row.papers is None else Chosen.from_json(row.papers),
        closed=tuple(json.loads(row.closed or "[]")),
        corrects=row.corrects,
        reason=row.reason or "",
    )


def _pair(said: str) -> tuple[str, str]:
    code, message = json.loads(said)
    return str(code), str(message)
