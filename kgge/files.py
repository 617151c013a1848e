"""Where the data lies, and writing that leaves the old file or the new one, never half of one."""

import csv
import os
import re
import tempfile
import unicodedata
from collections.abc import Collection, Iterator, Sequence
from glob import escape
from io import StringIO
from pathlib import Path

_CHECKOUT = Path(__file__).resolve().parents[1] / "data"
_NAMED = re.compile(r"sep=([,;\t|])[\r\n]", re.IGNORECASE)


class DataError(ValueError):
    """The data cannot be used as it stands; the message names place, text and what is allowed."""


class UsageError(DataError):
    """What was asked for does not exist; the message says what does."""


def data_folder() -> Path:
    """Return the folder that holds ``raw/`` and ``processed/``; raise if there is none.

    It is ``$KGGE_DATA`` where that is set, else ``data/`` of the checkout the package lies in.
    """
    named = os.environ.get("KGGE_DATA")
    folder = Path(named) if named else _CHECKOUT
    if not folder.is_dir():
        raise UsageError(f"{folder}: no such data folder; name one that holds raw/ by --data or "
                         "KGGE_DATA, or make one with kgge new")
    return folder


def read_rows(path: Path, columns: Sequence[str],
              numbers: Collection[str] = ()) -> list[tuple[int, dict[str, str]]]:
    """Return the rows of a list kept by hand as CSV, each with its line; text is NFC, trimmed.

    Excel saves such lists with or without a byte order mark, with ``,`` or ``;`` between, and
    with rows and columns of nothing at the end: all of it is read alike. It writes ``;`` where the
    sign of decimals is a comma: in the columns `numbers` 0,7 is then 0.7.

    Raises
    ------
    DataError
        If the file is missing, not UTF-8, lacks one of `columns` or has a row that is too long.

    Examples
    --------
    >>> read_rows(data_folder() / "raw" / "groups.csv", ["indicator", "group"])[0]
    (2, {'indicator': '1a', 'group': 'officials', 'sexes': 'female;male'})
    """
    if not path.exists():
        raise DataError(f"{path}: no such list")
    try:
        text = unicodedata.normalize("NFC", path.read_bytes().decode("utf-8-sig"))
        (_, head), *below = [*split_rows(text)] or [(1, [])]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise DataError(f"{path}: cannot be read as a list in UTF-8 ({error})") from error
    names = [name.strip() for name in head]
    if absent := [column for column in columns if column not in names]:
        raise DataError(f"{path.name}: the column {', '.join(absent)} is missing; the columns are "
                        f"{', '.join(filter(None, names)) or 'none'}")
    rows, commas = [], {*numbers} if separator(text) == ";" else set()
    for line, cells in below:
        if any(cells[len(names):]) or any(c for n, c in zip(names, cells, strict=False) if not n):
            raise DataError(f"{path.name}, line {line}: more fields than the {len(names)} columns; "
                            "text with a separator in it stands in quotes")
        cells += [""] * (len(names) - len(cells))
        rows.append((line, {
            n: re.sub(r"^(-?\d+),(\d+)$", r"\1.\2", c) if n in commas else c
            for n, c in zip(names, cells, strict=False) if n}))
    return rows


def separator(text: str) -> str:
    """Return what stands between the fields of a CSV: as its first line names it, or has most."""
    named = _NAMED.match(text)
    head = re.split(r"[\r\n]", text, maxsplit=1)[0]  # names of columns hold none of the three
    return named[1] if named else max(",;\t", key=head.count)


def split_rows(text: str) -> Iterator[tuple[int, list[str]]]:
    """Yield the rows of a CSV that hold anything, trimmed, each with its line.

    Excel writes the separator of the system's language, or names it in a first line ``sep=;``.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    reader, line = csv.reader(StringIO(text), delimiter=separator(text)), 1
    for cells in reader:
        cells = [cell.strip() for cell in cells]
        if any(cells) and not (line == 1 and _NAMED.match(text)):
            yield line, cells
        line = reader.line_num + 1


def write_bytes(path: Path, content: bytes) -> None:
    """Write `content` to `path` by way of a file beside it, so that no half file is ever seen.

    What a killed run left half-written beside `path` is removed.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    for left in path.parent.glob(f".{escape(path.name)}.*.part"):
        left.unlink(missing_ok=True)
    # In the same folder, since a file is put in place at once only within one file system.
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".part", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        os.chmod(name, 0o644)
        os.replace(name, path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def apart(source: Path, target: Path) -> None:
    """Raise if a folder to write to lies in the returns or holds them: it could replace one."""
    source, target = source.resolve(), target.resolve()
    if (target == source.parent if source.is_file() else
            target.is_relative_to(source) or source.is_relative_to(target)):
        raise UsageError(f"{target}: choose a folder apart from the returns in {source}")


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
    return text[1:] if text[:1] == "'" and re.match(r"'+[=+\-@\t\r].", text, re.DOTALL) else text
