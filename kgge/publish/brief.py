"""The brief: what a leader reads on one page, as tables and sentences, as PDF and as .docx."""

from collections.abc import Sequence
from io import BytesIO
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd

from kgge.analysis.reporting import reporting_rates
from kgge.charts.execution import least, partial
from kgge.charts.layout import MARK, chart_text, unseen
from kgge.charts.style import INK, NAVY, PLUM, SIZES, drawn_in_style, wrap
from kgge.files import write_bytes
from kgge.labels import current_lang, label, number, percent, speaking, words
from kgge.publish.catalogue import Figure, Published, published, with_total
from kgge.publish.show import NO_FIGURE, show
from kgge.tables import load as tables

_MONEY = ["project", "planned", "within", "execution", "other"]
_A4, _MARGIN, _LINE = (8.27, 11.69), 0.6, 1.35  # inches; height of a line in letters
_DOTS = 85  # an inch, of the page as a picture: legible on a screen, below 100 kB
_ROOM = (15, 8.5)  # cm: the picture in the Word document, as one page leaves room for
# The charts whose titles are the findings: where there are returns, and where there are none.
_FINDINGS = ("planned_against_spent", "reports_received", "reach_needed", "women_against_men",
             "gap_by_unit")
_ALONE = ("planned_by_year_and_source", "planned_by_project_and_source", "planned_by_line")


class Brief(NamedTuple):
    """The parts of the brief, in one language."""

    lang: str
    tiles: pd.DataFrame  # what, value, about: the headline figures
    verdicts: pd.DataFrame  # rows of `progress` of the latest year; none without returns
    money: pd.DataFrame  # planned and spent by project, with a row of totals
    findings: list[str]
    notes: list[str]

    @property
    def mark(self) -> str:
        """The mark of illustrative returns in words; nothing where they are none."""
        marked = tables.is_illustrative() and len(self.verdicts) > 0
        return f"{MARK[self.lang]}. {label('word', 'mark_text', self.lang)}" * marked

    @property
    def headline(self) -> pd.DataFrame:
        """The tiles side by side: what it is, the figure, what it counts."""
        out = pd.DataFrame([self.tiles["value"].tolist(), self.tiles["about"].tolist()],
                           columns=self.tiles["what"].tolist())
        out.attrs = {"look": "tiles", "illustrative": self.money.attrs.get("illustrative", False)}
        return out


def brief(lang: str | None = None, made: Published | None = None) -> Brief:
    """Return the brief of the data folder.

    Parameters
    ----------
    lang : {"en", "vi"}, optional
        Language; by default the one `kgge.use` set.
    made : dict, optional
        What `kgge.publish.catalogue.published` gave, where it is at hand.

    Returns
    -------
    Brief
        tiles (columns what, value, about: text), verdicts (as `kgge.progress`, latest year),
        money (million dong, by project and in total), findings and notes (sentences).

    Raises
    ------
    DataError
        If a processed table is missing or a code has no label.

    Examples
    --------
    >>> brief("en").money.columns.tolist()
    ['project', 'planned', 'within', 'execution', 'other']
    """
    with speaking(lang):
        drawn = {chart: table for section in (made or published()).values()
                 for chart, table in section.items()}
        money = drawn.get("planned_against_spent", pd.DataFrame())
        verdicts = drawn.get("scorecard", pd.DataFrame(columns=["indicator"]))
        notes = ["firm", "targets", "cuts"] if len(verdicts) else ["no_returns"]
        return Brief(current_lang(), _tiles(money, drawn.get("reports_received"), verdicts),
                     verdicts, _money(money, drawn), _findings(drawn),
                     [label("brief", note) for note in notes])


