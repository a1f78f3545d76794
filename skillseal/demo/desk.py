# SPDX-License-Identifier: Apache-2.0
"""The desk of the demonstration's first body, beside its registry; and a roster to try it with.

    DIR/成绩表.xlsx       six fictional people, ready to be uploaded
    DIR/desk/            filing file, accounts, uploads

What a registry's officials do once a day is done here whenever something was admitted: the lists
are signed and published, so that what is issued at the desk verifies a moment later.
"""

import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import uvicorn

from console.account import ADMINISTRATOR, Account
from credential.levels import describe
from issuer.web import app
from issuer.web.settings import Keys, Settings
from issuer.web.site import Site
from keys import key_file, passphrase
from keys.signing_key import SigningKey
from registry import database, lists, office, publish, store_log
from registry.service import Registry
from skillseal.demo import cast, catalogue, people
from skillseal.demo.examination import HEADINGS, write

BODY: Final = cast.SHANGHAI.members[0]
ROSTER: Final = "成绩表.xlsx"
NAME: Final = "demo"
PEOPLE: Final = 6
_TICK: Final = 0.3  # seconds between two looks at the log


@dataclass(frozen=True, slots=True)
class Opened:
    """A desk that runs."""

    url: str
    name: str
    password: str
    passphrase: str
    """Of the body's keys."""
    roster: Path


@contextmanager
def opened(folder: Path, registry: Registry, registry_port: int, port: int) -> Iterator[Opened]:
    """Run the desk, and publish what is admitted, while the block runs.

    Args:
        folder: Of the demonstration, with its keys.
        registry: The first region's, open.
        registry_port: Where it is served over plain HTTP.
        port: For the desk.
    """
    secret = passphrase.read(folder / "passphrase")
    keys = {
        role: key_file.load(folder / "keys" / f"{role}.pem", secret, role)
        for role in ("list", "status", "publish", "log")
    }
    home = folder / "desk"
    home.mkdir(mode=0o700, exist_ok=True)
    identifier = f"https://{cast.SHANGHAI.host}/bodies/{BODY.code}"
    filing = office.filing_file(registry, identifier, "optional")
    (home / "filing.json").write_bytes(filing.to_bytes())
    roster = folder / ROSTER
    write(roster, _lines())
    password = secrets.token_urlsafe(12)
    url = f"http://127.0.0.1:{port}/"
    hint = f"演示 demo: {NAME} / {password} · 密钥口令 key passphrase: {secret.decode()}"
    settings = Settings(
        folder=home,
        filing=home / "filing.json",
        ledger=folder / cast.SHANGHAI.key / BODY.key / "ledger.db",
        registry=f"http://127.0.0.1:{registry_port}",
        keys=Keys(
            folder / "keys" / f"{BODY.key}-certificate.pem",
            folder / "keys" / f"{BODY.key}-submit.pem",
            folder / "keys" / f"{BODY.key}-statement.pem",
        ),
        verify=f"http://127.0.0.1:{registry_port}/",
        hint=hint,
    )
    site = Site.open(settings)
    site.add_account(Account(NAME, "演示", frozenset({ADMINISTRATOR})), password)
    config = uvicorn.Config(
        app.build(site), host="127.0.0.1", port=port, log_level="critical", lifespan="off"
    )
    server, ended = uvicorn.Server(config), threading.Event()
    threads = (
        threading.Thread(target=server.run, daemon=True),
        threading.Thread(target=_publish, args=(registry, keys, ended), daemon=True),
    )
    for thread in threads:
        thread.start()
    try:
        while not server.started and threads[0].is_alive():
            time.sleep(0.01)
        yield Opened(url, NAME, password, secret.decode(), roster)
    finally:
        server.should_exit = True
        ended.set()
        for thread in threads:
            thread.join(30)
        site.close()


def show(desk: Opened) -> None:
    """Say how to try it."""
    print(
        f"发证台 · issuing desk: {desk.url}"
        f"\n  账号 account: {desk.name}   口令 password: {desk.password}"
        f"\n  签名密钥口令 key passphrase: {desk.passphrase}"
        f"\n  上传 upload: {desk.roster}\n"
    )


def _publish(registry: Registry, keys: dict[str, SigningKey], ended: threading.Event) -> None:
    known = _size(registry)
    while not ended.wait(_TICK):
        size = _size(registry)
        if size != known:
            lists.sign_lists(registry, keys["list"], keys["status"])
            publish.publish(registry, keys["publish"], keys["log"])
            known = size


def _size(registry: Registry) -> int:
    with database.read(registry.engine) as connection:
        return store_log.tail(connection).size


def _lines() -> Iterator[tuple[str, ...]]:
    """Write a roster of people whom the demonstration has not examined yet."""
    rows = cast.occupations(cast.SHANGHAI, BODY.parts[0], catalogue.rows())
    crowd = people.crowd(f"{BODY.key}/desk")
    day = datetime.now(UTC) + timedelta(hours=8) - timedelta(days=3)
    for number, row in enumerate(rows[:PEOPLE]):
        person = next(crowd)
        cells = (
            person.name,
            person.id_number,
            f"{catalogue.SCHEME}:{row['serial']}",
            describe("5").chinese,
            str(70 + number),
            str(75 + number),
            f"{day:%Y-%m-%d}",
        )
        yield (*cells, *("" for _ in HEADINGS[len(cells) :]))
