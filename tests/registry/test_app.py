# SPDX-License-Identifier: Apache-2.0
"""The HTTP edge: authorisation, bounds, problems, stored bytes, and what never gets out."""

import hashlib
import json
import socket
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient
from pydantic import ValidationError

from credential import base64url, envelope
from credential.errors import MalformedError
from keys.signing_key import SigningKey
from registry import admission, answers, app, database, lists, publish
from registry.models import Stated
from registry.settings import Limits
from tests.registry import backends
from tests.registry.world import HOST, PEOPLE, URL, World, key, subject_of


@pytest.fixture
def client(world: World) -> Iterator[TestClient]:
    with TestClient(
        app.build(world.registry, anchor=True), raise_server_exceptions=False
    ) as client:
        yield client


def body_of(texts: list[str], **more: Any) -> bytes:
    return json.dumps({"items": [{"certificate": text, **more} for text in texts]}).encode()


def post(client: TestClient, world: World, body: bytes, **changes: Any) -> Any:
    header = changes.pop("header", None) or world.first.authorise(body, **changes)
    return client.post("/certificates", content=body, headers={"Authorization": header})


def test_a_certificate_is_admitted_and_a_new_request_over_it_gets_the_same_answer(
    client: TestClient, world: World
) -> None:
    body = body_of([world.first.issue(PEOPLE[0])])
    first = post(client, world, body)
    assert first.status_code == 200
    (result,) = first.json()["results"]
    assert set(result) == {"receipt", "salt"}
    assert len(base64url.decode(result["salt"])) == 16
    again = post(client, world, body, jti=b"k" * 16)
    assert again.json() == first.json()


def test_an_authorisation_counts_once(client: TestClient, world: World) -> None:
    body = body_of([world.first.issue(PEOPLE[0])])
    header = world.first.authorise(body)
    assert post(client, world, body, header=header).status_code == 200
    replayed = post(client, world, body, header=header)
    assert replayed.status_code == 401
    assert replayed.json()["code"] == "submission.replayed"
    assert replayed.headers["www-authenticate"] == "Submission"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"aud": "https://jy.js320.example"}, "submission.audience"),
        ({"iat": 1_790_000_000 - 600}, "submission.expired"),
        ({"iat": 1_790_000_000 + 600}, "submission.expired"),
        ({"iss": f"{URL}/bodies/91310104MA1FYCQ14M"}, "submission.key"),
        ({"key": key("submit", "a stranger")}, "submission.key"),
    ],
)
def test_a_wrong_authorisation_is_refused(
    client: TestClient, world: World, changes: dict[str, Any], code: str
) -> None:
    answer = post(client, world, body_of([world.first.issue(PEOPLE[0])]), **changes)
    assert (answer.status_code, answer.json()["code"]) == (401, code)


def test_an_authorisation_is_for_one_request(client: TestClient, world: World) -> None:
    header = world.first.authorise(b"another")
    answer = post(client, world, body_of([world.first.issue(PEOPLE[0])]), header=header)
    assert (answer.status_code, answer.json()["code"]) == (401, "submission.body")


def test_a_certificate_key_authorises_no_request(client: TestClient, world: World) -> None:
    body = body_of([world.first.issue(PEOPLE[0])])
    posing = SigningKey.from_seed("submit", world.first.code.encode() + b"x")
    answer = post(client, world, body, key=posing)
    assert answer.json()["code"] == "submission.key"


def test_a_submit_key_authorises_in_its_window_alone(client: TestClient, world: World) -> None:
    late = key("submit", "late")
    window = {"from": world.clock.now + 100, "to": world.clock.now + 200}
    world.state("key", world.first.id, world.key_body(late, world.first.id, **window))
    start, codes = world.clock.now, []
    for serial, after in enumerate((99, 100, 199, 200)):
        world.clock.now = start + after
        body = body_of([world.first.issue(PEOPLE[serial])])
        answer = post(client, world, body, key=late, jti=bytes([serial] * 16))
        codes.append(answer.json().get("code"))
    assert codes == ["submission.key", None, None, "submission.key"]


