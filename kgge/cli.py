"""The command line: `kgge build`, `template`, `check`, `example`, `export`, `report`."""

import locale
import logging
import os
import sys
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kgge import __version__
from kgge.files import DataError, UsageError, data_folder
from kgge.labels import asked_lang, check_lang, set_lang, words

if TYPE_CHECKING:
    from kgge.returns.collect import Returns
    from kgge.returns.form import Form

app = typer.Typer(
    no_args_is_help=True, context_settings={"help_option_names": ["-h", "--help"]},
    pretty_exceptions_enable=False, rich_markup_mode=None,
    help="One plan of a gender-equality programme: "
         "its budget annex and the yearly returns as tidy tables, charts and reports. "
         "Exit codes: 0 fine, 1 the data has problems, 2 wrong use.")

Lang = StrEnum("Lang", "vi en")
Format = StrEnum("Format", "png svg pdf")
Out = Annotated[Path, typer.Option(file_okay=False, help="Folder to write to.")]
Langs = Annotated[list[Lang] | None, typer.Option(
    case_sensitive=False, help="Language; may be given twice.")]


def _system_lang() -> Lang:
    """Return the language of messages: KGGE_LANG, else the system's where that is Vietnamese."""
    if os.environ.get("KGGE_LANG", "").strip():
        return Lang(check_lang(asked_lang()))
    named = [os.environ.get(name) for name in ("LC_ALL", "LC_MESSAGES", "LANG")]
    system = next(filter(None, named), locale.getlocale()[0]) or ""
    return Lang.vi if system.lower().startswith("vi") else Lang.en


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"kgge {__version__}")
        raise typer.Exit


@app.callback()
def _everywhere(
    data: Annotated[Path | None, typer.Option(
        envvar="KGGE_DATA", exists=True, file_okay=False,
        help="Folder of the plan: raw/ and processed/ (another province's, say); by default data/ "
        "of this checkout.")] = None,
    version: Annotated[bool, typer.Option(
        "--version", callback=_print_version, is_eager=True, help="Show the version.")] = False,
) -> None:
    logging.basicConfig(stream=sys.stdout, format="  %(message)s")
    logging.getLogger("kgge.publish").setLevel(logging.INFO)
    if data is not None:
        os.environ["KGGE_DATA"] = str(data.resolve())


@app.command()
def new(
    folder: Annotated[Path, typer.Argument(help="Folder to make; it must not hold anything yet.")],
) -> None:
    """Make the folder of another plan, each file explained."""
    from kgge.tables.folder import write_plan_folder

    for path in write_plan_folder(folder):
        typer.echo(path)


@app.command()
def build(
    verbose: Annotated[bool, typer.Option(
        "--verbose", "-v", help="Say what each column of the annex was taken for, and what was "
        "mended.")] = False,
) -> None:
    """Make the tables of data/processed from data/raw.

    Exit 1 if the data has problems.
    """
    from kgge.build import build as build_tables

    if verbose:
        logging.getLogger("kgge").setLevel(logging.INFO)

    set_lang(_system_lang())
    returns = build_tables()
    _say_counts(returns)
    from kgge.tables.folder import of_another_plan
    from kgge.tables.load import load_annex, load_ledger

    for told in of_another_plan(load_annex()):
        typer.echo(told, err=True)
    ledger = load_ledger()
    wrong, agree = (ledger[ledger["state"] == state] for state in ("differs", "agrees"))
    rounded = int((agree["difference"] != 0).sum())
    typer.echo(f"annex: {len(ledger)} checks, {len(wrong)} differ, "
               f"{len(ledger) - len(wrong) - len(agree)} cannot be made (not printed), "
               f"{len(agree)} agree"
               + f" ({rounded} within the stated tolerance)" * (rounded > 0))
    for row in wrong.itertuples():
        typer.echo(f"  line {row.line}: {row.check} of {row.item}: printed {row.printed:g}, "
                   f"computed {row.computed:g}", err=True)
    if len(wrong) or _errors(returns):
        raise typer.Exit(1)


def _errors(returns: "Returns") -> int:
    return int((returns.problems["severity"] == "error").sum())


