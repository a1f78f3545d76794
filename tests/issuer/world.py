# SPDX-License-Identifier: Apache-2.0
"""One fictional body, its keys and filing, and a registry that admits, in this process.

The registry keeps what a real one promises: the same content gets the same receipt, a number and an
index are taken once, the answer comes in the order of the items. It can be told to fail.
"""

import hashlib
import json
import secrets
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from credential import base64url, certificate, envelope, receipt, statement, submission
from credential.body import Block, Body
from credential.errors import SealError
from credential.filing import Filing, Grant, Standing
from credential.filing_file import FilingFile
from credential.key_record import KeyRecord
from credential.receipt import Receipt
from credential.roster_commitment import Commitment, entry
from issuer.desk import Means, Order
from issuer.submit import Answer
from keys import key_file
from keys.signing_key import SigningKey
from skillseal.demo import catalogue

HOST = "jy.sh310.example"
CODE = "91310115MA1K3YJ12X"
BODY = f"https://{HOST}/bodies/{CODE}"
PREFIX = "Y000031000101"
AT = 1_795_140_000  # 2026-11-20 in China
PASSPHRASE = b"correct horse"

CERTIFICATE_KEY = SigningKey.from_seed("certificate", b"desk")
STATEMENT_KEY = SigningKey.from_seed("statement", b"desk")
SUBMIT_KEY = SigningKey.from_seed("submit", b"desk")
RECEIPT_KEY = SigningKey.from_seed("receipt", b"registry", epoch=1)
LIST_KEY = SigningKey.from_seed("list", b"registry")

GRANTED = tuple(f"lyg2020:{serial}" for serial in (32, 39, 40, 77, 82))
BLOCK = Block("1", 2048, 2048)


def record(key: SigningKey) -> KeyRecord:
    """Register a key, open-ended."""
    return KeyRecord(key.kid, key.public, key.role, 0, None)


def body(**changes: Any) -> Body:
    """Make the body's entry of the trust list."""
    values: dict[str, Any] = {
        "id": BODY,
        "code": CODE,
        "name": "浦东建设技能评价有限公司",
        "prefix": PREFIX,
        "region": "310115",
        "max_delay": None,
        "standing": (Standing(0, "active", "沪人社〔2026〕1号", None),),
        "void": None,
        "keys": tuple(map(record, (CERTIFICATE_KEY, STATEMENT_KEY, SUBMIT_KEY))),
        "filings": (
            Filing(
                "沪评备2026-001",
                AT - 10**7,
                AT + 10**7,
                ("310115",),
                (Grant("skill_level", GRANTED, ("5", "4", "3")),),
                None,
            ),
        ),
        "blocks": (BLOCK,),
    }
    return Body(**(values | changes))


def filing(tags: str = "none", **changes: Any) -> FilingFile:
    """Make the filing file; without tags unless asked, since a tag takes 25 ms."""
    signed = catalogue.build(iss=f"https://{HOST}", region="310000").to_bytes()
    return FilingFile(
        environment="test",
        region="310000",
        hosts=(HOST,),
        tags=tags,
        body=body(**changes),
        receipts=(record(RECEIPT_KEY),),
        catalogues=(envelope.sign(LIST_KEY, envelope.CATALOGUE, signed),),
    )


def order(roster: Path, given: FilingFile | None = None, kind: str = "skill_level") -> Order:
    """Ask for a roster to be worked on."""
    return Order.of(roster, kind, None, given or filing(), without_tags=False)


def means(at: int = AT) -> Means:
    """Give a fixed clock and real randomness, on one core."""
    return Means(lambda: at, secrets.token_bytes, secrets.randbelow, cores=1)


def key_files(folder: Path) -> tuple[Path, Path, Path, Path]:
    """Write certificate, submit and statement key and the passphrase's file."""
    paths = []
    for key in (CERTIFICATE_KEY, SUBMIT_KEY, STATEMENT_KEY):
        paths.append(folder / f"{key.role}.key")
        key_file.create(paths[-1], key, PASSPHRASE)
    secret = folder / "passphrase"
    secret.write_bytes(PASSPHRASE)
    return paths[0], paths[1], paths[2], secret