def test_an_authorisation_is_withdrawn_to_the_last_moment(
    client: TestClient, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What counts is the key's state in the transaction that admits."""
    read = admission._read

    def while_it_is_read(*args: Any) -> Any:
        kid = world.first.submit.kid
        body = {"kid": kid, "after": world.clock.now, "document": "令"}
        world.state("key_distrust", world.first.id, body)
        return read(*args)

    monkeypatch.setattr(admission, "_read", while_it_is_read)
    answer = post(client, world, body_of([world.first.issue(PEOPLE[0])]))
    assert (answer.status_code, answer.json()["code"]) == (401, "submission.key")


def test_a_forged_signature_of_a_known_submit_key_is_refused(
    client: TestClient, world: World
) -> None:
    body = body_of([world.first.issue(PEOPLE[0])])
    head, _, _ = world.first.authorise(body).rpartition(".")
    forged = f"{head}.{base64url.encode(bytes(63) + b'x')}"
    assert post(client, world, body, header=forged).json()["code"] == "submission.signature"


@pytest.mark.parametrize("header", ["", "Bearer x", "Submission", "Submission x.y.z"])
def test_a_request_without_an_authorisation_is_refused(
    client: TestClient, world: World, header: str
) -> None:
    body = body_of([world.first.issue(PEOPLE[0])])
    answer = client.post("/certificates", content=body, headers={"Authorization": header})
    assert answer.status_code in {401, 422}
    assert answer.json()["code"] in {"submission.missing", "malformed.token"}


def test_every_route_that_writes_refuses_a_stranger(client: TestClient) -> None:
    schema = client.get("/openapi.json").json()
    writing = [path for path, what in schema["paths"].items() if "post" in what]
    assert writing == ["/certificates", "/statements", "/token", "/heads"]
    for path in writing:
        answer = client.post(path, json={"items": [], "signatures": ["a.b.c"]})
        assert answer.status_code in {400, 401, 422}
        form = "application/json" if path == "/token" else "application/problem+json"
        assert answer.headers["content-type"] == form  # RFC 6749 §5.2


def test_a_document_number_that_nobody_asked_for_is_refused_and_not_stored(
    client: TestClient, world: World, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    canary = "310199199003070017"
    text = world.first.issue(PEOPLE[0])
    body = body_of([text], holder={"type": 1, "number": canary})
    answer = post(client, world, body)
    (result,) = answer.json()["results"]
    assert (result["problem"]["status"], result["problem"]["code"]) == (422, "holder.not_asked")
    client.post("/statements", content=json.dumps({"signatures": [canary]}))
    client.get(f"/parts/{canary}")
    client.get(f"/status/{canary}")
    client.post("/certificates", content=json.dumps({"items": [{"number": canary}]}))
    admitted = post(client, world, body_of([text]), jti=b"n" * 16)
    assert "receipt" in admitted.json()["results"][0]
    said = [str(vars(one)) for one in caplog.records if one.name.startswith("registry")]
    assert said
    assert not [line for line in said if canary in line or PEOPLE[0].name in line]
    assert canary not in answer.text
    assert canary.encode() not in backends.content(world.registry.engine)


@pytest.mark.parametrize("field", ["status", "log_index", "role", "receipt", "admin"])
@pytest.mark.parametrize("where", ["root", "item", "holder"])
def test_unknown_members_are_refused(
    client: TestClient, world: World, field: str, where: str
) -> None:
    request: dict[str, Any] = {
        "items": [{"certificate": "x~", "holder": {"type": 1, "number": "1"}}]
    }
    place = {"root": request, "item": request["items"][0], "holder": request["items"][0]["holder"]}
    place[where][field] = 1
    answer = post(client, world, json.dumps(request).encode())
    assert (answer.status_code, answer.json()["code"]) == (422, "request.malformed")


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"[]",
        b"{",
        b"null",
        b'{"items":1}',
        b"[" * 100_000,
        b'{"items":[]}',
        b"\xff\xfe",
        b'{"items":[{"certificate":NaN}]}',
    ],
    ids=["empty", "array", "cut", "null", "number", "deep", "none", "utf16", "nan"],
)
def test_what_is_no_request_is_refused(client: TestClient, world: World, raw: bytes) -> None:
    answer = post(client, world, raw)
    assert (answer.status_code, answer.json()["code"]) == (422, "request.malformed")


