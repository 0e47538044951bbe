"""Text of documents that came along, for finding numbers in: PDF, within limits, and never a failure."""

import io
import logging

from triage.parsing import charset

MAX_PAGES = 20
MAX_CHARACTERS = 200 * 1024
MAX_BYTES = 10 * 1024 * 1024


def pdf_text(data: bytes) -> tuple[str, str]:
    """The text of the first pages, and a defect where it could not be read."""
    if len(data) > MAX_BYTES:
        return "", "PDF is too large to be searched"
    from pypdf import PdfReader

    # It warns of every oddity of every file; none of them is ours to mend.
    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    out: list[str] = []
    try:
        reader = PdfReader(io.BytesIO(data))
        if reader.is_encrypted and not reader.decrypt(""):
            return "", "PDF is encrypted"
        for page in reader.pages[:MAX_PAGES]:
            out.append(page.extract_text())
            if sum(map(len, out)) > MAX_CHARACTERS:
                break
    except Exception:
        # A damaged file raises anything at all, from KeyError to RecursionError.
        return charset.clean("\n".join(out)), "PDF could not be read"
    return charset.cut(charset.clean("\n".join(out)), MAX_CHARACTERS), ""
