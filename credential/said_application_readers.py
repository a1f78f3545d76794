# SPDX-License-Identifier: Apache-2.0
"""Read applications for a filing and the steps that answer them (docs/format.md §7.5)."""

from collections.abc import Callable, Mapping
from typing import Final

from credential.body import MAX_NAME
from credential.filing import MAX_DISTRICTS, MAX_DOCUMENT, MAX_GRANTS, Grant
from credential.members import Members, refuse
from credential.said_directory import Acceptance, Application, Document, Review, SaidDirectory
from credential.said_directory_readers import AUDIENCES, CODE, MAX_NOTICE, ROLES, distinct

KINDS: Final = ("new", "change", "renew", "withdraw")
MAX_DOCUMENTS: Final = 100  # files of one application


def _application(value: object) -> Application:
    names = "applicant name region form audience kind number? districts grants documents"
    body = Members.of(value, "application", names)
    kind = body.choice("kind", KINDS)
    if ("number" in body) == (kind == "new"):
        refuse(body.at("number"), "names the filing concerned, so a new one has none")
    low, high = (0, 0) if kind == "withdraw" else (1, MAX_GRANTS)
    documents = []
    for n, one in enumerate(body.items("documents", 0, MAX_DOCUMENTS)):
        file = Members.of(one, f"application.documents[{n}]", "name sha256")
        documents.append(Document(file.text("name", MAX_NAME), file.hex_digest("sha256")))
    distinct((file.name for file in documents), body.at("documents"))
    return Application(
        applicant=body.match("applicant", CODE),
        name=body.text("name", MAX_NAME),
        region=body.region("region"),
        form=body.choice("form", ROLES),
        audience=body.choice("audience", AUDIENCES),
        kind=kind,
        number=body.text("number", MAX_DOCUMENT) if "number" in body else None,
        districts=distinct(
            (
                Members({"region": one}, body.at("districts")).region("region")
                for one in body.items("districts", 1, MAX_DISTRICTS)
            ),
            body.at("districts"),
        ),
        grants=tuple(
            Grant.from_members(one, f"application.grants[{n}]")
            for n, one in enumerate(body.items("grants", low, high))
        ),
        documents=tuple(documents),
    )


def _acceptance(value: object) -> Acceptance:
    body = Members.of(value, "acceptance", "result reason?")
    result = body.choice("result", ("accepted", "returned", "refused"))
    return Acceptance(result, _reason(body, needed=result != "accepted"))


def _review(value: object) -> Review:
    body = Members.of(value, "review", "result reviewer reason?")
    result = body.choice("result", ("passed", "returned", "refused"))
    return Review(result, body.text("reviewer"), _reason(body, needed=result != "passed"))


def _reason(body: Members, *, needed: bool) -> str | None:
    if "reason" in body:
        return body.text("reason", MAX_NOTICE)
    if needed:
        refuse(body.at("reason"), "what is returned or refused says why")
    return None


READERS: Final[Mapping[str, Callable[[object], SaidDirectory]]] = {
    "application": _application,
    "acceptance": _acceptance,
    "review": _review,
}
"""By type of statement."""
