# SPDX-License-Identifier: Apache-2.0
"""The ledger: durable, exclusive, without document numbers, and clear about a full disk."""

import resource
import signal
import sqlite3
import stat
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from issuer import item_table, ledger_file
from issuer import ledger as ledgers
from issuer.ledger import Ledger
from issuer.records import Batch, Item
from tests.issuer import world
from tests.issuer.refusals import code_of

ROOT = Path(__file__).parents[2]
BATCH = Batch("B1", b"roster", "examination", b"{}", "signature", "{}")


def item(line: int, **changes: object) -> Item:
    """Make a planned certificate."""
    values: dict[str, object] = {
        "batch": "B1",
        "line": line,
        "person": line.to_bytes(2),
        "kind": "skill_level",
        "occupation": "lyg2020:39",
        "level": "3",
    }
    return Item(**(values | changes))  # type: ignore[arg-type]  # as the class has them


def opened(path: Path) -> Ledger:
    return Ledger.open(path, world.BODY, bytes)


def test_what_was_stored_is_there_when_it_is_opened_again(tmp_path: Path) -> None:
    path = tmp_path / "l.sqlite"
    with opened(path) as ledger:
        ledger.prepare([(BATCH, [item(2), item(3)])])
        ledger.filed("B1", "receipt", "salt")
        drawn = item(2, number="N1", list="1", index=7, payload=b"p")
        with ledger.transaction():
            ledger.intend([drawn])
            ledger.keep_serial("P", 2026, "3", 1)
        ledger.keep_tokens([item(2, payload=b"p", token="t")])
        ledger.keep_answers([item(2, receipt="r", leaf_salt="s")])
        ledger.keep_tags({(b"p", "王"): "Ab3_"})
    with opened(path) as ledger:
        (batch,) = ledger.batches_of(b"roster")
        assert (batch.receipt, batch.leaf_salt, batch.route) == ("receipt", "salt", "examination")
        first, second = ledger.items("B1")
        assert (first.number, first.list, first.index, first.token) == ("N1", "1", 7, "t")
        assert (first.receipt, second.number) == ("r", None)
        assert ledger.last_serial("P", 2026, "3") == 1
        assert ledger.tags() == {(b"p", "王"): "Ab3_"}
        assert ledger.numbered("N1") == first
        assert ledger.held([b"\0\x02"]) == {
            (b"\0\x02", "skill_level", "lyg2020:39", "3"): "B1",
        }


@pytest.mark.parametrize("count", [0, 1, 2, 3, 4, 7])
def test_a_batch_is_read_in_pieces(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, count: int
) -> None:
    monkeypatch.setattr(item_table, "FEW", 2)
    lines = [*range(2, 2 * count + 2, 2)]
    with opened(tmp_path / "l.sqlite") as ledger:
        ledger.prepare([(BATCH, [item(line) for line in reversed(lines)])])
        ledger.prepare([(replace(BATCH, batch="B2", roster=b"other"), [item(3, batch="B2")])])
        assert [each.line for each in ledger.each("B1")] == lines
        assert (ledger.count("B1"), ledger.items("B1")) == (count, list(ledger.each("B1")))
        wanted = lines[::-2]
        assert [each.line for each in ledger.some("B1", wanted)] == wanted


def test_what_is_written_while_a_batch_is_read_is_seen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(item_table, "FEW", 1)
    with opened(tmp_path / "l.sqlite") as ledger:
        ledger.prepare([(BATCH, [item(2), item(3)])])
        read = ledger.each("B1")
        assert next(read).number is None
        with ledger.transaction():
            ledger.intend([item(3, number="N1", list="1", index=7, payload=b"p")])
        assert next(read).number == "N1"


