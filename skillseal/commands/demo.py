# SPDX-License-Identifier: Apache-2.0
"""`skillseal demo`: two regions, eight bodies, 181 occupations, every verdict, on one machine.

Exit code 0 only if every verdict was the expected one.
"""

import argparse
import sys
import tempfile
from pathlib import Path
from typing import Final

from credential.errors import ConflictError, MalformedError

FOLDER: Final = "skillseal-demo"
PORT: Final = 8310


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Describe the arguments."""
    parser = subparsers.add_parser(
        "demo",
        help="the whole story on one machine",
        description="Run two regional registries with their evaluation bodies, issue certificates "
        "for 181 occupations, verify every code offline, then serve the first registry. "
        "Exit code 0 only if every verdict was as expected.",
    )
    add = parser.add_argument
    add("--dir", type=Path, metavar="DIR", help="empty or absent folder; default: a new one")
    add(
        "--certificates",
        type=int,
        default=400,
        metavar="N",
        help="issue at least so many (default 400)",
    )
    add("--no-serve", action="store_true", help="stop after comparing; serve nothing")
    add(
        "--tls",
        metavar="NAME",
        help="serve over TLS to a phone in this network, which knows this machine by NAME "
        "(an address or a host name): a page without TLS gets no camera",
    )
    add("--port", type=int, default=PORT, metavar="P", help=f"to serve on (default {PORT})")


def run(args: argparse.Namespace) -> int:
    """Run the demonstration.

    Raises:
        ConflictError: `demo.folder`, the folder has something in it.
        MalformedError: `demo.certificates`.
    """
    if not 1 <= args.certificates <= 100_000:
        raise MalformedError("demo.certificates", "--certificates takes 1 to 100000")
    folder = args.dir or Path(tempfile.mkdtemp(prefix=f"{FOLDER}-"))
    if folder.exists() and any(folder.iterdir()):
        message = f"{folder} has something in it: give an empty or absent folder with --dir"
        raise ConflictError("demo.folder", message)
    folder.mkdir(parents=True, exist_ok=True)
    # Loaded only now: verifying must not pay for servers and databases.
    from issuer import progress
    from skillseal.demo import report
    from skillseal.demo.run import run as tell

    with progress.shown() as step:
        result = tell(folder, args.certificates, _say, step)
    report.show(result)
    if result.wrong:
        return 1
    if not args.no_serve:
        from skillseal.demo.leavings import serve

        serve(result.folder, result.receipt_key, args.port, args.tls)
    return 0


def _say(line: str) -> None:
    print(line, flush=True, file=sys.stdout)
