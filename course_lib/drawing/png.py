"""Pictures as small files: these pictures have few colours, and a palette makes them half as large."""

from __future__ import annotations

from hashlib import sha256
from io import BytesIO
from struct import pack
from zlib import crc32

from PIL import Image

COLOURS = 256
END = 12  # bytes of a PNG's last chunk, IEND
SEAL = 4 + 4 + len(b"Seal\0") + 64 + 4  # bytes of the chunk that holds the seal: length, type, text, checksum


def shrunk(png: bytes) -> bytes:
    """Reduce a picture to a palette, in which the rarest colours, at the edges of letters, are shared."""
    image = Image.open(BytesIO(png)).convert("RGB")
    small = image.quantize(COLOURS, method=Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)
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
