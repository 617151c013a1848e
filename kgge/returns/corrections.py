"""Several returns of one unit and year: copies, corrections, and when each of them came."""

import datetime
import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

from kgge.returns.cells import plain_dates, read_date
from kgge.returns.form import Form
from kgge.returns.parse import Return
from kgge.returns.receipts import Dates, Key

_DATED = ("no_date", "received_on", "far_date", "swapped_date")  # what a cover's date is told
# Ours: a correction may well take away one figure or two; one that takes more was sent in part.
_SOME = 3


class Batch(NamedTuple):
    """The returns of a folder, and by the names of their files what else is known of them.

    `files` holds where each lies, `dates` the dates of the lists, `first` by unit and year the
    return that later ones correct.
    """

    found: list[Return]
    files: dict[str, Path]
    dates: Dates
    first: dict[Key, Return]

    def sound(self) -> list[Return]:
        """Return the returns that count."""
        return [one for one in self.found if not one.failed]

    def content(self, one: Return) -> bytes:
        """Return a file byte for byte."""
        return self.files[one.name].read_bytes()


def sort_out(batch: Batch, before: Batch, form: Form) -> None:
    """Of several returns of a unit and year keep the one that corrects the others, or none.

    One that was refused is replaced as well, and what was wrong with it is nobody's to mend.
    `before` holds what was taken in earlier, sorted out already: a correction may be one of that.
    Of illustrative ones none was received.
    """
    same: dict[Key, list[Return]] = {key: [] for key in batch.dates}
    for one in batch.found:
        if one.unit and not one.sender:
            same.setdefault((one.unit, one.year), []).append(one)
    taken = {(one.unit, one.year): one for one in before.sound()}
    for key, several in same.items():
        sound, earlier = _sound(several), taken.get(key)
        chain = _chain(sound)
        _date(key, several, chain, batch, earlier, before)
        if chain and chain[-1].replaces:
            _miss(chain[-1], [one for one in (earlier, *several)
                              if one and not (one.failed and one.replaces)])
        _judge(key, several, sound, chain, form)
        if chain and chain[0].replaces and earlier:
            batch.first[key] = before.first.get(key, earlier)
        elif chain:
            batch.first.setdefault(key, chain[0])
            again = earlier and not chain[-1].replaces
            if earlier and again and not earlier.illustrative and (
                    batch.content(chain[-1]) != before.content(earlier)):
                chain[-1].fault("taken_in", *chain[-1].beside("replaces"), year=key[1],
                                wanted=earlier.name)


def _sound(several: Sequence[Return]) -> list[Return]:
    """Return those that may count; beside filled ones a blank form that corrects nothing does not.

    With it, it would be open which of them counts.
    """
    sound = [one for one in several if not one.failed]
    filled = next((one for one in sound if one.submitted and not one.replaces), None)
    if not filled or _chain(sound):
        return sound
    for one in sound:
        if not one.submitted and not one.replaces:
            one.faults.clear()
            one.fault("blank_form", one.name, wanted=filled.name)
    return [one for one in sound if not one.failed]


def _miss(last: Return, earlier: Sequence[Return]) -> None:
    """Ask after figures of earlier returns that the correction, which counts alone, leaves blank.

    A correction is a whole return; one that says only what has changed takes all else away.
    """
    lost = {}
    for one in earlier:
        for code, (line, *_) in one.lines.items():
            for name, (*_, cell) in line.cells.items():
                here = last.lines[code][0] if code in last.lines else None
                if cell.state == "reported" and (
                        here is None or here.cells[name][2].state == "not_reported"):
                    lost[code, name] = (one, line, here)
    if len(lost) >= _SOME:
        from xlsxwriter.utility import xl_rowcol_to_cell

        places = [(here.sheet, here.row, here.cells[name][0]) for (_, name), (*_, here)
                  in lost.items() if here and here.cells[name][0] >= 0]
        cells = [f"{line.sheet}!{xl_rowcol_to_cell(line.row, line.cells[name][0])}"
                 for (_, name), (_, line, _) in lost.items()]
        last.fault("left_out", len(lost), *(places or [("", -1, -1)])[0],
                   wanted=next(iter(lost.values()))[0].name,
                   first=", ".join(cells[:3]) + " …" * (len(cells) > 3))


