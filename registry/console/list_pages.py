# SPDX-License-Identifier: Apache-2.0
"""The directories and what stands in them: lists with filter and day, and the page of one entry."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Final
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from console.exports import CSV, XLSX, Cell, attachment, to_csv, to_xlsx
from console.visit import SignedIn, Visit, console_of
from credential.errors import MalformedError
from registry.as_of import Row
from registry.console import columns, lists, statement_views
from registry.console.columns import CHINA, COLUMNS
from registry.console.lists import KINDS, Filter
from registry.console.sight import Sight, nothing
from registry.console.site import page, seen
from registry.console.statement_views import StatementView

SIZE: Final = 50  # rows of one page
ENTRIES: Final = ("stations", "assessors", "units", "operators", "applications", "standards")
STATES: Final = {
    "applications": ("received", "accepted", "returned", "reviewed", "filed", "refused"),
    "standards": ("draft", "reviewed", "filed", "in_force", "withdrawn"),
    "plans": ("waiting", "received"),
    "competitions": ("filed",),
}
"""By kind; the others have those of entries."""
NEW: Final = {
    "bodies": "body",
    "stations": "station",
    "assessors": "assessor",
    "supervisors": "assessor",
    "units": "unit",
    "operators": "operator",
    "applications": "application",
    "standards": "standard",
    "competitions": "competition",
}
"""The statement that enters something into a list."""
_OF_ENTRIES: Final = ("active", "rectifying", "suspended", "removed", "announced", "expired")

router: Final = APIRouter()

Text = Annotated[str, Query(max_length=100)]
Day = Annotated[str, Query(max_length=10)]
Place = Annotated[str, Query(max_length=6, pattern="^[0-9]*$")]


@router.get("/directories/{kind}.{form}")
def directory_file(  # each is a field of the filter
    request: Request,
    visit: SignedIn,
    kind: str,
    form: str,
    q: Text = "",
    state: Text = "",
    region: Place = "",
    at: Day = "",
) -> Response:
    """Give a list as a file."""
    _, rows = _rows(request, visit, kind, (q, state, region, at))
    say = sayer(request, visit)
    heads = [say(key, prefix="") for key, _ in COLUMNS[kind]]
    return file(form, say(f"list_{kind}"), heads, _cells(request, visit, kind, rows))


def file(form: str, name: str, heads: Sequence[str], rows: Sequence[Sequence[Cell]]) -> Response:
    """Answer with a list as a file.

    Raises:
        ConflictError: `request.not_found`, no such form; `export.too_many`.
    """
    if form == "csv":
        return attachment(to_csv(heads, rows), f"{name}.csv", CSV)
    if form == "xlsx":
        return attachment(to_xlsx(heads, rows), f"{name}.xlsx", XLSX)
    raise nothing()


def sayer(request: Request, visit: Visit) -> Callable[..., str]:
    """Give what says a word in the visitor's language; what is no such word stays."""
    texts = console_of(request).pages.texts

    def say(word: str, *, prefix: str = "word.") -> str:
        key = prefix + word
        return texts.say(visit.language, key) if texts.has(key) else word

    return say


