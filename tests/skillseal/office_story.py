# SPDX-License-Identifier: Apache-2.0
"""The people of one body's story (docs/walk-through.md) and what each of them types.

The region is founded before: its root, its registry's keys and its settings. The body's and the
second authority's commands speak HTTP; the lead authority's officials work on the registry's
machine. Only the clocks are the test's.
"""

import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from credential import root
from credential.certificate_number import DEFAULT_RULES
from credential.key_record import KeyRecord
from credential.root import Root
from keys import key_file
from keys.signing_key import SigningKey
from skillseal.main import main
from tests.issuer.sheets import Value, csv_file, row

HOST = "https://jy.sh310.example"
BODY = f"{HOST}/bodies/91310115MA1K3YJ12X"
BUREAU = f"{HOST}/authorities/11310000MB2F30022R"
APPLICATION = f"{HOST}/applications/2026-0001"
STANDARD = f"{HOST}/standards/GF-1"
PLAN = f"{BODY}/plans/2026"
START = 1_790_000_000  # 2026-09-21, a Monday, in the evening
DAY = 86_400
OCCUPATIONS = {"lyg2020:39": "砌筑工", "lyg2020:40": "钢筋工", "lyg2020:41": "混凝土工"}
LEVELS = ["5", "4", "3"]
GRANTS = [{"kind": "skill_level", "occupations": list(OCCUPATIONS), "levels": LEVELS}]
OFFERS = [{"code": code, "levels": LEVELS} for code in OCCUPATIONS]
PASSPHRASE = b"correct horse"
NAMED = ["--station", "PD-01", "--assessor", "A-001"]
_WITH_ACTIONS = ("issuer", "keys", "registry")


def command(words: list[str]) -> tuple[str, ...]:
    """Give what a command is called: `registry state plan`, `issuer check`, `verify`."""
    length = 3 if words[1:2] == ["state"] else 2 if words[0] in _WITH_ACTIONS else 1
    return tuple(words[:length])