def test_a_token_over_other_claims_is_not_kept(tmp_path: Path) -> None:
    with opened(tmp_path / "l.sqlite") as ledger:
        ledger.prepare([(BATCH, [item(2)])])
        with ledger.transaction():
            ledger.intend([item(2, number="N1", list="1", index=7, payload=b"new")])
        ledger.keep_tokens([item(2, payload=b"old", token="t")])
        assert ledger.items("B1")[0].token is None


def test_a_token_goes_with_the_claims_that_it_was_over(tmp_path: Path) -> None:
    with opened(tmp_path / "l.sqlite") as ledger:
        ledger.prepare([(BATCH, [item(2)])])
        drawn = item(2, number="N1", list="1", index=7, payload=b"p")
        with ledger.transaction():
            ledger.intend([drawn])
        ledger.keep_tokens([replace(drawn, token="t")])
        with ledger.transaction():
            ledger.intend([replace(drawn, index=8, payload=b"q")])
        assert ledger.items("B1")[0].token is None


def test_a_number_or_an_index_stands_once(tmp_path: Path) -> None:
    with opened(tmp_path / "l.sqlite") as ledger:
        ledger.prepare([(BATCH, [item(2), item(3)])])
        one = item(2, number="N1", list="1", index=7, payload=b"p")
        for other in (
            item(3, number="N1", list="1", index=8, payload=b"p"),
            item(3, number="N2", list="1", index=7, payload=b"p"),
        ):
            with pytest.raises(sqlite3.IntegrityError), ledger.transaction():
                ledger.intend([one, other])
            assert ledger.items("B1")[0].number is None


def test_what_has_its_receipt_is_never_drawn_again(tmp_path: Path) -> None:
    with opened(tmp_path / "l.sqlite") as ledger:
        ledger.prepare([(BATCH, [item(2)])])
        with ledger.transaction():
            ledger.intend([item(2, number="N1", list="1", index=7, payload=b"p")])
        ledger.keep_answers([item(2, receipt="r", leaf_salt="s")])
        with ledger.transaction():
            ledger.intend([item(2, number="N2", list="1", index=8, payload=b"q")])
        assert ledger.items("B1")[0].number == "N1"


def test_a_spent_index_is_used_for_ever(tmp_path: Path) -> None:
    path = tmp_path / "l.sqlite"
    with opened(path) as ledger, ledger.transaction():
        ledger.spend("1", 9)
        ledger.spend("1", 9)
    with opened(path) as ledger:
        assert ledger.indexes() == {("1", 9)}


def test_a_forgotten_batch_leaves_no_rows(tmp_path: Path) -> None:
    with opened(tmp_path / "l.sqlite") as ledger:
        ledger.prepare([(BATCH, [item(2)])])
        ledger.forget("B1")
        assert (ledger.batch_named("B1"), ledger.items("B1")) == (None, [])


def test_a_person_is_named_under_the_salt(tmp_path: Path) -> None:
    with (
        Ledger.open(tmp_path / "a", world.BODY, lambda n: b"a" * n) as one,
        Ledger.open(tmp_path / "b", world.BODY, lambda n: b"b" * n) as other,
    ):
        document = "1:310199199001010017"
        assert one.person(document) != other.person(document)
        assert one.roster(b"x") != other.roster(b"x")
        assert len(one.person(document)) == 16
        assert ledgers.person(one.salt, document) == one.person(document)


def test_the_file_is_private_and_every_commit_is_on_the_disk(tmp_path: Path) -> None:
    path = tmp_path / "l.sqlite"
    with opened(path) as ledger:
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        pragmas = [
            ledger._connection.execute(f"PRAGMA {name}").fetchone()[0]
            for name in ("journal_mode", "synchronous", "locking_mode")
        ]
        assert pragmas == ["delete", 2, "exclusive"]


