# SPDX-License-Identifier: Apache-2.0
"""Draw the page's icons, as icon.svg says: `python -m tools.web_icons`; the result is committed."""

from pathlib import Path
from typing import Final

from PIL import Image, ImageDraw

PUBLIC: Final = Path(__file__).parents[1] / "verifier" / "web" / "src" / "app" / "public"
FIELD: Final = 512  # the drawing's units
OVER: Final = 4  # drawn larger and made smaller, so that edges are smooth
NAVY, WHITE, GREEN = (0x12, 0x32, 0x4F), (0xFF, 0xFF, 0xFF), (0x0A, 0x6B, 0x2D)


def draw(size: int) -> Image.Image:
    """Draw a shield with a tick, `size` pixels wide; all within a maskable icon's middle."""
    scale = size * OVER / FIELD
    image = Image.new("RGB", (size * OVER, size * OVER), NAVY)
    pen = ImageDraw.Draw(image)

    def at(*points: tuple[float, float]) -> list[tuple[float, float]]:
        return [(x * scale, y * scale) for x, y in points]

    shield = at((256, 88), (400, 140), (400, 252), (385, 318), (347, 376), (256, 440))
    mirrored = [(size * OVER - x, y) for x, y in reversed(shield)]
    pen.polygon([*shield, *mirrored], fill=WHITE)
    tick = at((180, 258), (234, 312), (334, 202))
    pen.line(tick, fill=GREEN, width=round(44 * scale), joint="curve")
    return image.resize((size, size), Image.Resampling.LANCZOS)


def main() -> None:
    """Write the two sizes that installed pages need."""
    for size in (192, 512):
        draw(size).save(PUBLIC / f"icon-{size}.png", optimize=True)


if __name__ == "__main__":
    main()