def _say_counts(returns: "Returns") -> None:
    cells = returns.reporting.attrs["cells"]
    if returns.reporting.attrs.get("illustrative"):
        typer.echo("ILLUSTRATIVE returns: no result of the plan")
    typer.echo(f"returns: {cells['submitted']} cells submitted = {cells['accepted']} accepted + "
               f"{cells['rejected']} rejected; {len(returns.problems)} problems, "
               f"{_errors(returns)} of them errors")


@app.command()
def template(
    year: Annotated[int, typer.Option(help="Year the return is for.")],
    out: Out,
    unit: Annotated[str | None, typer.Option(help="Code or name of one reporting unit (see "
                                             "data/raw/units.csv); by default all.")] = None,
) -> None:
    """Write the return form of one reporting unit, or of all.

    Beside each cell stands the figure of the year before, where data/raw/returns has one.
    """
    from kgge.labels import code_of
    from kgge.returns.template import read_before, write_template

    form = _form(year)
    try:
        before = read_before(year, form)
    except DataError as error:  # a fault among the returns of old is no reason to send no form
        typer.echo(f"without the figures of {year - 1}: {error}", err=True)
        before = {}
    for name in [code_of("unit", unit)] if unit else form.reporting(year):
        path = out / f"{year}-{name}.xlsx"
        write_template(name, year, path, form=form, before=before.get(name))
        typer.echo(path)


@app.command()
def check(
    path: Annotated[Path, typer.Argument(exists=True, help="A return, or a folder of them.")],
    lang: Annotated[Lang | None, typer.Option(
        case_sensitive=False, help="Language of messages and letters; by default messages in that "
        "of KGGE_LANG or of the system, letters in Vietnamese.")] = None,
    annotate: Annotated[Path | None, typer.Option(
        file_okay=False,
        help="Folder to write copies to, with the doubtful cells marked and commented.")] = None,
    year: Annotated[int | None, typer.Option(
        help="The year whose returns are expected in PATH: ends with who has sent, who is late, "
        "who is missing.")] = None,
    letters: Annotated[Path | None, typer.Option(
        file_okay=False,
        help="With --year: folder to write a text to each unit to, YEAR-UNIT.txt, ready to be "
        "pasted into a mail or letter: what to mend, cell by cell, or that its return is missing. "
        "A unit with nothing to mend gets none, and one of an earlier run is removed.")] = None,
) -> None:
    """Read returns and say what is wrong, with file, sheet and cell.

    Exit 1 if there is an error: a figure that had to be rejected, or a date that cannot be read;
    and if there is no file at all. A warning, or a return that is missing, is fine.
    """
    from kgge.files import apart
    from kgge.returns.collect import read_returns

    if letters is not None:
        apart(path, letters)
        if year is None:
            raise UsageError("--letters: say by --year whose returns are expected")
    form, letter_lang, lang = _form(year), lang or Lang.vi, lang or _system_lang()
    returns = read_returns(path, form, known=data_folder() / "raw" / "returns")
    for row in returns.problems.fillna("").to_dict("records"):
        place = "!".join(part for part in (row["sheet"], row["cell"]) if part)
        message = row[f"message_{lang}"]
        typer.echo(f"{row['severity']}: {row['file']}: {place + ': ' if place else ''}{message}")
    if annotate is not None:
        _say_copies(returns, path, annotate, lang)
    if not returns.reporting.attrs["files"]:
        typer.echo(words("inbox", lang)["none"].format(path=path))
    _say_counts(returns)
    if year is not None:
        _say_inbox(returns, form, year, lang, letters, letter_lang)
    nothing = returns.problems.empty and not returns.reporting.attrs["files"]
    if nothing or _errors(returns):
        raise typer.Exit(1)


def _form(year: int | None) -> "Form":
    """Return the form of the plan, which must have the year that is asked for, if any."""
    from kgge.returns.form import load_form

    form = load_form()
    if year is not None and year not in form.years:
        raise UsageError(f"--year {year}: the plan's years are {form.years[0]} to "
                         f"{form.years[-1]}")
    return form


