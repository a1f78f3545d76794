# SPDX-License-Identifier: Apache-2.0
"""What a desk does with certificates that were issued: one module for each kind of act."""

import argparse
from collections.abc import Callable, Mapping
from typing import Final

from skillseal.commands import (
    issuer_correct,
    issuer_evidence,
    issuer_feed,
    issuer_find,
    issuer_import,
    issuer_papers,
    issuer_status,
)


def add_parsers(actions: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Describe the arguments of all of them."""
    issuer_find.add_parser(actions)
    issuer_status.add_parsers(actions)
    issuer_correct.add_parser(actions)
    issuer_evidence.add_parsers(actions)
    issuer_import.add_parsers(actions)
    issuer_papers.add_parsers(actions)
    issuer_feed.add_parser(actions)


ACTIONS: Final[Mapping[str, Callable[[argparse.Namespace], int]]] = {
    "find": issuer_find.run,
    **dict.fromkeys(issuer_status.ACTS, issuer_status.run),
    "consent": issuer_status.consent,
    "correct": issuer_correct.run,
    "evidence": issuer_evidence.pack,
    "evidence-check": issuer_evidence.check,
    "feed": issuer_feed.run,
    "import": issuer_import.take,
    "reissue": issuer_import.again,
    "papers": issuer_papers.show,
    "close": issuer_papers.close,
}
"""By name of the action."""
