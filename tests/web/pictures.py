# SPDX-License-Identifier: Apache-2.0
"""Codes as a camera sees them: drawn, turned, tilted, dim, blurred, bent; and films of them."""

import io
import math
import random
from collections.abc import Callable, Sequence
from pathlib import Path

import zxingcpp
from PIL import Image, ImageEnhance, ImageFilter

FRAME = (1280, 720)  # pixels
_SHADE = 200  # of the table that the paper lies on


def symbol(text: str, across: int = 360) -> Image.Image:
    """Draw a code of the printed form: the address as bytes, the digits as digits."""
    made = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode, ec_level="M")
    image = Image.fromarray(made.to_image(scale=1, add_quiet_zones=True)).convert("L")
    side = image.width * max(1, round(across * 2 / image.width))
    return image.resize((side, side), Image.Resampling.NEAREST).resize(
        (across, across), Image.Resampling.BOX
    )


def frame(*symbols: Image.Image, size: tuple[int, int] = FRAME) -> Image.Image:
    """Lay symbols side by side on a table."""
    scene = Image.new("L", size, _SHADE)
    for index, one in enumerate(symbols):
        middle = size[0] * (2 * index + 1) // (2 * len(symbols))
        scene.paste(one, (middle - one.width // 2, (size[1] - one.height) // 2))
    return scene


def turned(scene: Image.Image, degrees: float = 33) -> Image.Image:
    """Turn the camera."""
    return scene.rotate(degrees, Image.Resampling.BICUBIC, fillcolor=_SHADE)


def tilted(scene: Image.Image, lean: float = 0.18) -> Image.Image:
    """Look from the side: the far edge is shorter."""
    wide, high = scene.size
    inset = lean * wide
    far = [(inset, lean * high), (wide - inset, lean * high), (wide, high), (0, high)]
    flat = [(0, 0), (wide, 0), (wide, high), (0, high)]
    return scene.transform(
        scene.size, Image.Transform.PERSPECTIVE, _perspective(far, flat), Image.Resampling.BICUBIC,
        fillcolor=_SHADE,
    )  # fmt: skip


def blurred(scene: Image.Image, radius: float = 1.3) -> Image.Image:
    """Miss the focus."""
    return scene.filter(ImageFilter.GaussianBlur(radius))


def dim(scene: Image.Image, light: float = 0.3, seed: int = 7) -> Image.Image:
    """Take the light away, and put grain in."""
    dark = ImageEnhance.Contrast(ImageEnhance.Brightness(scene).enhance(light)).enhance(0.7)
    grain = random.Random(seed)
    noise = Image.frombytes("L", scene.size, grain.randbytes(scene.width * scene.height))
    return Image.blend(dark, noise, 0.04)


def coarse(scene: Image.Image, across: int = 640) -> Image.Image:
    """Give what a cheap camera gives."""
    high = scene.height * across // scene.width
    return scene.resize((across, high), Image.Resampling.BOX).resize(scene.size)


def curved(scene: Image.Image, depth: float = 0.16) -> Image.Image:
    """Bend the paper round a helmet: columns far from the middle draw together."""
    wide, high = scene.size
    steps = 40
    mesh = []
    for step in range(steps):
        left, right = step * wide // steps, (step + 1) * wide // steps

        def bent(x: float) -> float:
            share = (x - wide / 2) / (wide / 2)
            return wide / 2 + wide / 2 * math.sin(share * math.pi / 2 * depth * 3) / math.sin(
                math.pi / 2 * depth * 3
            )

        source = (bent(left), 0, bent(left), high, bent(right), high, bent(right), 0)
        mesh.append(((left, 0, right, high), source))
    return scene.transform(scene.size, Image.Transform.MESH, mesh, Image.Resampling.BICUBIC)


VIEWS: dict[str, Callable[[Image.Image], Image.Image]] = {
    "straight": lambda scene: scene,
    "turned": turned,
    "tilted": tilted,
    "blurred": blurred,
    "dim": dim,
    "coarse": coarse,
    "curved": curved,
}


def png(image: Image.Image) -> bytes:
    """Write a picture file."""
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


def film(path: Path, scenes: Sequence[Image.Image], each: int = 8) -> Path:
    """Write frames as a film that a browser takes for its camera (motion JPEG)."""
    with path.open("wb") as out:
        for scene in scenes:
            data = io.BytesIO()
            scene.convert("RGB").save(data, "JPEG", quality=90)
            out.write(data.getvalue() * each)
    return path


Corners = Sequence[tuple[float, float]]


def _perspective(target: Corners, source: Corners) -> list[float]:
    """Solve for the eight numbers that Pillow wants: from each target corner to its source."""
    rows: list[list[float]] = []
    for (x, y), (u, v) in zip(target, source, strict=True):
        rows.append([x, y, 1, 0, 0, 0, -u * x, -u * y, u])
        rows.append([0, 0, 0, x, y, 1, -v * x, -v * y, v])
    for pivot in range(8):
        best = max(range(pivot, 8), key=lambda row: abs(rows[row][pivot]))
        rows[pivot], rows[best] = rows[best], rows[pivot]
        rows[pivot] = [value / rows[pivot][pivot] for value in rows[pivot]]
        for row in range(8):
            if row != pivot:
                factor = rows[row][pivot]
                rows[row] = [a - factor * b for a, b in zip(rows[row], rows[pivot], strict=True)]
    return [row[8] for row in rows]
