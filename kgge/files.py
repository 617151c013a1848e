"""Where the data lies, and writing that leaves the old file or the new one, never half of one."""

import os
import re
import tempfile
from glob import escape
from pathlib import Path


class DataError(ValueError):
    """The data cannot be used as it stands; the message names place, text and what is allowed."""


class UsageError(DataError):
    """What was asked for does not exist; the message says what does."""


def data_folder() -> Path:
    """Return the folder that holds ``raw/`` and ``processed/``; raise if there is none.

    It is ``$KGGE_DATA`` where that is set, else ``data/`` of the checkout the package lies in.
    """
    named = os.environ.get("KGGE_DATA")
    folder = Path(named) if named else Path(__file__).resolve().parents[1] / "data"
    if not folder.is_dir():
        raise DataError(f"{folder}: no such data folder (set KGGE_DATA to one that holds raw/)")
    return folder


def write_bytes(path: Path, content: bytes) -> None:
    """Write `content` to `path` by way of a file beside it, so that no half file is ever seen.

    What a killed run left half-written beside `path` is removed.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    for left in path.parent.glob(f".{escape(path.name)}.*.part"):
        left.unlink(missing_ok=True)
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".part", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        os.chmod(name, 0o644)
        os.replace(name, path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def guard(text: str) -> str:
    """Return `text` so that no spreadsheet takes it for a formula; `unguard` gives it back.

    Examples
    --------
    >>> guard("=1+1"), unguard("'=1+1"), guard("-"), guard("rach-gia")
    ("'=1+1", '=1+1', '-', 'rach-gia')
    """
    return "'" + text if re.match(r"'*[=+\-@\t\r].", text, re.DOTALL) else text


def unguard(text: str) -> str:
    """Return the text that `guard` was given."""
    return text[1:] if re.match(r"'+[=+\-@\t\r].", text, re.DOTALL) else text