def _money(money: pd.DataFrame, made: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """Return planned and spent by project, and the totals; without returns what is planned."""
    if not len(money):
        plan = made["planned_by_project_and_source"].groupby("project", sort=False)["amount"].sum()
        out = pd.DataFrame({"project": [*plan.index, "total"], "planned": [*plan, plan.sum()]})
        out.attrs["illustrative"] = False
        return out
    out = with_total(money, "project")[_MONEY]
    out.attrs["illustrative"] = tables.is_illustrative(money)
    return out


def _tiles(money: pd.DataFrame, reporting: pd.DataFrame | None,
           verdicts: pd.DataFrame) -> pd.DataFrame:
    """Return the four headline figures; "[x]" where no return has come."""
    said = words("tile")
    if reporting is None or money.empty:
        return pd.DataFrame([{"what": said[name], "value": NO_FIGURE[0],
                              "about": said["no_returns"]}
                             for name in ("execution", "received", "achieved", "open")])
    sums = money[["planned", "within", "other"]].sum()
    rates = reporting_rates(reporting, "year").sum(numeric_only=True)
    open_ = verdicts[verdicts["status"].ne("not_assessable") & ~verdicts["firm"].eq(True)]
    good = verdicts["status"].isin(["achieved", "on_track"])
    early = bool(verdicts["required_pace"].notna().any())
    ends = dict.fromkeys([money["first_year"].min(), money["last_year"].max()])
    told = {"within": least(number(sums["within"], digits=1), partial(money).any()),
            "planned": number(sums["planned"]), "years": "–".join(map(str, ends)),
            "on_time": number(rates["on_time"]),
            "year": reporting.loc[reporting["received"], "year"].max(),
            "indicators": ", ".join(open_["indicator"]) or said["none"]}
    values = {"execution": percent(sums["within"] / sums["planned"]) if sums["planned"]
              else NO_FIGURE[1],
              "received": f"{rates['received']:.0f}/{rates['expected']:.0f}",
              "early" if early else "achieved": f"{good.sum()}/{len(verdicts)}",
              "open": f"{len(open_)}/{len(verdicts)}"}
    return pd.DataFrame([{"what": said[name], "value": value,
                          "about": said[f"{name}.about"].format(**told)}
                         for name, value in values.items()])


def _findings(made: dict[str, pd.DataFrame]) -> list[str]:
    """Return the titles of the charts that answer the five questions of the brief."""
    from matplotlib import pyplot

    from kgge import charts

    found = []
    for name in _FINDINGS if "planned_against_spent" in made else _ALONE:
        table = made.get(name, pd.DataFrame())
        if name == "gap_by_unit" and len(table):  # of the indicator that has reached the least
            state = made["scorecard"]
            share = (state["coverage"] / state["target"]).fillna(1).to_numpy()
            table = table[table["indicator"] == state["indicator"].iloc[int(share.argmin())]]
        if len(table):
            with unseen():
                ax = getattr(charts, name)(table)
            found.append(chart_text(ax).title + ".")
            pyplot.close(ax.figure)
    return found


def brief_page(about: Brief, picture: bytes, form: str = "pdf") -> bytes:
    """Return the brief as one A4 page, a PDF or a PNG, the scorecard's picture in it."""
    import matplotlib.pyplot as plt

    buffer = BytesIO()
    with drawn_in_style():
        page = plt.figure(figsize=_A4)
        try:
            _draw_page(page, about, picture)
            page.savefig(buffer, format=form, dpi=_DOTS, metadata={
                "Title": label("brief", "title", about.lang),
                "CreationDate" if form == "pdf" else "Software": None})
        finally:
            plt.close(page)
    return buffer.getvalue()


def _draw_page(page: Any, about: Brief, picture: bytes) -> None:
    """Put the parts of the brief on a page, one below the other."""
    import matplotlib.pyplot as plt
    from matplotlib.lines import Line2D

    said, lang, wide = words("brief", about.lang), about.lang, _A4[0] - 2 * _MARGIN
    y = _A4[1] - _MARGIN

    def put(text: str, size: float, x: float = 0, room: float = wide, **look: Any) -> float:
        broken = wrap(text, room * 0.97, size, bool(look.get("fontweight")))
        page.text((_MARGIN + x) / _A4[0], y / _A4[1], broken, fontsize=size, va="top",
                  linespacing=_LINE, **({"color": INK} | look))
        return (broken.count("\n") + 1) * size * _LINE / 72

    y -= put(said["title"], SIZES["title"], fontweight="bold", color=NAVY) + 0.03
    y -= put(label("word", "plan", lang), SIZES["source"]) + 0.06
    if about.mark:
        y -= put(about.mark, SIZES["label"], fontweight="bold", color=PLUM) + 0.06
    room = wide / len(about.tiles)
    for key, size, look in (("what", SIZES["source"], {"fontweight": "bold"}),
                            ("value", 20.0, {"fontweight": "bold", "color": NAVY}),
                            ("about", SIZES["source"], {})):
        y -= max(put(str(text), size, at * room, room - 0.1, **look)
                 for at, text in enumerate(about.tiles[key])) + 0.02
    y -= 0.06
    if picture:
        image = plt.imread(BytesIO(picture))
        high = min(3.9, wide * image.shape[0] / image.shape[1])
        across = high * image.shape[1] / image.shape[0]
        spot = page.add_axes((_MARGIN / _A4[0], (y - high) / _A4[1], across / _A4[0],
                              high / _A4[1]))
        spot.imshow(image, aspect="auto")
        spot.axis("off")
        y -= high + 0.1
    shown = show(about.money, lang, "spent")
    y -= put(shown.caption, SIZES["label"], fontweight="bold") + 0.02
    first = wide * 0.44
    step = (wide - first) / max(1, len(shown.heads) - 1)
    for at_row, row in enumerate([shown.heads, *shown.rows]):
        if at_row in (1, len(shown.rows)):  # a rule below the heads and above the totals
            page.add_artist(Line2D([_MARGIN / _A4[0], 1 - _MARGIN / _A4[0]],
                                   [(y + 0.015) / _A4[1]] * 2, color=INK, linewidth=0.6))
            y -= 0.02
        used = 0.0
        for at, text in enumerate(row):
            x = first + step * at if at else 0.0
            used = max(used, put(text, SIZES["source"], x, step * 0.95 if at else first,
                                 ha="right" if at else "left"))
        y -= used + 0.02
    for head, lines in ((said["findings"], about.findings),
                        (said["notes"], [*about.notes, *shown.notes])):
        y -= 0.06
        y -= put(head, SIZES["label"], fontweight="bold", color=NAVY)
        for line in lines:
            y -= put(f"• {line}", SIZES["source"]) + 0.02


def brief_document(about: Brief, picture: bytes, alt: str) -> bytes:
    """Return the brief as a Word document."""
    from docx import Document as new_document
    from docx.shared import Cm, Pt

    from kgge.publish import word

    said, lang, doc = words("brief", about.lang), about.lang, new_document()
    word.set_up(doc, lang, said["title"])
    page = doc.sections[0]
    page.top_margin = page.bottom_margin = Cm(1.5)
    doc.styles["Normal"].font.size = Pt(10)
    doc.add_paragraph(said["title"], style="Heading 1")
    doc.add_paragraph(label("word", "plan", lang))
    if about.mark:
        doc.add_paragraph().add_run(about.mark).bold = True
    tiles = [[str(v) for v in about.tiles[key]] for key in ("what", "value", "about")]
    word.add_table(doc, tiles, [False] * len(about.tiles))
    if picture:
        word.add_picture(doc, picture, alt, said["scorecard"], _ROOM)
    shown = show(about.money, lang, "spent")
    doc.add_paragraph(shown.caption, style="Caption")
    word.add_table(doc, [shown.heads, *shown.rows], shown.right)
    for head, lines in ((said["findings"], about.findings),
                        (said["notes"], [*about.notes, *shown.notes])):
        doc.add_paragraph(head, style="Heading 2")
        for line in lines:
            doc.add_paragraph(line, style="List Bullet")
    return word.packed(doc)


def write_brief(folder: str | Path, langs: Sequence[str] = ("vi", "en"),
                forms: Sequence[str] = ("pdf", "docx")) -> list[Path]:
    """Write ``brief-<lang>`` as .pdf, .docx or .png to a folder; return the paths.

    Two briefs of the same tables are byte-identical.
    """
    from kgge.publish.figures import draw

    files: dict[str, bytes] = {}
    made = published()
    for lang in langs:
        about, picture, alt = brief(lang, made), b"", ""
        if len(about.verdicts):
            card = Figure("scorecard", "progress", "scorecard", about.verdicts)
            drawn = draw(card, lang, ["png"])
            picture, alt = drawn.files["scorecard.png"], drawn.text.alt
        files |= {f"brief-{lang}.{form}": brief_document(about, picture, alt) if form == "docx"
                  else brief_page(about, picture, form) for form in forms}
    for name, content in files.items():
        write_bytes(Path(folder) / name, content)
    return [Path(folder) / name for name in files]
