"""Pictures as small files: these pictures have few colours, and a palette makes them half as large."""

from __future__ import annotations

from io import BytesIO

import numpy as np
from PIL import Image

COLOURS = 256


def shrunk(png: bytes) -> bytes:
    """Reduce a picture to its commonest colours; the rarest, at the edges of letters, become the nearest of them."""
    image = Image.open(BytesIO(png)).convert("RGB")
    counted = sorted(image.getcolors(image.width * image.height) or [], key=lambda item: (-item[0], item[1]))
    colours = np.array([colour for _, colour in counted], dtype=np.int64)
    palette = colours[:COLOURS]
    nearest = ((colours[:, None, :] - palette[None, :, :]) ** 2).sum(axis=2).argmin(axis=1)
    index = np.zeros(1 << 24, dtype=np.uint8)  # by colour; of its 16 MB only the pages written to exist
    index[_packed(colours)] = nearest
    small = Image.fromarray(index[_packed(np.asarray(image))])
    small.putpalette(palette.astype(np.uint8).tobytes())
    file = BytesIO()
    small.save(file, format="png")
    return file.getvalue()


def _packed(colours: np.typing.NDArray[np.integer]) -> np.typing.NDArray[np.int32]:
    red, green, blue = (colours[..., k].astype(np.int32) for k in range(3))
    return red << 16 | green << 8 | blue