class Story:
    """The region's folder, the machine's clock, and the commands that are typed."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.folder = folder
        self.clock = folder / "clock"
        self.port = 0
        self.typed: set[tuple[str, ...]] = set()
        self._capsys = capsys
        self.wait(0)
        (folder / "passphrase").write_bytes(PASSPHRASE)
        self.anchor = self._found()

    @property
    def now(self) -> int:
        return int(self.clock.read_text())

    def wait(self, seconds: int) -> None:
        """Let time go by."""
        known = self.now if self.clock.exists() else START
        self.clock.write_text(str(known + seconds))

    def file(self, name: str) -> Path:
        return self.folder / name

    def _found(self) -> str:
        """Make what a region has before any body comes: a root, keys, settings."""
        roles = {"root": "root", "official-1": "statement", "official-2": "statement"}
        roles |= {role: role for role in ("status", "list", "publish", "log")}
        keys = {name: SigningKey.generate(role) for name, role in roles.items()}
        keys["epoch-1"] = SigningKey.generate("receipt", epoch=1)
        for name, key in keys.items():
            key_file.create(self.file(f"{name}.pem"), key, PASSPHRASE)
        start, end = START - DAY, START + 300 * DAY
        records = tuple(KeyRecord(k.kid, k.public, k.role, start, end) for k in keys.values())
        host = HOST.removeprefix("https://")
        said = Root("310000", 1, "test", 1, (host,), start, end, records, ())
        self.file("root.json").write_text(json.dumps([root.sign([keys["root"]], said)]))
        anchor = root.anchor_of(said)
        self.file("registry.toml").write_text(
            'database = "sqlite:///./registry.db"\nroot = "root.json"\n'
            f'published = "published"\nanchor = "{anchor}"\n'
        )
        return anchor

    # Typing -------------------------------------------------------------------------------------

    def type(self, *words: object, code: int = 0) -> str:
        """Type a command, and give what it said on both streams."""
        typed = [str(word) for word in words]
        self.typed.add(command(typed))
        self._capsys.readouterr()
        ended = main(typed)
        said = self._capsys.readouterr()
        assert ended == code, f"{typed}: {ended}\n{said.out}\n{said.err}"
        return said.out + said.err

    def json(self, name: str, value: object) -> Path:
        self.file(name).write_text(json.dumps(value, ensure_ascii=False), "utf-8")
        return self.file(name)

    def official(self, *words: object, code: int = 0) -> str:
        """Type as the lead authority's officials do, on the registry's machine."""
        keys: list[object] = ["--statement-key", self.file("official-1.pem")]
        keys += ["--second-key", self.file("official-2.pem")]
        settings = ["--settings", self.file("registry.toml")]
        return self.type("registry", *words, *settings, *keys, code=code)

    def state(self, type_: str, subject: str, **body: Any) -> str:
        return self.official("state", type_, subject, self.json(f"{type_}.json", body))

    def remote(
        self, who: str, type_: str, subject: str, *, known: bool = False, **body: Any
    ) -> None:
        """State something over HTTP, as the body or the bureau.

        Of a subject that is `known` they learn the last statement from the refusal, and repeat:
        an authority's key asks by itself only for what belongs to a body.
        """
        iss = {"body": BODY, "bureau": BUREAU}[who]
        words = ["registry", "state", type_, subject, str(self.json(f"{who}.json", body))]
        words += ["--registry", f"http://127.0.0.1:{self.port}", "--aud", HOST, "--iss", iss]
        words += ["--statement-key", str(self.file(f"{who}-statement.pem"))]
        if known:
            said = self.type(*words, code=2)
            assert "[statement.after]" in said
            words += ["--after", *re.findall(r"[A-Za-z0-9_-]{43}", said)]
        self.type(*words)

    def publish(self) -> Path:
        """Sign the lists, publish, and fetch as anybody does."""
        settings = ["--settings", self.file("registry.toml")]
        keys = {name: self.file(f"{name}.pem") for name in ("list", "status", "publish", "log")}
        lists = ["--list-key", keys["list"], "--status-key", keys["status"]]
        self.type("registry", "sign-lists", *settings, *lists)
        both = ["--publish-key", keys["publish"], "--log-key", keys["log"]]
        self.type("registry", "publish", *settings, *both)
        out = self.file("snapshot.json")
        url = f"http://127.0.0.1:{self.port}"
        self.type("fetch", "--registry", url, "--out", out, "--anchor", self.anchor)
        return out

    def issuer(self, action: str, *words: object, code: int = 0, http: bool = True) -> str:
        """Type as the body's clerk does."""
        way = ["--registry", f"http://127.0.0.1:{self.port}"] if http else []
        return self.type(
            "issuer", action, *words, "--filing", self.file("filing.json"), *way, code=code
        )

    def filing_file(self) -> None:
        settings = ["--settings", self.file("registry.toml")]
        out = ["--out", self.file("filing.json")]
        self.type("registry", "filing-file", BODY, *settings, *out)

    def verify(self, code: int) -> list[dict[str, Any]]:
        at = datetime.fromtimestamp(self.now, UTC).isoformat()
        where = ["--snapshot", self.file("snapshot.json"), "--anchor", self.anchor, "--at", at]
        said = self.type("verify", self.file("codes"), *where, "--json", code=code)
        return [json.loads(line) for line in said.splitlines()]

    # The chapters -------------------------------------------------------------------------------

    def appoint(self) -> None:
        """State the catalogue and the second authority, human resources."""
        entries = [
            {"code": code, "name": name, "aliases": [], "trades": [], "equivalent": []}
            for code, name in OCCUPATIONS.items()
        ]
        numbers = [rule.to_members() for rule in DEFAULT_RULES]
        said = {"version": 1, "exp": self.now + 365 * DAY, "occupations": entries}
        self.state("catalogue", f"{HOST}/catalogues/lyg2020", **said, numbers=numbers)
        said = {"name": "示例市人社局", "region": "310000", "fields": ["human_resources"]}
        self.state("authority", BUREAU, **said)
        (key,) = self.keys_of("bureau", BUREAU, "statement")
        self.state("key", BUREAU, **key)

    def keys_of(self, who: str, owner: str, *roles: str) -> list[dict[str, Any]]:
        """Make keys and prove that one holds them, as their owner does."""
        made = []
        for role in roles:
            file = self.file(f"{who}-{role}.pem")
            self.type("keys", "new", "--role", role, "--out", file)
            words = ["--key", file, "--role", role, "--owner", owner]
            proven = json.loads(self.type("registry", "prove", *words))
            proof = proven.pop("proof")
            made.append({**proven, "from": self.now, "to": None, "proof": proof})
        return made

    def apply(self) -> None:
        """Enter the body with its keys; it applies, is accepted, reviewed and filed."""
        entered = {
            "id": BODY,
            "name": "示例建设技能评价中心",
            "prefix": "Y000031000101",
            "region": "310115",
            "document": "沪建登〔2026〕1号",
            "keys": self.keys_of("body", BODY, "certificate", "statement", "submit"),
            "filings": [],
            "blocks": [{"list": "1", "first": 4_096, "count": 4_096}],
        }
        self.official("file-body", self.json("body.json", entered))
        roles = {"roles": ["employer"], "audience": "own", "document": "沪建登〔2026〕1号"}
        self.state("body_roles", BODY, **roles)
        self.remote(
            "body",
            "application",
            APPLICATION,
            applicant="91310115MA1K3YJ12X",
            name="示例建设技能评价中心",
            region="310115",
            form="employer",
            audience="own",
            kind="new",
            districts=["310115"],
            grants=GRANTS,
            documents=[{"name": "申请表.pdf", "sha256": "ab" * 32}],
        )
        settings = ["--settings", self.file("registry.toml")]
        assert "received" in self.type("registry", "applications", *settings)
        self.state("acceptance", APPLICATION, result="accepted")
        self.state("review", APPLICATION, result="passed", reviewer="审核人甲")
        filing = {"number": "沪人社备〔2026〕1号", "from": self.now, "to": self.now + 250 * DAY}
        scope = {"districts": ["310115"], "grants": GRANTS, "application": APPLICATION}
        self.state("filing", BODY, **filing, **scope)
        assert "filed" in self.type("registry", "applications", *settings)

    def prepare(self) -> None:
        """File plan and standard, enter station and assessor, and set the gate to full."""
        draft: dict[str, Any] = {"form": "enterprise", "title": "示例评价规范", "version": "2026"}
        draft |= {"sha256": "cd" * 32, "body": "91310115MA1K3YJ12X"}
        self.remote("body", "standard", STANDARD, **draft, occupations=OFFERS)
        self.state("standard_step", STANDARD, step="reviewed", **self.since, document="审1")
        moved = {"step": "filed", **self.since, "document": "备1"}
        self.remote("bureau", "standard_step", STANDARD, known=True, **moved)
        self.state("standard_step", STANDARD, step="in_force", **self.since, document="行1")
        plan = [
            {"kind": "skill_level", "occupation": code, "levels": LEVELS, "headcount": 20}
            for code in OCCUPATIONS
        ]
        self.remote("body", "plan", PLAN, year=2026, items=plan, recipients=[HOST, BUREAU])
        self.state("plan_receipt", PLAN, document="收1")
        self.remote("bureau", "plan_receipt", PLAN, document="收2")
        listed = {"document": "沪建站〔2026〕1号", **self.since, "to": None}
        host = {"name": "浦东考核站点", "host": "示例建设集团", "base": "enterprise"}
        place = {"region": "310115", "occupations": OFFERS}
        self.state("station", f"{HOST}/stations/PD-01", **host, **place, **listed)
        person = {"name": "闻人晓", "certificate": "K310000260001", "role": "assessor"}
        may = {"region": "310115", "occupations": list(OCCUPATIONS), "cap": "3"}
        self.state("assessor", f"{HOST}/assessors/A-001", **person, **may, **listed)
        self.publish()

    @property
    def since(self) -> dict[str, Any]:
        return {"from": self.now}

    def roster(self, name: str, *levels: str) -> Path:
        """Write the results of people who were examined yesterday."""
        yesterday = datetime.fromtimestamp(self.now, UTC) + timedelta(hours=8) - timedelta(days=1)
        names = list(OCCUPATIONS.values())
        table: list[list[Value]] = []
        for serial, level in enumerate(levels):
            said: dict[str, Value] = {"技能等级": level, "考核日期": f"{yesterday:%Y-%m-%d}"}
            said["职业（工种）"] = names[serial % 3]
            table.append(row(serial + len(name) * 100, **said))
        return csv_file(self.file(f"{name}.csv"), table)

    def file_batch(self, roster: Path, *words: object, code: int = 0) -> str:
        key = ["--statement-key", self.file("body-statement.pem")]
        return self.issuer("batch", roster, *key, *words, code=code)

    def issue(self, roster: Path, code: int = 0) -> str:
        keys = ["--key", self.file("body-certificate.pem")]
        keys += ["--submit-key", self.file("body-submit.pem"), "--out", self.file("codes")]
        return self.issuer("issue", roster, *keys, code=code)