INJECTIONS = [
    "' or 1=1 --",
    "x'; drop table leaves; --",
    "%",
    "_",
    "\x00",
    "🧱",
    "${7*7}",
    "../../etc/passwd",
]


@pytest.mark.parametrize("text", INJECTIONS)
def test_sql_and_paths_in_names_find_nothing(client: TestClient, text: str) -> None:
    from urllib.parse import quote

    for route in ("/parts/", "/status/"):
        answer = client.get(route + quote(text, safe=""))
        assert (answer.status_code, answer.json()["code"]) == (404, "request.not_found")
    answer = client.post("/statements", json={"signatures": [text]})
    assert (answer.status_code, answer.json()["code"]) == (422, "malformed.token")


def test_bounds(world: World) -> None:
    world.settings = type(world.settings)(
        **{
            name: getattr(world.settings, name)
            for name in ("database", "chain", "roots", "anchor", "published")
        },
        limits=Limits(body_bytes=4_000, items=2),
    )
    world.registry = world.open()
    with TestClient(app.build(world.registry), raise_server_exceptions=False) as client:
        texts = [world.first.issue(person) for person in PEOPLE[:3]]
        many = body_of(["a~", "b~", "c~"])
        answer = post(client, world, many)
        assert (answer.status_code, answer.json()["code"]) == (413, "request.too_large")
        large = body_of(texts * 3)
        answer = post(client, world, large)
        assert (answer.status_code, answer.json()["code"]) == (413, "request.too_large")

        def drip(whole: bytes = large) -> Iterator[bytes]:
            yield from (whole[n : n + 500] for n in range(0, len(whole), 500))

        answer = client.post("/certificates", content=drip())
        assert (answer.status_code, answer.json()["code"]) == (413, "request.too_large")
        for length, status in ((4_000, 422), (4_001, 413)):  # to the byte, announced or not
            exact = b"x" * length
            assert client.post("/statements", content=exact).status_code == status
            assert client.post("/statements", content=drip(exact)).status_code == status
        answer = client.post("/statements", content=b"x", headers={"Content-Encoding": "gzip"})
        assert (answer.status_code, answer.json()["code"]) == (415, "request.encoding")
        answer = client.post("/statements", content=b"x", headers={"Content-Length": "-1"})
        assert answer.status_code in {400, 413}


@pytest.mark.parametrize(
    ("path", "before", "part", "after"),
    [
        ("/certificates", '{"items":[', "1", "]}"),
        ("/certificates", '{"items":[', "{}", "]}"),
        ("/certificates", "{", '"a":1', "}"),
        ("/statements", '{"signatures":["a.b.c"],"attachment":{"roster":[', "1", '],"salt":""}}'),
    ],
    ids=["numbers", "objects", "members", "roster"],
)
def test_a_million_parts_are_refused_before_anything_is_made_of_them(
    client: TestClient, world: World, path: str, before: str, part: str, after: str
) -> None:
    # Parsed, sixteen megabytes of them took a stranger's request a minute and 7 GB.
    raw = f"{before}{','.join([part] * 300_000)}{after}".encode()
    answer = client.post(path, content=raw, headers={"Authorization": world.first.authorise(raw)})
    assert (answer.status_code, answer.json()["code"]) == (413, "request.too_large")


def test_the_first_wrong_part_of_a_request_ends_its_reading() -> None:
    raw = b'{"signatures":["a.b.c"],"attachment":{"roster":[%b],"salt":""}}'
    with pytest.raises(MalformedError) as caught:
        answers.parsed(Stated, raw % b",".join([b"1"] * 50_000))
    assert isinstance(caught.value.__context__, ValidationError)
    assert caught.value.__context__.error_count() == 1