@router.get("/directories/{kind}")
def directory(  # each is a field of the filter
    request: Request,
    visit: SignedIn,
    kind: str,
    q: Text = "",
    state: Text = "",
    region: Place = "",
    at: Day = "",
    number: Annotated[int, Query(ge=1, le=100_000, alias="page")] = 1,
) -> Response:
    """List a kind."""
    wanted, rows = _rows(request, visit, kind, (q, state, region, at))
    new = NEW.get(kind, "")
    may = seen(request, visit, lambda s: new in s.viewer.acts(s.at))
    shown = rows[(number - 1) * SIZE : number * SIZE]
    query = {"q": q, "state": state, "region": region, "at": at}
    return page(
        request,
        visit,
        "list.html",
        kind=kind,
        kinds=KINDS,
        heads=[key for key, _ in COLUMNS[kind]],
        rows=[
            (columns.path_of(row), cells, row["state"])
            for row, cells in zip(shown, _cells(request, visit, kind, shown), strict=True)
        ],
        total=len(rows),
        number=number,
        pages=max(1, -(-len(rows) // SIZE)),
        wanted=wanted,
        new=new if may else "",
        at=at,
        states=STATES.get(kind, _OF_ENTRIES),
        query=urlencode({name: value for name, value in query.items() if value}),
    )


def _rows(
    request: Request, visit: Visit, kind: str, asked: tuple[str, str, str, str]
) -> tuple[Filter, list[Row]]:
    if kind not in KINDS:
        raise nothing()
    text, state, region, at = asked
    wanted = Filter(text.strip(), state, region.ljust(6, "0") if region else "")
    moment = end_of(at) if at else None
    return wanted, seen(request, visit, lambda s: lists.rows(s, kind, wanted, moment))


def _cells(request: Request, visit: Visit, kind: str, rows: list[Row]) -> list[list[str]]:
    return columns.table(kind, rows, sayer(request, visit))


def end_of(day: str) -> int:
    """Read a day as its last second in UTC+8.

    Raises:
        MalformedError: `input.day`.
    """
    try:
        start = datetime.strptime(day, "%Y-%m-%d").replace(tzinfo=CHINA)
        return int((start + timedelta(days=1)).timestamp()) - 1
    except (ValueError, OverflowError):
        raise MalformedError("input.day", "a day looks like 2026-10-01") from None


@router.get("/{kind}/{name}")
def entry(request: Request, visit: SignedIn, kind: str, name: str) -> Response:
    """Show one entry, application or standard with everything that was stated of it."""
    if kind not in (*ENTRIES, "competitions"):
        raise nothing()
    return _entry(request, visit, kind, f"{kind}/{name}")


@router.get("/bodies/{code}/plans/{name}")
def plan(request: Request, visit: SignedIn, code: str, name: str) -> Response:
    """Show one plan with everything that was stated of it."""
    return _entry(request, visit, "plans", f"bodies/{code}/plans/{name}")


@dataclass(frozen=True, slots=True)
class EntryView:
    """What the page of an entry shows."""

    kind: str
    subject: str
    row: Row
    history: list[StatementView]
    acts: list[str]
    """Types of statements that this viewer may make of it."""


def _entry(request: Request, visit: Visit, kind: str, path: str) -> Response:
    def see(sight: Sight) -> EntryView:
        subject = sight.subject(path)
        target = sight.target(subject)
        listed = [kind, "supervisors"] if kind == "assessors" else [kind]
        found = [(of, row) for of in listed for row in lists.rows(sight, of, Filter(text=subject))]
        exact = [(of, row) for of, row in found if row["id"] == subject]
        if not exact:
            raise nothing()
        history, _ = statement_views.page(sight, before=None, about=subject, limit=100)
        acts = sorted(
            type_ for type_ in _next(kind, exact[0][1]) if sight.viewer.may(type_, target, sight.at)
        )
        of, row = exact[0]
        return EntryView(of, subject, row, history, acts)

    view = seen(request, visit, see)
    cells = _cells(request, visit, view.kind, [view.row])[0]
    pairs = [(key, cell) for (key, _), cell in zip(COLUMNS[view.kind], cells, strict=True) if cell]
    return page(request, visit, "entry.html", view=view, pairs=pairs)


def _next(kind: str, row: Row) -> tuple[str, ...]:
    """Name what can be stated of an entry as it stands: of an application only its next step."""
    found = ACTS.get(kind, ACTS["stations"])
    if kind == "applications":
        return tuple(type_ for type_ in found if type_ == row["step"])
    if (kind, row["state"]) in {("standards", "withdrawn"), ("plans", "received")}:
        return ()
    return found


ACTS: Final = {
    "stations": ("entry_standing", "recheck"),
    "applications": ("acceptance", "review", "filing"),
    "standards": ("standard_step",),
    "plans": ("plan_receipt",),
    "competitions": (),
}
"""What can be stated of each kind with a form of its own."""
