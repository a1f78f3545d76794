# SPDX-License-Identifier: Apache-2.0
"""What stays in the folder for a visitor to try: settings, key files, the first registry's server.

    DIR/registry.toml        settings of the first region, for `skillseal registry …`
    DIR/receipt-keys/*.pem   the only key that its server holds
    DIR/keys/*.pem           its other keys and one body's
    DIR/passphrase           of all these files

`skillseal registry serve --demo DIR` starts from these.
"""

import json
import secrets
from pathlib import Path
from typing import Final

from issuer import terminal_code
from keys.passphrase import Passphrase
from keys.signing_key import SigningKey
from registry import settings
from registry.serve import Site
from registry.serve import serve as serve_site
from registry.service import open_registry
from skillseal.demo import local_tls
from skillseal.demo.region import Region

SETTINGS: Final = "registry.toml"
PASSPHRASE: Final = "passphrase"  # noqa: S105  # the name of a file
KEPT: Final = (
    *("list", "status", "publish", "log", "official-1", "official-2"),
    *("hujiang-certificate", "hujiang-statement", "hujiang-submit"),
)
DESK: Final = 10  # by which the desk's port is higher than the registry's
PAGES: Final = Path(__file__).parents[2] / "verifier" / "web" / "dist"


def leave(folder: Path, region: Region, receipt_key: str) -> None:
    """Write settings and keys of a region into the demonstration's folder.

    Args:
        folder: Of the demonstration.
        region: The one to leave open.
        receipt_key: Name of the receipt key that signs now.
    """
    (folder / "root.json").write_text(json.dumps(region.chain), encoding="ascii")
    (folder / SETTINGS).write_text(
        f'database = "sqlite:///./{region.place.key}/registry.db"\n'
        'root = "root.json"\n'
        f'published = "{region.place.key}/published"\n'
        f'anchor = "{region.anchor}"\n',
        encoding="ascii",
    )
    passphrase = Passphrase(secrets.token_hex(16).encode())
    (folder / PASSPHRASE).write_bytes(passphrase + b"\n")
    for name, kept in (("keys", KEPT), ("receipt-keys", (receipt_key,))):
        (folder / name).mkdir()
        region.save_keys(kept, folder / name, passphrase)


def serve(folder: Path, receipt_key: SigningKey, port: int, name: str | None) -> None:
    """Serve the first registry, the page where it was built, and a desk, until Ctrl-C.

    Args:
        folder: Of the demonstration.
        receipt_key: The only key that the server holds.
        port: To listen on.
        name: By which a phone in the same network knows this machine: then over TLS, and on every
            address; None: on the loopback address alone, over plain HTTP.
    """
    opened = settings.load(folder / SETTINGS)
    pages = PAGES if PAGES.is_dir() else None
    registry = open_registry(opened, [receipt_key])
    tls = None
    url = f"http://127.0.0.1:{port}/"
    if name is not None:
        made = local_tls.make(folder / "tls", [name, "127.0.0.1", "localhost"])
        tls = made.certificate, made.key
        url = f"https://{name}:{port}/"
        print(f"先在手机上信任 · trust on the phone first: {made.authority}\n")
    if pages is not None:
        print(terminal_code.show(url))
    print(f"{url}  （Ctrl-C 停止 · stops）\n", flush=True)
    if name is not None:  # passphrases are typed at the desk: it stays on this machine
        everywhere = Site("0.0.0.0", port, anchor=True, pages=pages, tls=tls)  # noqa: S104  # asked for
        serve_site(registry, everywhere)
        return
    from skillseal.demo import desk  # with the libraries of its pages: only where it is served

    with desk.opened(folder, registry, port, port + DESK) as at_desk:
        desk.show(at_desk)
        serve_site(registry, Site("127.0.0.1", port, anchor=True, pages=pages))
