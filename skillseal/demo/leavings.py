# SPDX-License-Identifier: Apache-2.0
"""What stays in the folder for a visitor to try: settings, key files, the first registry's server.

DIR/registry.toml        settings of the first region, for `skillseal registry …`
DIR/keys/*.pem           its keys and one body's, encrypted with DIR/keys/passphrase.txt
"""

import json
import secrets
from pathlib import Path
from typing import Final

from keys.passphrase import Passphrase
from keys.signing_key import SigningKey
from registry import app, settings
from registry.serve import serve as serve_app
from skillseal.demo.region import Region

SETTINGS: Final = "registry.toml"
PASSPHRASE: Final = "passphrase.txt"  # noqa: S105  # the name of a file
KEPT: Final = (
    *("epoch-3", "list", "status", "publish", "log", "official-1", "official-2"),
    *("hujiang-certificate", "hujiang-statement", "hujiang-submit"),
)


def leave(folder: Path, region: Region) -> None:
    """Write settings and keys of a region into the demonstration's folder."""
    (folder / "root.json").write_text(json.dumps(region.chain), encoding="ascii")
    (folder / SETTINGS).write_text(
        f'database = "sqlite:///./{region.place.key}/registry.db"\n'
        'root = "root.json"\n'
        f'published = "{region.place.key}/published"\n'
        f'anchor = "{region.anchor}"\n',
        encoding="ascii",
    )
    passphrase = Passphrase(secrets.token_hex(16).encode())
    keys = folder / "keys"
    keys.mkdir()
    (keys / PASSPHRASE).write_bytes(passphrase + b"\n")
    region.save_keys(KEPT, keys, passphrase)


def serve(folder: Path, receipt_key: SigningKey, port: int) -> None:
    """Serve the first registry until Ctrl-C, with a receipt key, on the loopback address."""
    opened = settings.load(folder / SETTINGS)
    application = app.create(opened, [receipt_key], anchor=True)
    print(f"http://127.0.0.1:{port}/  （Ctrl-C 停止 · stops）\n", flush=True)
    serve_app(application, "127.0.0.1", port)
