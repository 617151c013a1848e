"""The sheets of the form that are not read: totals of what is filled in, and whom to count."""

from collections.abc import Iterable, Mapping

from xlsxwriter.utility import xl_rowcol_to_cell

from kgge.labels import about
from kgge.returns.form import COLUMNS, ENTRIES, SHEETS, Form
from kgge.returns.template import FIRST, VI_EN, Painter, Row, both, height, office

Values = Mapping[tuple[str, str], float | str]
TOTAL, WOMEN = "Tổng số / Total", "Trong đó: nữ / Women"


def write_summary(paint: Painter, form: Form, rows: Mapping[str, list[Row]], values: Values
                  ) -> None:
    """Write the sheet that adds up both tables: by indicator, women among them, and by source."""
    places = {kind: {row["code"]: at for at, row in enumerate(lines, FIRST) if "code" in row}
              for kind, lines in rows.items()}
    lines = summary_rows(form, places["indicators"])
    sheet = paint.sheet("summary", FIRST + len(lines) - 1)
    for row, (title, of, kind, codes) in enumerate(lines, FIRST):
        sheet.set_row(row, height("summary", {"text": title}))
        sheet.write_row(row, 0, (title, of), paint.cell)
        for at, column in enumerate(COLUMNS["summary"][2:], 2):
            money = column.code == "amount"
            if column.code not in ENTRIES[kind]:
                sheet.write(row, at, "", paint.past[money])
                continue
            entry = [c.code for c in COLUMNS[kind]].index(column.code)
            cells = (f"'{SHEETS[kind]}'!{area}"
                     for area in _areas([places[kind][c] for c in codes], entry))
            given = (values.get((code, column.code)) for code in codes)
            numbers = [value for value in given if isinstance(value, float | int)]
            sheet.write_formula(row, at, f"=SUM({','.join(cells)})", paint.past[money],
                                round(sum(numbers), 6))


def summary_rows(form: Form, asked: Iterable[str]) -> list[tuple[str, str, str, list[str]]]:
    """Return what the summary adds up for the row codes asked: two texts, table and codes."""
    lines, persons = [], [*asked]
    for indicator in dict.fromkeys(form.persons[code][0] for code in persons):
        every = [c for c in persons if form.persons[c][0] == indicator]
        women = [c for c in every if form.persons[c][2] == "female"]
        title = both(form, "indicator", indicator)
        lines.append((title, WOMEN if women == every else TOTAL, "indicators", every))
        lines += [("", WOMEN, "indicators", women)] * (0 < len(women) < len(every))
    for source in dict.fromkeys(source for _, source in form.money.values()):
        lines.append((both(form, "source", source), TOTAL, "spending",
                      [c for c, (_, of) in form.money.items() if of == source]))
    lines.append(("Tổng chi / All spending", TOTAL, "spending", [*form.money]))
    return lines


def _areas(rows: list[int], column: int) -> list[str]:
    """Return the cells of some rows, in order, as few areas: E8:E15, or E8, E10 and E12."""
    areas: list[list[int]] = []
    for row in rows:
        if areas and areas[-1][-1] == row - 1:
            areas[-1].append(row)
        else:
            areas.append([row])
    return [":".join(dict.fromkeys(xl_rowcol_to_cell(row, column) for row in (a[0], a[-1])))
            for a in areas]


def guide_rules(form: Form, year: int) -> list[Row]:
    """Return the rules of filling in, as the guide prints them."""
    facts = {"due": f"{form.due_on[year]:%d/%m/%Y}", "year": year, "last": year - 1}
    receiver = zip(VI_EN, office(form, about("receiver")).split("\n"), strict=True)
    vi, en = ({code: text.format(receiver=name, **facts)
               for code, text in form.words("guide", lang).items()} for lang, name in receiver)
    return [
        {"text": f"{vi[code]}\n{en[code]}", "vi": vi[f"{code}.text"], "en": en[f"{code}.text"]}
        for code in vi if f"{code}.text" in vi]


def guide_groups(form: Form, unit: str) -> list[Row]:
    """Return whom each group of a unit holds, as the guide prints it."""
    lines, said = [], [form.words("definition", lang) for lang in VI_EN]
    for group, scope in form.scopes(unit).items():
        lines.append({"text": "\n".join(dict.fromkeys(form.labels["group", group])),
                      "scope": scope,
                      **{lang: of.get(group, "") for lang, of in zip(VI_EN, said, strict=True)}})
    return lines


def write_guide(paint: Painter, form: Form, unit: str, year: int) -> None:
    """Write the sheet that explains the form: the rules, then whom each group of the unit holds."""
    lines = guide_rules(form, year) + guide_groups(form, unit)
    sheet = paint.sheet("guide", FIRST + len(lines) - 1)
    for row, line in enumerate(lines, FIRST):
        sheet.set_row(row, height("guide", line))
        sheet.write_row(row, 0, [line.get(c.code, "") for c in COLUMNS["guide"]], paint.cell)
