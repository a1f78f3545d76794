# SPDX-License-Identifier: Apache-2.0
"""The command `skillseal`: finds the subcommand and loads its module alone.

A gate starts this once for every scan, so nothing is imported before it is known to be needed:
neither rich nor Pillow, no server, no database. A failure that somebody can act on is one line on
standard error and exit code 2.

Exit codes: 0 done or VALID, 1 INVALID or refused, 2 usage or a file that cannot be used, 3
INDETERMINATE.
"""

import argparse
import io
import os
import re
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import Final, NoReturn

from keys.errors import SealError

COMMANDS: Final = {
    "demo": "the whole story on one machine",
    "keys": "make keys in encrypted files",
    "issuer": "check a roster, file its batch, issue certificates",
    "registry": "serve, publish and audit a registry",
    "sign": "sign a file of statements, shown one by one; where there is no network",
    "sign-agent": "sign with a person's statement key, asking for every act",
    "trust": "set the anchor of this machine",
    "fetch": "refresh the snapshot that verifying uses",
    "verify": "verify a code, a picture, a folder or what a scanner reads; offline",
}
USAGE: Final = 2
INTERRUPTED: Final = 130
_LONG_NUMBER: Final = re.compile(r"[0-9]{5,}[0-9Xx]?")


class Parser(argparse.ArgumentParser):
    """An argument parser that takes no abbreviations and repeats no long number.

    Somebody will type an ID number where it does not belong; the message about it goes to terminals
    and logs.
    """

    def __init__(self, **settings: object) -> None:
        settings.setdefault("allow_abbrev", False)
        settings.setdefault("formatter_class", _layout)
        super().__init__(**settings)  # type: ignore[arg-type] # passed on as it came

    def error(self, message: str) -> NoReturn:
        """Print usage and the message without long numbers; exit with 2."""
        super().error(_LONG_NUMBER.sub("…", message))


def _layout(prog: str) -> argparse.HelpFormatter:
    """Lay help out as wide as the terminal is.

    So does argparse, but by loading shutil with every kind of archive, and for each argument.
    """
    said = os.environ.get("COLUMNS", "")
    columns = int(said) if said.isdecimal() else 0
    if not columns:
        try:
            columns = os.get_terminal_size().columns
        except OSError:  # not a terminal
            columns = 0
    return argparse.HelpFormatter(prog, width=(columns or 80) - 2)


def build(command: str | None) -> argparse.ArgumentParser:
    """Build the parser, with the arguments of one subcommand or the names of all.

    Args:
        command: The subcommand to load, or None for the names.
    """
    parser = Parser(
        prog="skillseal", description="技印: skill certificates that anyone can check offline."
    )
    parser.add_argument("--version", action="store_true", help="print the version and exit")
    subparsers = parser.add_subparsers(dest="command", metavar="COMMAND", parser_class=Parser)
    if command is not None:
        import_module(_module(command)).add_parser(subparsers)
        return parser
    for name, line in COMMANDS.items():
        subparsers.add_parser(name, help=line, add_help=False)
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command.

    Args:
        argv: The arguments behind the program's name; those of the process where not given.

    Returns:
        The exit code.
    """
    arguments = list(sys.argv[1:] if argv is None else argv)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # a terminal that knows no Chinese
    command = arguments[0] if arguments and arguments[0] in COMMANDS else None
    parser = build(command)
    try:
        options = parser.parse_args(arguments)
        if options.version:
            return _version()
        if command is None:
            parser.error("which command? one of " + ", ".join(COMMANDS))
        return int(import_module(_module(command)).run(options))
    except SealError as error:
        print(f"skillseal: {error} [{error.code}]", file=sys.stderr)
        return USAGE
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        # Whoever read our output has left: say nothing more, also not when Python flushes at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return USAGE


def _module(command: str) -> str:
    return f"skillseal.commands.{command.replace('-', '_')}"


def _version() -> int:
    from importlib.metadata import version

    print(f"skillseal {version('skillseal')}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