def _say_copies(returns: "Returns", path: Path, folder: Path, lang: str) -> None:
    """Write copies with the cells marked; say how many, and of which file there is none."""
    from kgge.returns.annotate import annotate, for_unit

    problems, files = for_unit(returns.problems), returns.reporting.attrs["files"]
    problems = problems[problems["file"].isin(files)]  # lists of dates are the office's own
    said, copies = words("inbox", lang), annotate(path, folder, problems)
    typer.echo(said["copies"].format(count=len(copies), folder=folder))
    for name in problems["file"].drop_duplicates():
        if folder.resolve() / name not in copies:
            typer.echo(said["unmarked"].format(file=name))


def _say_inbox(returns: "Returns", form: "Form", year: int, lang: str, folder: Path | None,
               letter_lang: str) -> None:
    """Say who has sent the return of a year; write the letters where a folder for them is named."""
    from kgge.returns.letters import sort_inbox, tell_inbox, write_letters

    inbox = sort_inbox(returns, year, form)
    for line in tell_inbox(inbox, year, form, lang):
        typer.echo(line)
    if folder is not None:
        written = write_letters(returns, inbox, year, form, folder, letter_lang)
        typer.echo(words("inbox", lang)["letters"].format(count=len(written), folder=folder))


@app.command()
def example(
    out: Annotated[Path, typer.Argument(file_okay=False, help="Folder to write the returns to.")],
    seed: Annotated[int, typer.Option(help="Seed of the made-up figures.")] = 27,
) -> None:
    """Write an ILLUSTRATIVE set of returns, made up from a fixed seed.

    All units and years; every sheet says that it is illustrative. The script is data/example.py.
    """
    from runpy import run_path

    script = data_folder() / "example.py"
    if not script.is_file():
        raise UsageError(f"{script}: this plan has no script of illustrative returns")
    run_path(str(script))["write_example"](out, seed)
    typer.echo(out)


@app.command()
def export(
    out: Out = Path("reports"),
    lang: Langs = None,
    format: Annotated[list[Format] | None, typer.Option(
        help="Image format; may be given several times; by default all.")] = None,
    bare: Annotated[bool, typer.Option(
        "--bare", help="Also pictures without title, subtitle and source.")] = False,
    width: Annotated[list[int] | None, typer.Option(
        help="Width of the pictures in cm, 16 or 8; may be given twice.")] = None,
) -> None:
    """Write figures, their numbers, a Word document and a workbook."""
    from kgge.publish.figures import WIDTHS
    from kgge.publish.figures import export as export_all

    if not set(width or ()) <= set(WIDTHS):
        raise UsageError(f"--width: allowed are {', '.join(map(str, WIDTHS))}")
    export_all(out, list(map(str, lang or Lang)), list(map(str, format or Format)), bare=bare,
               widths=width or [16])


@app.command()
def report(
    out: Out = Path("reports"),
    lang: Langs = None,
) -> None:
    """Do it all: build, exports, notebooks to HTML.

    Exit 1 if the data has problems or a page could not be made; what is sound is there all the
    same.
    """
    from kgge.build import build as build_tables
    from kgge.publish.brief import write_brief
    from kgge.publish.figures import export as export_all
    from kgge.publish.html import notebook_folder, write_report

    set_lang(_system_lang())
    notebook_folder()  # without one it is wrong use, said before anything is written
    langs = list(map(str, lang or Lang))
    faults: list[str] = []
    typer.echo("building the tables")
    returns = build_tables()
    _say_counts(returns)
    typer.echo("exporting figures, Word and Excel files")
    for make in (export_all, write_brief):
        try:
            make(out, langs)
        except Exception as fault:  # of any kind: it stops neither the others nor the pages
            named = "" if isinstance(fault, DataError) else f"{type(fault).__name__}: "
            faults.append(f"{named}{fault}")
    typer.echo(f"running the notebooks ({', '.join(langs)})")
    faults += write_report(out, langs)
    for missing in faults:
        typer.echo(f"not made: {missing}", err=True)
    typer.echo(out / "index.html")
    if faults or _errors(returns):
        raise typer.Exit(1)


def main() -> None:
    """Run the command line; a fault is one sentence: exit 2 for wrong use, 1 for data and disk."""
    try:
        app(prog_name="kgge")
    except (DataError, OSError) as error:
        print(f"kgge: {error}", file=sys.stderr)
        sys.exit(2 if isinstance(error, UsageError) else 1)


if __name__ == "__main__":
    main()
