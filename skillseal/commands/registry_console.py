# SPDX-License-Identifier: Apache-2.0
"""`skillseal registry console`: the registry's web application, for its officials and the public.

    skillseal registry console --settings registry.toml --port 8330

On an origin of its own, apart from the machine API. It is told of no key but, with `--unmask`, the
one of document numbers. The first account is made with the code that is printed here.
"""

import argparse
import secrets
import sys
from pathlib import Path
from typing import Final

from credential.errors import MalformedError, UnavailableError

PORT: Final = 8330
AGENT: Final = "http://127.0.0.1:8311"
LOOPBACK: Final = ("127.0.0.1", "localhost", "::1")


def add_parser(actions: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Describe the arguments."""
    parser = actions.add_parser("console", help="the web application of officials and the public")
    add = parser.add_argument
    add("--settings", required=True, type=Path, metavar="FILE")
    add("--database", metavar="URL", help="instead of the settings'")
    add("--host", default="127.0.0.1", help="another than 127.0.0.1 needs TLS")
    add("--port", type=int, default=PORT, metavar="P", help="default: %(default)s")
    add("--name", action="append", default=[], metavar="HOST", help="what browsers know it by")
    add("--tls-cert", type=Path, metavar="FILE")
    add("--tls-key", type=Path, metavar="FILE")
    add("--unmask", action="store_true", help="load the key of document numbers (holder_key)")
    add("--metrics", type=int, metavar="PORT", help="for Prometheus, on 127.0.0.1 alone")
    text = "where pages look for the official's signing agent first; default: %(default)s"
    add("--agent", metavar="URL", default=AGENT, help=text)


def run(options: argparse.Namespace) -> int:
    """Serve until the process is told to stop.

    Raises:
        MalformedError: `console.tls`, another host than this machine, without TLS.
        UnavailableError: `console.unavailable`, what it needs is not installed; `holder.key`;
            `registry.…`.
    """
    try:
        import uvicorn

        from registry.console.app import build
    except ImportError:
        message = "the console's pages need skillseal[console,registry]"
        raise UnavailableError("console.unavailable", message) from None
    from registry import holder_keys
    from registry.log_lines import configure
    from registry.serve import measured
    from registry.service import open_registry
    from registry.settings import load

    tls = (options.tls_cert, options.tls_key) if options.tls_cert and options.tls_key else None
    if options.host not in LOOPBACK and tls is None:
        message = "another host than 127.0.0.1 needs --tls-cert and --tls-key"
        raise MalformedError("console.tls", message)
    registry = open_registry(load(options.settings, database=options.database), ())
    if options.unmask:
        if registry.settings.holder_key is None:
            message = "the settings name no key for document numbers: holder_key"
            raise UnavailableError("holder.key", message)
        registry.holder_key = holder_keys.load(registry.settings.holder_key)
    names = (*("127.0.0.1", "localhost", "[::1]"), options.host, *options.name)
    scheme = "http" if tls is None else "https"
    print(f"登记监管 · console: {scheme}://{options.host}:{options.port}/")
    configure()
    with measured(options.metrics, None) as measure:
        app = build(
            registry,
            random=secrets.token_bytes,
            hosts=tuple(dict.fromkeys(names)),
            tell=lambda code: print(f"初始化码 · set-up code: {code}", flush=True),
            agent=options.agent,
            metrics=measure(registry),
        )
        sys.stdout.flush()
        uvicorn.run(
            app,
            host=options.host,
            port=options.port,
            log_config=None,
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=5,
            ssl_certfile=None if tls is None else tls[0],
            ssl_keyfile=None if tls is None else tls[1],
            lifespan="off",
        )
    return 0
