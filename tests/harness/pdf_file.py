"""PDF files written by hand: lines of text on pages, and what can be wrong with a file."""

from __future__ import annotations

import io
import zlib
from typing import TYPE_CHECKING

from pypdf import PdfReader, PdfWriter

if TYPE_CHECKING:
    from collections.abc import Sequence

CATALOGUE, PAGES, FONT = 1, 2, 3


def pdf(pages: Sequence[Sequence[str]], title: str | None = None, *, javascript: str = "") -> bytes:
    """Return a file with these lines on its pages, 14 points apart; a line may hold what Windows-1252 can write."""
    contents = [
        "BT /F1 11 Tf 14 TL 72 720 Td " + " ".join(f"({_escaped(line)}) Tj T*" for line in page) + " ET"
        for page in pages
    ]
    return _file([text.encode("cp1252") for text in contents], title, javascript)


def scanned_pdf(pages: int = 2) -> bytes:
    """Return a file whose pages are a grey square each, as a scanner would make them."""
    return _file([b"0.5 g 72 72 400 600 re f"] * pages)


def encrypted_pdf(pages: Sequence[Sequence[str]], password: str) -> bytes:
    """Return a file that opens with a password; an empty one only forbids printing."""
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(pdf(pages))))
    writer.encrypt(user_password=password, owner_password="owner", algorithm="RC4-128")
    written = io.BytesIO()
    writer.write(written)
    return written.getvalue()


def bomb_pdf(mebibytes: int) -> bytes:
    """Return a small file whose one page unpacks to so much text."""
    packer = zlib.compressobj(9)
    packed = packer.compress(b"BT /F1 11 Tf 72 720 Td ")
    for _ in range(mebibytes):
        packed += packer.compress(b"(a) Tj T*\n" * (2**20 // 10))
    return _file([packed + packer.compress(b" ET") + packer.flush()], compressed=True)


def _file(
    contents: Sequence[bytes], title: str | None = None, javascript: str = "", *, compressed: bool = False
) -> bytes:
    count = len(contents)
    kids = " ".join(f"{4 + 2 * index} 0 R" for index in range(count))
    action = f" /OpenAction << /S /JavaScript /JS ({_escaped(javascript)}) >>" if javascript else ""
    objects = [
        f"<< /Type /Catalog /Pages {PAGES} 0 R{action} >>".encode("latin-1"),
        f"<< /Type /Pages /Kids [{kids}] /Count {count} >>".encode(),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    ]
    for index, content in enumerate(contents):
        objects.append(
            f"<< /Type /Page /Parent {PAGES} 0 R /MediaBox [0 0 595 842] /Contents {5 + 2 * index} 0 R "
            f"/Resources << /Font << /F1 {FONT} 0 R >> >> >>".encode()
        )
        filtered = " /Filter /FlateDecode" if compressed else ""
        objects.append(f"<< /Length {len(content)}{filtered} >>\nstream\n".encode() + content + b"\nendstream")
    if title is not None:
        objects.append(b"<< /Title (" + _escaped(title).encode("latin-1") + b") >>")
    return _with_table(objects, len(objects) if title is not None else None)


def _with_table(objects: Sequence[bytes], information: int | None) -> bytes:
    written, places = b"%PDF-1.4\n", []
    for number, content in enumerate(objects, 1):
        places.append(len(written))
        written += f"{number} 0 obj\n".encode() + content + b"\nendobj\n"
    table = f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n" + "".join(
        f"{place:010} 00000 n \n" for place in places
    )
    named = f" /Info {information} 0 R" if information else ""
    tail = f"trailer\n<< /Size {len(objects) + 1} /Root {CATALOGUE} 0 R{named} >>\nstartxref\n{len(written)}\n%%EOF\n"
    return written + (table + tail).encode()


def _escaped(text: str) -> str:
    return text.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")
