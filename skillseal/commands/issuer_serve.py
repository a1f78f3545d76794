# SPDX-License-Identifier: Apache-2.0
"""`skillseal issuer serve`: the desk as a web application for staff, on this machine.

The keys are named here and opened act by act, with a passphrase that a person types into the page.
The first account is made with the set-up code that is printed here, or with `--new-account NAME`.
"""

import argparse
import getpass
import os
import sys
from pathlib import Path

from credential.errors import UnavailableError
from issuer.submit import Registry
from keys import key_reference
from skillseal.keyring import MODULE_VARIABLE

PORT = 8320


def add_parser(actions: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Describe the arguments of `issuer serve`."""
    parser = actions.add_parser("serve", help="the desk as a local web application")
    add = parser.add_argument
    add("--filing", required=True, type=Path, metavar="FILE", help="what the registry gave")
    add("--registry", required=True, metavar="URL")
    for name, role in (
        ("--key", "certificate"),
        ("--submit-key", "submit"),
        ("--statement-key", "statement"),
    ):
        text = f"role {role}: a file, or pkcs11:token=LABEL;object=LABEL"
        add(name, required=True, type=key_reference.parse, metavar="KEY", help=text)
    add("--pkcs11-module", metavar="FILE", help=f"default: what {MODULE_VARIABLE} names")
    add("--folder", type=Path, metavar="DIR", help="default: `desk` beside the filing file")
    add("--ledger", type=Path, metavar="FILE", help="default: ledger.sqlite beside the filing file")
    add("--release-above", type=int, metavar="N", help="more than N need a second person's key")
    text = "changes of more than N certificates need a second person, from now on; never raised"
    add("--second-above", type=int, metavar="N", help=text)
    add("--template", type=Path, metavar="FILE", help="a typst template of your own")
    add("--seal", type=Path, metavar="FILE", help="picture of the seal, PNG or JPEG")
    add("--font", type=Path, action="append", default=[], metavar="FILE", help="rare characters")
    add("--keep-days", type=int, default=30, metavar="N", help="files after printing (default 30)")
    add("--cores", type=int, metavar="N", help="default: all")
    add("--host", default="127.0.0.1", help="another than 127.0.0.1 needs TLS")
    add("--name", action="append", default=[], metavar="HOST", help="what browsers know it by")
    add("--port", type=int, default=PORT, metavar="P", help=f"default {PORT}")
    add("--tls-cert", type=Path, metavar="FILE")
    add("--tls-key", type=Path, metavar="FILE")
    add("--new-account", metavar="NAME", help="make an account, asking for its password, and end")


def run(options: argparse.Namespace) -> int:
    """Serve, or make an account.

    Raises:
        SealError: `desk.…`, `registry.url`, `filing.…`, `ledger.…`, `account.…`.
    """
    try:
        import jinja2  # noqa: F401  # of the extra `console`
    except ImportError:
        message = "the desk's pages need skillseal[console,issuer,pdf]"
        raise UnavailableError("desk.unavailable", message) from None
    from console.host_names import known_by
    from issuer.web import app
    from issuer.web.settings import Keys, Settings, demand_private
    from issuer.web.site import Site

    tls = (options.tls_cert, options.tls_key) if options.tls_cert and options.tls_key else None
    demand_private(options.host, tls=tls is not None)
    registry = Registry.at(options.registry, lambda _: None)
    settings = Settings(
        folder=options.folder or options.filing.with_name("desk"),
        filing=options.filing,
        ledger=options.ledger or options.filing.with_name("ledger.sqlite"),
        registry=registry.url,
        keys=Keys(
            options.key,
            options.submit_key,
            options.statement_key,
            options.pkcs11_module or os.environ.get(MODULE_VARIABLE),
        ),
        release_above=options.release_above,
        second_above=options.second_above,
        template=options.template,
        seal=options.seal,
        fonts=tuple(options.font),
        keep_days=options.keep_days,
        cores=options.cores,
    )
    hosts = known_by(options.host, options.name, tls and tls[0])
    site = Site.open(settings)
    if options.new_account is not None:
        from console.account import ADMINISTRATOR, Account, folded

        try:
            name = folded(options.new_account)
            password = getpass.getpass("password: ") if sys.stdin.isatty() else _line()
            site.add_account(Account(name, name, frozenset({ADMINISTRATOR})), password)
        finally:
            site.close()
        print(f"account {name} is made.")
        return 0
    scheme = "http" if tls is None else "https"
    print(f"发证台 · desk: {scheme}://{options.host}:{options.port}/")
    pages = app.build(
        site,
        hosts=hosts,
        tell=lambda code: print(f"初始化码 · set-up code: {code}", flush=True),
    )
    sys.stdout.flush()
    app.serve(pages, options.host, options.port, tls=tls)
    return 0


def _line() -> str:
    return sys.stdin.readline().rstrip("\n")
