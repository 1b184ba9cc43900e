"""Pictures as small files: these pictures have few colours, and a palette makes them half as large."""

from __future__ import annotations

from hashlib import sha256
from io import BytesIO
from struct import pack
from zlib import crc32

import numpy as np
from PIL import Image

COLOURS = 256
END = 12  # bytes of a PNG's last chunk, IEND
SEAL = 4 + 4 + len(b"Seal\0") + 64 + 4  # bytes of the chunk that holds the seal: length, type, text, checksum


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


def sealed(png: bytes, text: str) -> bytes:
    """Write into a PNG whose picture it is: a hash of its bytes and of the text that tells what it shows.

    Nobody compares the bytes of a picture, which differ from machine to machine. By its seal a picture is known that
    was put beside another text, or was left there when the text became another.
    """
    chunk = b"tEXtSeal\0" + sha256(png + text.encode()).hexdigest().encode()
    return png[:-END] + pack(">I", len(chunk) - 4) + chunk + pack(">I", crc32(chunk)) + png[-END:]


def is_sealed(png: bytes, text: str) -> bool:
    """Tell whether a PNG is sealed, and with this text."""
    return sealed(png[: -END - SEAL] + png[-END:], text) == png


def _packed(colours: np.typing.NDArray[np.integer]) -> np.typing.NDArray[np.int32]:
    red, green, blue = (colours[..., k].astype(np.int32) for k in range(3))
    return red << 16 | green << 8 | blue
