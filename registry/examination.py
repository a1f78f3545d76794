# SPDX-License-Identifier: Apache-2.0
"""How people are examined, as far as the database must be asked.

docs/format.md §7.6. Whether a plan has room for another batch, whether results add up, and what a
body's desk is told so that it can ask the gate itself.
"""

from sqlalchemy import Connection

from credential import statement_bodies
from credential.admission import RefusedError
from credential.body import Body
from credential.errors import ConflictError, MalformedError
from credential.examination import plan_of
from credential.examination_file import ExaminationFile
from credential.examination_file import Said as Stated
from credential.said import Batch, Said
from credential.said_directory import Assessor, Operator, Station
from credential.said_examination import BatchClose, Competition, NationalList, Standard
from credential.statement import Statement
from credential.statement_bodies import Read
from registry import store_batches, store_statements
from registry.bulk import chunks
from registry.directory import Directory
from registry.full_gate import FullGate

BODY_ROLES = "body_roles"


def check_batch(connection: Connection, directory: Directory, read: Read, t: int) -> None:
    """Return if a batch that is to be filed could be issued under the gate, and its plan has room.

    Raises:
        RefusedError: `gate.…`.
    """
    if not isinstance(read.said, Batch) or not directory.is_full_at(t):
        return
    body, batch = read.subject["owner"], read.said
    FullGate(directory, body, t).check_batch(batch)
    name = None if batch.papers is None else batch.papers.plan
    plan = None if name is None else plan_of(directory.history.get(name, ()), t)
    if plan is None:
        return  # a competition needs none
    rows = store_batches.of_body(connection, body[-18:])
    filed = store_statements.at(connection, {row.log_index for row in rows})
    taken = sum(
        said.headcount
        for said in (
            statement_bodies.read(Statement.from_bytes(each.payload)).said
            for each in filed.values()
        )
        if isinstance(said, Batch) and said.papers is not None and said.papers.plan == name
    )
    if taken + batch.headcount > plan.said.headcount:
        message = f"the plan is for {plan.said.headcount} people, {taken} of them are filed"
        raise RefusedError("gate.plan_headcount", message)


def check_close(connection: Connection, read: Read) -> None:
    """Return if a batch may be closed with these results.

    Raises:
        ConflictError: `batch.unknown`, `batch.results`.
        MalformedError: `batch.headcount`.
    """
    if not isinstance(read.said, BatchClose):
        return
    number = read.subject["batch"]
    row = store_batches.find_batches(connection, read.subject["owner"][-18:], [number]).get(number)
    if row is None:
        raise ConflictError("batch.unknown", "this body has filed no batch of that number")
    said = read.said
    if said.passed + said.failed + said.absent != row.headcount:
        message = f"passed, failed and absent add up to the {row.headcount} people of the batch"
        raise MalformedError("batch.headcount", message)
    if row.taken > said.passed:
        message = f"{row.taken} have a certificate: as many have passed at least"
        raise ConflictError("batch.results", message)


def file_of(connection: Connection, directory: Directory, body: Body) -> ExaminationFile | None:
    """Put together what a body's desk asks the gate of: statements about what concerns its filings.

    Returns:
        The part; None where no gate was ever set and nothing was stated.
    """
    codes = {
        code for filing in body.filings for grant in filing.grants for code in grant.occupations
    }
    subjects = [
        subject
        for subject, events in directory.history.items()
        if subject.startswith(f"{body.id}/plans/")
        or subject == body.id
        or any(_concerns(event.said, codes) for event in events)
    ]
    told = [
        Stated(one.t, one.iss, one.type, one.subject, Statement.from_bytes(one.payload).body)
        for some in chunks(subjects)
        for one in store_statements.about(connection, some)
        if one.subject != body.id or one.type == BODY_ROLES
    ]
    if not told and not directory.gate:
        return None
    return ExaminationFile.of(directory.lead, directory.gate, told)


def _concerns(said: Said, codes: set[str]) -> bool:
    if isinstance(said, Station | Standard | Competition):
        return any(offer.code in codes for offer in said.occupations)
    if isinstance(said, Assessor):
        return not said.occupations or bool(codes.intersection(said.occupations))
    return isinstance(said, Operator | NationalList)
