# SPDX-License-Identifier: Apache-2.0
"""The first page: what waits for somebody, and what has gone quiet."""

from dataclasses import dataclass
from typing import Final

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from console.account import ADMINISTRATOR
from console.proposal_pages import proposals_of
from console.visit import SignedIn, console_of
from registry import store_log, store_published
from registry.console import matters, queues
from registry.console.queues import QUEUES, Waiting
from registry.console.sight import Sight
from registry.console.site import page, seen

OLD: Final = 26 * 3600  # seconds after which a publication is late: it is made daily
MAX_SHOWN: Final = 200

router: Final = APIRouter()


@dataclass(frozen=True, slots=True)
class Alarm:
    """Something that an operator should look at."""

    key: str
    """Of its text."""
    value: int | None


@router.get("/")
def home(request: Request, visit: SignedIn) -> Response:
    """Show what waits."""
    if ADMINISTRATOR in visit.who.roles:
        return RedirectResponse("/parties", 303)
    opened, _ = proposals_of(request).open(size=MAX_SHOWN)

    def see(sight: Sight) -> tuple[list[Waiting], list[Alarm], int]:
        to_sign = sum(matters.may(sight, one) for one in opened)
        return queues.waiting(sight), _alarms(sight), to_sign

    waiting, alarms, proposals = seen(request, visit, see)
    counts = {queue: sum(w.queue == queue for w in waiting) for queue in QUEUES}
    return page(
        request,
        visit,
        "home.html",
        waiting=waiting[:MAX_SHOWN],
        counts={queue: count for queue, count in counts.items() if count},
        late=sum(w.overdue for w in waiting),
        alarms=alarms,
        path=_path,
        act_of=queues.ACT_OF,
        at=console_of(request).clock(),
        proposals=proposals,
    )


def _path(waiting: Waiting) -> str:
    return "/" + "/".join(waiting.subject.split("/")[3:])


def _alarms(sight: Sight) -> list[Alarm]:
    """Tell what the whole registry lacks; to whom nothing is shown, nothing is told."""
    if not sight.viewer.active(sight.at):
        return []
    found = []
    published = store_published.last_publication(sight.connection)
    if published is None:
        found.append(Alarm("alarm.unpublished", None))
    elif sight.at - published.iat > OLD:
        found.append(Alarm("alarm.published", published.iat))
    unsigned = store_log.unsigned_count(sight.connection)
    if unsigned:
        found.append(Alarm("alarm.unsigned", unsigned))
    return found
