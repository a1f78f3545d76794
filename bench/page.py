# SPDX-License-Identifier: Apache-2.0
"""The page, in a real Chromium: verdicts beside WebCrypto, frames, loading, bytes before paint."""

import base64
import json
import os
import random
import re
import tempfile
from pathlib import Path
from typing import Any, Final

from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from playwright.sync_api import Page, sync_playwright

from bench import verdicts
from bench.report import Row
from keys.signing_key import SigningKey
from tests.credential import world
from tests.credential.world import World
from tests.web.browser import Site, built, launch, serving
from tests.web.pictures import frame, png, symbol, tilted
from tools import chromium, web

_TEXTS: Final = 200
_ROUNDS: Final = 15
_SLOTS: Final = 2**20
_REVOKED: Final = _SLOTS // 200
_BUILD: Final = """
const { build } = await import(process.argv[1]);
await build({ configFile: false, logLevel: 'error', root: process.argv[2], build: {
  lib: { entry: 'src/measure/main.ts', formats: ['es'], fileName: () => 'measure.js' },
  outDir: process.argv[3], emptyOutDir: false, target: 'es2022' } });
"""
_ASK: Final = """async ([name, one, ...rest]) => {
  const bytes = (text) => Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
  const measure = await import('/measure.js');
  const asked = { ...one, snapshot: bytes(one.snapshot), keys: one.keys.map(bytes) };
  if (name === 'frames') rest[0] = new Blob([bytes(rest[0])], { type: 'image/png' });
  return measure[name](asked, ...rest); }"""


def _point(key: SigningKey) -> str:
    data = key.public.public.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    return base64.b64encode(data).decode()


def _case(made: World, texts: list[str]) -> dict[str, Any]:
    return {
        "snapshot": base64.b64encode(made.data()).decode(),
        "anchor": made.anchor,
        "texts": texts,
        "keys": [_point(made.home.body_key), _point(made.home.epoch())],
        "at": world.AT,
        "region": "310115",
    }


def _million() -> World:
    """Fill a list of 2²⁰ certificates, one in two hundred of them revoked."""
    made = World()
    made.home.statuses["1"] = dict.fromkeys(random.Random(5).sample(range(_SLOTS), _REVOKED), 1)
    return made


def _painted(dist: Path) -> dict[str, int]:
    """Return the bytes that a phone loads, brotli: before the first paint, and later."""
    sizes: dict[str, int] = json.loads(
        web.run(
            "-e",
            "const z=require('zlib'),f=require('fs');console.log(JSON.stringify(Object.fromEntries("
            "process.argv.slice(1).map(n=>[n,z.brotliCompressSync(f.readFileSync(n)).length]))))",
            *(str(file) for file in dist.rglob("*") if file.suffix in {".js", ".css", ".wasm"}),
            str(dist / "index.html"),
        )
    )
    first = set(re.findall(r'(?:src|href)="/(assets/[^"]+)"', (dist / "index.html").read_text()))
    first.add("index.html")
    names = {Path(name).relative_to(dist).as_posix(): size for name, size in sizes.items()}
    return {
        "first": sum(size for name, size in names.items() if name in first),
        "wasm": sum(size for name, size in names.items() if name.endswith(".wasm")),
        "later": sum(size for name, size in names.items() if name not in first),
    }


def _kept(page: Page, one: dict[str, Any]) -> dict[str, int]:
    """Return by how many bytes a page's memory grows when it keeps something."""
    session = page.context.new_cdp_session(page)
    session.send("HeapProfiler.enable")
    sizes = {}
    for what in ("nothing", "lists", "nothing", "snapshot"):  # the first loads the code
        page.evaluate(_ASK, ["keep", one, what])
        session.send("HeapProfiler.collectGarbage")
        usage = session.send("Runtime.getHeapUsage")
        sizes[what] = int(usage["usedSize"] + usage["backingStorageSize"])
    return {what: size - sizes["nothing"] for what, size in sizes.items()}


def _ask(
    dist: Path, million: dict[str, Any], *questions: tuple[Any, ...]
) -> tuple[dict[str, int], list[dict[str, float]]]:
    site = Site(dist)
    with serving(site), sync_playwright() as playwright:
        browser = launch(playwright)
        page = browser.new_context(service_workers="block").new_page()
        page.goto(site.url)
        kept = _kept(page, million)
        answers = [page.evaluate(_ASK, list(question)) for question in questions]
        browser.close()
    return kept, answers


def rows() -> list[Row]:
    """Measure, where a browser can be had."""
    try:
        chromium.find()
    except chromium.NoBrowserError as error:
        return [Row("the page", f"not measured: {error}", "–")]
    os.environ["PLAYWRIGHT_NODEJS_PATH"] = str(web.NODE)
    made = World()
    texts = verdicts.codes(made)[:_TEXTS]
    one = _case(made, texts)
    picture = base64.b64encode(png(tilted(frame(symbol(texts[0])), 0.1))).decode()
    with tempfile.TemporaryDirectory() as folder:
        dist = built(Path(folder))
        painted = _painted(dist)
        vite = (web.WEB / "node_modules" / "vite" / "dist" / "node" / "index.js").as_uri()
        web.run("--input-type=module", "-e", _BUILD, vite, str(web.WEB), str(dist))
        million = _case(_million(), [])
        kept, (speed, frames, loaded) = _ask(
            dist,
            million,
            ("verdicts", one, _ROUNDS),
            ("frames", one, picture, 25),
            ("loading", million, _ROUNDS),
        )
    times = speed["ours"] / speed["limit"]
    return [
        Row(
            f"page: code text → verdict ({_TEXTS} codes, Chromium)",
            f"{speed['ours']:.3f} ms, {times:.2f} × the limit",
            f"two WebCrypto verifications at once: {speed['limit']:.3f} ms",
            "≤ 1.5 ×",
            times <= 1.5,
        ),
        Row(
            "page: frame of 1280 × 720 → verdict, median",
            f"{frames['ours']:.1f} ms",
            f"the decoder alone: {frames['decoder']:.1f} ms",
        ),
        Row(
            "page: a snapshot with 2²⁰ certificates, 0.5 % revoked, read and checked",
            f"{loaded['ours']:.0f} ms ({loaded['bytes'] / 1000:,.0f} kB)",
            f"hashing it and inflating its lists: {loaded['limit']:.0f} ms",
        ),
        Row(
            "page: memory that the same snapshot keeps, after collecting",
            f"{kept['snapshot'] / 1000:,.0f} kB",
            f"its inflated lists alone: {kept['lists'] / 1000:,.0f} kB",
        ),
        Row(
            "page: bytes before the first paint (brotli)",
            f"{painted['first'] / 1000:.1f} kB",
            f"later {painted['later'] / 1000:.0f} kB, of it wasm {painted['wasm'] / 1000:.0f} kB",
            "< 150 kB",
            painted["first"] < 150_000,
        ),
    ]