@dataclass
class FakeRegistry:
    """What a registry remembers."""

    admitted: dict[bytes, tuple[str, str]] = field(default_factory=dict)
    """Content digest to receipt and salt."""
    numbers: dict[str, bytes] = field(default_factory=dict)
    indexes: dict[tuple[str, int], bytes] = field(default_factory=dict)
    batches: dict[str, tuple[bytes, Commitment]] = field(default_factory=dict)
    claims: list[certificate.Claims] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)
    nonces: set[str] = field(default_factory=set)
    before: Callable[[str], Answer | None] = lambda path: None
    """Asked before each request; an answer stands for the registry's."""
    after: Callable[[str], None] = lambda path: None
    """Asked after the request was carried out and before it is answered; may raise OSError."""
    judge: Callable[[certificate.Claims], str | None] = lambda claims: None
    """Gives a code with which a certificate is refused."""
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def post(self, url: str, content: bytes, headers: Mapping[str, str]) -> Answer:
        """Answer a request, in this process; an `issuer.submit.Post`."""
        path = "/" + url.split("/", 3)[3]
        with self._lock:
            self.requests.append(path)
            answer = self.before(path)
            if answer is not None:
                return answer
            try:
                value = json.loads(content)
                said = (
                    self._stated(value)
                    if path == "/statements"
                    else self._many(value, headers, content)
                )
            except SealError as error:
                told = {
                    "type": "x",
                    "title": "x",
                    "status": 422,
                    "code": error.code,
                    "detail": str(error),
                }
                return Answer(422, None, json.dumps(told).encode())
            self.after(path)
            return Answer(200, None, json.dumps(said).encode())

    def _receipt(self, digest: bytes) -> dict[str, str]:
        if digest not in self.admitted:
            index = len(self.admitted)
            token = receipt.sign(RECEIPT_KEY, Receipt(HOST, AT + index, digest, index, 1))
            self.admitted[digest] = token, base64url.encode(hashlib.md5(digest).digest())
        token, salt = self.admitted[digest]
        return {"receipt": token, "salt": salt}

    def _stated(self, value: dict[str, Any]) -> dict[str, str]:
        signed = statement.read(value["signatures"])
        for each in signed.signatures:
            each.verify(STATEMENT_KEY.public)
        committed = Commitment.from_members(value["attachment"])
        said = signed.statement
        assert base64url.decode(str(said.body["roster"])) == committed.root
        assert said.body["headcount"] == len(committed.entries)
        self.batches[said.subject.rpartition("/")[2]] = (signed.digest, committed)
        return {"digest": base64url.encode(signed.digest), **self._receipt(signed.digest)}

    def _many(
        self, value: dict[str, Any], headers: Mapping[str, str], content: bytes
    ) -> dict[str, object]:
        scheme, _, token = headers["Authorization"].partition(" ")
        assert scheme == "Submission"
        unverified, said = submission.read(token)
        unverified.verify(SUBMIT_KEY.public)
        submission.check(said, aud=f"https://{HOST}", body=content, at=said.iat)
        assert said.jti not in self.nonces
        self.nonces.add(said.jti)
        return {"results": [self._one(item["certificate"]) for item in value["items"]]}

    def _one(self, text: str) -> dict[str, object]:
        assert text.endswith("~")
        unverified, claims = certificate.read(text[:-1])
        unverified.verify(CERTIFICATE_KEY.public)
        digest = unverified.digest
        if digest in self.admitted:
            return dict(self._receipt(digest))
        _, committed = self.batches[claims.batch]
        assert entry(committed.salt, claims.name, claims.holder_tag) in committed.entries
        place = (claims.status_uri, claims.status_index)
        code = self.judge(claims)
        if code is None and self.numbers.get(claims.certificate_number, digest) != digest:
            code = "number.taken"
        if code is None and self.indexes.get(place, digest) != digest:
            code = "status.taken"
        if code is not None:
            return {
                "problem": {"type": "x", "title": "x", "status": 409, "code": code, "detail": "x"}
            }
        self.numbers[claims.certificate_number] = digest
        self.indexes[place] = digest
        self.claims.append(claims)
        return dict(self._receipt(digest))

    @contextmanager
    def served(self) -> Iterator[str]:
        """Serve it over HTTP on this machine, for another process."""
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                content = self.rfile.read(int(self.headers["Content-Length"]))
                try:
                    answer = outer.post(f"http://x{self.path}", content, dict(self.headers))
                    self.send_response(answer.status)
                    self.send_header("Content-Length", str(len(answer.content)))
                    self.end_headers()
                    self.wfile.write(answer.content)
                except OSError:
                    self.close_connection = (
                        True  # the client was killed, or is to see a broken line
                    )

            def log_message(self, *_: object) -> None:
                pass

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()
            server.server_close()