def _judge(key: Key, several: Iterable[Return], sound: Sequence[Return],
           chain: Sequence[Return], form: Form) -> None:
    """Set aside what was replaced; refuse returns of which it is not said which one counts."""
    last = chain[-1] if chain and chain[-1].replaces else None
    what = " ".join(map(str, key))
    named: dict[str, Any] = {"unit": form.labels["unit", key[0]], "year": key[1]}
    for one in several:
        if last and one is not last and not (one.failed and one.replaces):
            one.faults.clear()
            one.fault("replaced", what, wanted=last.name, **named)
        elif not chain and one in sound:
            others = ", ".join(r.name for r in sound if r is not one)
            one.fault("duplicate_return", what, wanted=others, **named)


def _chain(sound: Sequence[Return]) -> list[Return]:
    """Return returns of a unit and year in the order in which they came; none where it is open."""
    said = [one for one in sound if one.replaces]
    if len(sound) - len(said) > 1:
        return []
    after = {one.name: sum(_came_later(one, other) for other in said if other is not one)
             for one in said}
    said.sort(key=lambda one: after[one.name])
    if said and after[said[-1].name] < len(said) - 1:
        return []
    return [one for one in sound if not one.replaces] + said


def _came_later(one: Return, other: Return) -> bool:
    """Tell whether a correction came after another: by dates of receipt, else by what it replaces.

    Received on 20/02 is before what replaces the return of 20/02, and that before what replaces
    the one of 20/03.
    """
    if one.received_on and other.received_on and one.received_on != other.received_on:
        return one.received_on > other.received_on
    mine, its = _replaced_on(one), _replaced_on(other)
    return bool(mine and (other.received_on and mine >= other.received_on or its and mine > its))


def _replaced_on(one: Return) -> datetime.date | None:
    """Return the date of the return that a correction says it replaces."""
    value = one.beside("replaces")[0]
    named = re.search(r"\d+/\d+/\d{4}", plain_dates(value))
    return read_date(value) or (read_date(named[0]) if named else None)


def _date(key: Key, several: Sequence[Return], chain: list[Return], batch: Batch,
          earlier: Return | None, before: Batch) -> None:
    """Give returns the dates of the lists, which stand above what their covers say.

    The earliest date is that of the first return, be it refused or taken in before; later ones
    are those of the corrections, in order. A date that is left over is named.
    """
    receipts, old = batch.dates.get(key, []), before.dates.get(key, [])
    said = receipts or old
    if not chain and any(not one.failed for one in several):
        return  # it is open which came first; none of them counts
    if not chain or chain[0].replaces:
        first = [one for one in several if one.failed and not one.replaces][:1]
        if not first and earlier:
            first, said = [earlier], [*old, *receipts]
        chain = first + chain
    days = list({receipt.day: receipt for receipt in sorted(said, key=lambda r: r.day)}.values())
    if chain and chain[0].replaces:  # the one that it replaces is not there, its date may be
        instead = _replaced_on(chain[0]) if chain[0] is not earlier else None
        past = [d for d in days if d.day <= instead] if instead else days[:-len(chain)]
        days = days[len(past):]
        if past:
            batch.first[key] = replace(chain[0], received_on=past[0].day)
    for one, receipt in zip(chain, days, strict=False):
        one.received_on = receipt.day
        one.faults = [fault for fault in one.faults if fault[3] not in _DATED]
    for left in days[max(len(chain), 1):]:
        left.list.fault("receipts", left.text, row=left.row, column=left.column,
                        line=left.row + 1, wanted=f"{key[0]} {key[1]}: {days[0].day:%d/%m/%Y}")
