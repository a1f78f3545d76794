# SPDX-License-Identifier: Apache-2.0
"""`skillseal demo`: tell the story, ask every case, write what it left, compare."""

import shutil
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from credential.errors import UnavailableError
from issuer import symbol
from issuer.results import write as write_file
from keys.signing_key import SigningKey
from skillseal.demo import cases, cast, forgeries, leavings, questions, wall
from skillseal.demo.cases import Asker, Case, Judged
from skillseal.demo.maker import Maker
from skillseal.demo.story import EPOCHS, Step, Story
from skillseal.demo.times import Times

LEAST: Final = 400
TABLE: Final = "certificates.jsonl"


@dataclass(frozen=True, slots=True)
class Result:
    """What a run came to."""

    folder: Path
    anchor: str
    judged: tuple[Judged, ...]
    sample: Case
    """A plain valid one, to be shown."""
    sample_file: str
    """Its code's text file in `qr`."""
    receipt_key: SigningKey
    """Of the first registry's last epoch."""
    issued: int
    seconds: float

    @property
    def wrong(self) -> tuple[Judged, ...]:
        """Verdicts that are not what they should be."""
        return tuple(each for each in self.judged if not each.as_expected)

    @property
    def reasons(self) -> Counter[tuple[str, str]]:
        """How many cases got which outcome and reason."""
        return Counter((str(one.verdict.outcome), one.verdict.reason) for one in self.judged)


def run(folder: Path, certificates: int, say: Callable[[str], None], step: Step) -> Result:
    """Run the demonstration in an empty or absent folder.

    Args:
        folder: Where everything goes.
        certificates: Issue at least so many.
        say: Told what happens.
        step: Told of progress.
    """
    start = time.monotonic()
    times = Times(int(time.time()), cast.SHANGHAI.members[-1], cast.UNFILED)
    story = Story(folder, times, -(-certificates // cast.ONE_ROUND), say, step)
    story.tell()
    maker = Maker(story.shanghai, story.jiangsu, story.issued, times)
    special = [*questions.all_cases(maker), *forgeries.all_cases(maker)]
    anchor = story.shanghai.anchor
    (folder / "anchor.txt").write_text(f"{anchor}\n", encoding="ascii")
    say("逐枚离线核验 · verifying every code, offline")
    asker = Asker(folder, anchor, story.clock.now)
    judged = [asker.judge(case) for case in (*special, *_plain(story, special))]
    names = _write_codes(folder / "qr", story, judged)
    tiles = (_tile(each.case, folder / "qr" / names[number]) for number, each in enumerate(judged))
    shown = [tile for tile in tiles if tile.title]
    write_file(folder / "wall.html", wall.page(shown, anchor).encode())
    _print_wall(folder / "wall.pdf", shown, anchor, say)
    lines = (each.case.to_members(names[number]) for number, each in enumerate(judged))
    cases.write(folder / TABLE, lines)
    leavings.leave(folder, story.shanghai, f"epoch-{EPOCHS}")
    issued = sum(map(len, story.issued.values()))
    seconds = time.monotonic() - start
    receipt_key = story.shanghai.keys[f"epoch-{EPOCHS}"]
    return Result(folder, anchor, tuple(judged), special[0], names[0], receipt_key, issued, seconds)


def _plain(story: Story, special: list[Case]) -> Iterator[Case]:
    """Ask for every certificate where it was issued, but for those that are a case of their own."""
    known = {case.text for case in special}
    for (key, _), issued in story.issued.items():
        at_home = any(member.key == key for member in cast.SHANGHAI.members)
        for one in issued:
            if one.text in known:
                continue
            yield Case(
                number=str(one.item.number),
                text=one.text,
                name=one.person.name,
                region=cast.SHANGHAI.district if at_home else cast.JIANGSU.district,
                outcome="VALID",
                reason="ok",
                snapshot=None if at_home else questions.JIANGSU,
                anchor=None if at_home else story.jiangsu.anchor,
            )


def _write_codes(folder: Path, story: Story, judged: list[Judged]) -> list[str]:
    """Write text, SVG and PNG of every code; real ones were written by the desk."""
    folder.mkdir(parents=True, exist_ok=True)
    made = {one.text: one.files for issued in story.issued.values() for one in issued}
    names: list[str] = []
    written: dict[str, str] = {}
    for number, each in enumerate(judged):
        text = each.case.text
        name = written.get(text) or f"{number:04d}-{each.case.reason.replace('.', '-')}"
        names.append(f"{name}.txt")
        if text in written:
            continue
        written[text] = name
        if text in made:
            for ending in (".txt", ".svg", ".png"):
                source = made[text].with_name(made[text].name + ending)
                shutil.copyfile(source, folder / f"{name}{ending}")
            continue
        drawn = symbol.draw(text)
        for ending, content in ((".svg", drawn.svg()), (".png", drawn.png())):
            write_file(folder / f"{name}{ending}", content)
        write_file(folder / f"{name}.txt", text.encode("ascii"))
    return names


def _print_wall(
    path: Path, tiles: Sequence[wall.Tile], anchor: str, say: Callable[[str], None]
) -> None:
    """Print the wall, where what printing needs is there: the demonstration runs without it."""
    if not all(map(find_spec, ("typst", "fontTools", "pypdfium2"))):
        return
    from skillseal.demo import wall_pdf  # an extra

    try:
        write_file(path, wall_pdf.pages(tiles, anchor))
    except UnavailableError as error:
        say(f"没有打印验证墙 · wall.pdf was not written: {error}")


def _tile(case: Case, file: Path) -> wall.Tile:
    asked = {
        "核验地区": case.region,
        "核验时间": "" if case.at is None else cases.iso(case.at),
        "离线数据": case.snapshot or "",
        "证件号码": case.id_number or "",
        "岗位要求": case.demand or "",
    }
    return wall.Tile(
        title=case.title,
        svg=file.with_suffix(".svg").read_text("utf-8"),
        outcome=case.outcome,
        reason=case.reason,
        asked=tuple((label, text) for label, text in asked.items() if text),
        text=case.text,
    )