def test_whatever_is_named_nobody_is_asked(
    client: TestClient, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Addresses in what is handed in are compared, never opened."""
    evil = "https://127.0.0.1:9"
    claims = world.first.claims(PEOPLE[0])
    asked: list[object] = []

    def connect(*where: object, **_: object) -> None:
        asked.append(where)
        raise OSError("no way out")

    for name in ("connect", "connect_ex"):
        monkeypatch.setattr(socket.socket, name, connect)
    for name in ("getaddrinfo", "create_connection", "gethostbyname"):
        monkeypatch.setattr(socket, name, connect)
    for changes in (
        {"status_uri": f"{evil}/status/1"},
        {"iss": f"{evil}/bodies/{world.first.code}", "host": "127.0.0.1:9"},
        {"detail": (("original", evil),)},
    ):
        body = body_of([world.first.sign(claims._replace(**changes))])
        answer = post(client, world, body, jti=str(len(changes)).encode() * 16)
        assert "receipt" not in answer.text
    said = {"name": evil, "prefix": "", "region": "310115", "document": evil}
    for iss in (evil, world.url):
        tokens = world.sign("body", f"{evil}/bodies/{world.first.code}", said, [world.lead], iss)
        answer = client.post("/statements", json={"signatures": tokens})
        assert answer.status_code in {403, 422}
    client.get("/healthz", headers={"Host": "127.0.0.1:9", "X-Forwarded-Host": "127.0.0.1:9"})
    assert asked == []


def test_too_many_at_once_are_told_to_come_back(world: World) -> None:
    busy = Limits(requests=0)
    world.settings = type(world.settings)(
        **{
            name: getattr(world.settings, name)
            for name in ("database", "chain", "roots", "anchor", "published")
        },
        limits=busy,
    )
    with TestClient(app.build(world.open()), raise_server_exceptions=False) as client:
        answer = client.get("/healthz")
    assert (answer.status_code, answer.json()["code"]) == (429, "request.busy")
    assert answer.headers["retry-after"] == "10"


def test_a_fault_is_an_opaque_500_and_is_logged(
    client: TestClient, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError("select secret from leaves")

    monkeypatch.setattr("registry.health.demand_ready", broken)
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["code"]) == (500, "registry.internal")
    assert "secret" not in answer.text
    assert "Traceback" not in answer.text
    assert "ZeroDivisionError" in caplog.text


def test_a_database_that_cannot_store_is_a_503_with_retry_after(
    client: TestClient, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    from credential.errors import UnavailableError

    def gone(_: object) -> None:
        raise UnavailableError("registry.unavailable", "the registry cannot store anything now")

    monkeypatch.setattr(database, "write", gone)
    body = body_of([world.first.issue(PEOPLE[0])])
    answer = post(client, world, body)
    assert (answer.status_code, answer.json()["code"]) == (503, "registry.unavailable")
    assert answer.headers["retry-after"] == "10"


@pytest.mark.parametrize(
    ("method", "path", "status"), [("GET", "/x", 404), ("PUT", "/statements", 405)]
)
def test_what_is_not_there_is_a_problem_too(
    client: TestClient, method: str, path: str, status: int
) -> None:
    answer = client.request(method, path)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["type"] == f"urn:skillseal:problem:{answer.json()['code']}"
    assert answer.headers.get("allow") == ("POST" if status == 405 else None)


def test_published_files_are_sent_as_stored(client: TestClient, world: World) -> None:
    assert client.get("/snapshot.json").json()["code"] == "request.not_found"
    lists.sign_lists(world.registry, world.list, world.status)
    publish.publish(world.registry, world.publish, world.log)
    published = world.settings.published
    whole = client.get("/snapshot.json")
    assert whole.content == (published / "snapshot.json").read_bytes()
    assert client.get("/head.json").content == (published / "head.json").read_bytes()
    manifest = whole.json()["manifest"]
    parts = json.loads(envelope.read(manifest, envelope.MANIFEST).payload)["parts"]
    for part in parts:
        answer = client.get(f"/parts/{part['sha256']}")
        assert hashlib.sha256(answer.content).hexdigest() == part["sha256"]
        assert "immutable" in answer.headers["cache-control"]
    listed = whole.json()["status_lists"][f"{URL}/status/1"]
    packed = client.get("/status/1", headers={"Accept-Encoding": "gzip"})
    plain = client.get("/status/1", headers={"Accept-Encoding": "identity"})
    assert packed.text == plain.text == listed
    assert packed.headers["content-encoding"] == "gzip"
    assert packed.headers["content-type"] == "application/statuslist+jwt"
    unchanged = client.get("/snapshot.json", headers={"If-None-Match": whole.headers["etag"]})
    assert (unchanged.status_code, unchanged.content) == (304, b"")


def test_the_anchor_is_told_only_where_configured(client: TestClient, world: World) -> None:
    assert client.get("/anchor.json").json() == {"anchor": world.settings.anchor}
    with TestClient(app.build(world.registry)) as plain:
        assert plain.get("/anchor.json").status_code == 404


def test_a_statement_is_accepted_once_and_answered_alike(client: TestClient, world: World) -> None:
    claims = world.first.claims(PEOPLE[0])
    world.first.submit_all([world.first.sign(claims)])
    tokens = world.sign(
        "revoke",
        subject_of(claims),
        {"reason": "差错更正"},
        [world.first.statement],
        world.first.id,
    )
    answers = [client.post("/statements", json={"signatures": tokens}) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [200, 200]
    assert answers[0].json() == answers[1].json()
    assert set(answers[0].json()) == {"digest", "receipt", "salt"}


@pytest.mark.parametrize(
    "sent",
    [
        '{"kty":"EC","crv":"P-256","x":"a","y":"b","d":"c"}',
        "-----BEGIN PRIVATE KEY-----",
        "-----BEGIN EC PRIVATE KEY-----",
        "-----BEGIN OPENSSH PRIVATE KEY-----",
        "SkillSeal-Key: role=certificate",
        "PuTTY-User-Key-File-3: ecdsa",
    ],
)
def test_a_private_key_is_refused_and_neither_stored_nor_logged(
    client: TestClient, world: World, caplog: pytest.LogCaptureFixture, sent: str
) -> None:
    answer = client.post("/statements", json={"signatures": [sent]})
    assert (answer.status_code, answer.json()["code"]) == (422, "key.private")
    assert sent not in answer.text + caplog.text
    assert sent.encode() not in backends.content(world.registry.engine)


def test_the_openapi_document_has_an_example_for_every_body(client: TestClient) -> None:
    schema = client.get("/openapi.json").json()
    parts = schema["components"]["schemas"]
    assert {"Submitted", "Stated", "Admitted", "Accepted", "Problem"} <= parts.keys()
    for name in ("Accepted", "Problem", "Result"):
        assert all(
            "examples" in one
            for one in parts[name]["properties"].values()
            if "$ref" not in str(one)
        )
    for path in schema["paths"].values():
        for operation in path.values():
            assert "422" not in operation["responses"]


def test_the_application_takes_receipt_keys_alone(world: World) -> None:
    """Law 1, and the separation of duties: nothing else that signs comes into this process."""
    for other in (world.list, world.status, world.publish, world.log, world.first.certificate):
        with pytest.raises(RuntimeError, match="receipt keys"):
            app.create(world.settings, [other])


def test_links_come_from_the_settings_and_not_from_the_request(
    client: TestClient, world: World
) -> None:
    answer = client.get("/anchor.json", headers={"Host": "evil.example"})
    assert "evil" not in answer.text
    body = body_of([world.first.issue(PEOPLE[0])])
    posted = client.post(
        "/certificates",
        content=body,
        headers={"Host": "evil.example", "Authorization": world.first.authorise(body)},
    )
    payload = envelope.read(posted.json()["results"][0]["receipt"], envelope.RECEIPT).payload
    assert json.loads(payload)["iss"] == f"https://{HOST}"