def test_a_second_process_is_told_to_wait(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "l.sqlite"
    real = sqlite3.connect
    monkeypatch.setattr(sqlite3, "connect", lambda *a, **k: real(*a, **{**k, "timeout": 0}))
    with opened(path):
        assert code_of(lambda: opened(path)) == "ledger.busy"
    opened(path).close()


def test_what_is_no_ledger(tmp_path: Path) -> None:
    (tmp_path / "l.sqlite").write_bytes(b"not a database, but long enough to look like one" * 99)
    assert code_of(lambda: opened(tmp_path / "l.sqlite")) == "ledger.unreadable"
    assert code_of(lambda: opened(tmp_path / "absent" / "l.sqlite")) == "ledger.unavailable"
    assert code_of(lambda: opened(tmp_path)) == "ledger.unavailable"


def test_a_ledger_of_a_newer_desk(tmp_path: Path) -> None:
    opened(tmp_path / "l.sqlite").close()
    with sqlite3.connect(tmp_path / "l.sqlite") as connection:
        connection.execute(f"PRAGMA user_version = {ledger_file.VERSION + 1}")
    connection.close()
    assert code_of(lambda: opened(tmp_path / "l.sqlite")) == "ledger.unreadable"


def test_a_ledger_of_an_older_desk_goes_on(tmp_path: Path) -> None:
    with opened(tmp_path / "l.sqlite") as ledger:
        ledger.prepare([(BATCH, [item(2)])])
    with sqlite3.connect(tmp_path / "l.sqlite") as connection:
        later = ("acted", "act", "change", "head", "record", "release", "print")
        for table in later:
            connection.execute(f"DROP TABLE {table}")
        connection.execute("ALTER TABLE item DROP sent")
        connection.execute("PRAGMA user_version = 1")
    connection.close()
    for _ in range(2):
        with opened(tmp_path / "l.sqlite") as ledger:
            assert (ledger.releases("B1"), len(ledger.items("B1"))) == ([], 1)
            assert (ledger.prints("B1"), ledger.counts()[0].rows) == ([], 1)
            assert (ledger.open_acts(), ledger.recorded("Y1")) == ([], [])


def test_a_full_database_loses_nothing_that_was_committed(tmp_path: Path) -> None:
    path = tmp_path / "l.sqlite"
    with opened(path) as ledger:
        ledger.prepare([(BATCH, [item(2)])])
        pages = ledger._connection.execute("PRAGMA page_count").fetchone()[0]
        ledger._connection.execute(f"PRAGMA max_page_count = {pages + 1}")
        more = [item(line) for line in range(3, 5_000)]
        other = Batch("B2", b"other", "examination", b"{}", "signature", "{}")
        many = [replace(each, batch="B2") for each in more]
        assert code_of(lambda: ledger.prepare([(other, many)])) == "ledger.full"
        assert (ledger.batch_named("B2"), ledger.items("B2")) == (None, [])
        ledger._connection.execute("PRAGMA max_page_count = 100000")
        ledger.prepare([(other, many)])
    with opened(path) as ledger:
        assert (len(ledger.items("B1")), len(ledger.items("B2"))) == (1, len(more))


_FILL = """
import sys
from pathlib import Path
from credential.errors import SealError
from tests.issuer import test_ledger as t
with t.opened(Path(sys.argv[1])) as ledger:
    ledger.prepare([(t.BATCH, [t.item(2)])])
    try:
        ledger.keep_tags({(bytes([n % 256, n // 256]), "x" * 50): "Ab3_" for n in range(20_000)})
    except SealError as error:
        print(error.code, len(ledger.tags()))
"""


def test_a_full_disk_loses_nothing_that_was_committed(tmp_path: Path) -> None:
    path = tmp_path / "l.sqlite"
    done = subprocess.run(
        [sys.executable, "-c", _FILL, str(path)],
        check=True,
        capture_output=True,
        text=True,
        preexec_fn=_small_files,
        cwd=ROOT,
    )
    assert done.stdout == "ledger.full 0\n"
    with opened(path) as ledger:
        assert (len(ledger.items("B1")), ledger.tags()) == (1, {})


def _small_files() -> None:
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (120_000, 120_000))
