# SPDX-License-Identifier: Apache-2.0
"""The way to the registry: what is asked again, what is final, and where nothing is sent."""

from collections.abc import Mapping

import pytest

from credential.errors import SealError
from issuer.submit import MAX_ANSWER, MAX_PAUSE, PAUSES, Answer, Registry
from tests.issuer.world import FakeRegistry

DONE = Answer(200, None, b"{}")


class Line:
    """Answers in turn; keeps what was sent."""

    def __init__(self, *answers: Answer | OSError) -> None:
        self.answers = iter(answers)
        self.sent: list[tuple[str, bytes, Mapping[str, str]]] = []
        self.pauses: list[float] = []

    def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        self.sent.append((url, body, headers))
        answer = next(self.answers)
        if isinstance(answer, OSError):
            raise answer
        return answer

    def ask(self) -> dict[str, object]:
        nonces = iter("abcdefgh")
        registry = Registry("https://x.example", self.pauses.append, self.post)
        return registry.ask("/path", b"{}", lambda: {"Authorization": next(nonces)})


def code_of(line: Line) -> str:
    with pytest.raises(SealError) as caught:
        line.ask()
    return caught.value.code


def test_an_answer_is_given_at_once() -> None:
    line = Line(Answer(200, None, b'{"a":1}'))
    assert line.ask() == {"a": 1}
    assert line.sent[0][0] == "https://x.example/path"
    assert line.pauses == []


def test_what_may_have_arrived_is_sent_again_with_a_new_authorisation() -> None:
    line = Line(
        ConnectionResetError(),
        Answer(503, "3", b""),
        Answer(429, "x", b""),
        Answer(201, None, b"{}"),
    )
    assert line.ask() == {}
    assert line.pauses == [0.5, 3.0, 2.0]
    assert len({body for _, body, _ in line.sent}) == 1
    assert [headers["Authorization"] for *_, headers in line.sent] == ["a", "b", "c", "d"]


def test_chance_lengthens_a_pause_by_up_to_half() -> None:
    pauses: list[float] = []
    line = Line(Answer(503, "20", b""), Answer(503, "900", b""), ConnectionResetError(), DONE)
    for_certain = Registry("https://x.example", pauses.append, line.post, lambda: 0.5)
    assert for_certain.ask("/path", b"{}", dict) == {}
    assert pauses == [20 * 1.25, MAX_PAUSE * 1.25, PAUSES[2] * 1.25]


def test_desks_come_back_at_different_moments() -> None:
    some = [Registry.at("https://x.example", lambda _: None).chance() for _ in range(3)]
    assert all(0 <= each < 1 for each in some)
    assert len(set(some)) == 3


def test_after_the_last_pause_it_gives_up() -> None:
    line = Line(*[ConnectionRefusedError(111, "refused")] * 9)
    with pytest.raises(SealError, match="refused") as caught:
        line.ask()
    assert caught.value.code == "registry.unreachable"
    assert line.pauses == list(PAUSES)


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (Answer(403, None, b'{"code":"key.unknown","detail":"x"}'), "key.unknown"),
        (Answer(413, None, b'{"code":"request.too_large"}'), "request.too_large"),
        (Answer(404, None, b"<html>"), "registry.answer"),
        (Answer(200, None, b"[]"), "registry.answer"),
        (Answer(200, None, b"\xff"), "registry.answer"),
        (Answer(301, None, b"{}"), "registry.answer"),
        (Answer(200, None, b"[" * 100_000), "registry.answer"),
    ],
)
def test_any_other_answer_is_final(answer: Answer, code: str) -> None:
    line = Line(answer)
    assert code_of(line) == code
    assert len(line.sent) == 1


@pytest.mark.parametrize(
    "url",
    [
        "jy.sh310.example",
        "ftp://jy.sh310.example",
        "http://jy.sh310.example",
        "https://jy.sh310.example/path",
        "https://jy.sh310.example?x",
        "https://user@jy.sh310.example",
        "https://jy.sh310.example:99999",
        "https://[",
        "",
    ],
)
def test_an_address_that_nothing_is_sent_to(url: str) -> None:
    with pytest.raises(SealError) as caught:
        Registry.at(url, lambda _: None)
    assert caught.value.code == "registry.url"


@pytest.mark.parametrize("url", ["https://jy.sh310.example:8443/", "http://127.0.0.1:80"])
def test_an_address(url: str) -> None:
    assert Registry.at(url, lambda _: None).url == url.rstrip("/")


def test_over_a_real_line() -> None:
    pauses: list[float] = []
    fake = FakeRegistry()
    with fake.served() as url:
        registry = Registry.at(url, pauses.append)
        fake.before = lambda _: Answer(200, None, b'{"a":1}')
        assert registry.ask("/statements", b"{}", dict) == {"a": 1}
        fake.before = lambda _: Answer(409, None, b'{"code":"batch.known","detail":"x"}')
        with pytest.raises(SealError) as caught:
            registry.ask("/statements", b"{}", dict)
        assert caught.value.code == "batch.known"
        fake.before = lambda _: Answer(200, None, b" " * (MAX_ANSWER + 1))
        with pytest.raises(SealError) as caught:
            registry.ask("/statements", b"{}", dict)
        assert caught.value.code == "registry.answer"
    with pytest.raises(SealError) as caught:
        registry.ask("/statements", b"{}", dict)
    assert caught.value.code == "registry.unreachable"
    assert all(a <= b < a * 1.5 for a, b in zip(PAUSES, pauses, strict=True))
