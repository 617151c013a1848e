"""The status card: one verdict of `progress` in words, with its arithmetic.

Its sentences stand in ``labels.csv``, kind ``card``.
"""

from collections.abc import Iterable, Mapping
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from math import ceil
from typing import Any

import pandas as pd

from kgge import labels, plan
from kgge.analysis.progress import PROGRESS
from kgge.analysis.scope import whole_year, with_codes
from kgge.analysis.verdict import ORDER
from kgge.files import DataError
from kgge.tables import load as tables
from kgge.tables.schemas import needs

_CUTS = ("0", plan.ACCELERATE, plan.ON_TRACK)
_NEAR_CUT = Decimal("0.05")  # ours: so near a cut point, the card says so
_MANY, _NAMED = 8, 5  # units: of more than the one, the other are named
_FAR = 10  # ours: that eligible persons grow tenfold needs no mention


def notice(lang: str | None = None) -> str:
    """Return the sentence that says whether the returns in the data folder are illustrative.

    Where none has come, it says that.

    Examples
    --------
    >>> notice("en") in labels.labels("card", ["illustrative", "received", "none_yet"], "en")
    True
    """
    come = tables.load_reporting()["received"].any()
    kind = "illustrative" if tables.is_illustrative() else "received" if come else "none_yet"
    return labels.label("card", kind, labels.current_lang(lang))


def status_card(progress: pd.DataFrame, indicator: str, year: int, lang: str | None = None) -> str:
    """Return one verdict as text, with everything it was computed from.

    Parameters
    ----------
    progress : DataFrame
        As `kgge.progress` returns it.
    indicator : str
        Indicator code, or its label.
    year : int
        One of its years.
    lang : {"en", "vi"}, optional
        Language; by default the one `kgge.use` set.

    Returns
    -------
    str
        One line an item: the figures (persons, shares as %), the rule, the verdict and what it
        rests on, the pace, what is missing, which verdicts are still possible and what would decide
        between them. The last and the pace come with the table (``attrs["beside"]``), which a
        merge may lose; then the card does without.

    Raises
    ------
    DataError
        If `progress` has no such row, or a code has no label.

    Examples
    --------
    >>> from kgge.analysis.progress import progress
    >>> units = pd.DataFrame({"unit": ["labour"], "indicators": "1a", "residents": None})
    >>> outcomes = pd.DataFrame({
    ...     "unit": ["labour"], "year": 2016, "indicator": "1a", "group": "workers",
    ...     "sex": "female", "eligible": 1000, "reached": 133})
    >>> targets = pd.DataFrame({"indicator": ["1a"], "target": 0.7, "target_year": 2020,
    ...     "baseline": 0.0, "base_year": 2015, "accumulation": "cumulative"})
    >>> print(status_card(progress(outcomes, targets, units), "1a", 2016).split("Ratio: ")[1][:20])
    19.0% / 20.0% = 0.95
    """
    needs("progress", progress, PROGRESS)
    progress = with_codes(progress)
    year, indicator = whole_year(year), labels.code_of("indicator", str(indicator))
    rows = progress[(progress["indicator"] == indicator) & (progress["year"] == year)]
    near = labels.meant("indicator", indicator)
    if len(rows) != 1:
        raise DataError(f"progress has {len(rows)} rows of indicator {indicator}, year {year}; "
                        f"its indicators: {', '.join(progress['indicator'].unique())}, its years: "
                        f"{', '.join(map(str, progress['year'].unique()))}"
                        f"{'' if indicator in set(progress['indicator']) else near}")
    lang = labels.current_lang(lang)
    row = rows.iloc[0].to_dict()
    pace, lines = ([beside for beside in progress.attrs.get("beside", {}).get(kind, [])
                    if (beside["indicator"], beside["year"]) == (row["indicator"], year)]
                   for kind in ("pace", "tipping"))
    row |= pace[0] if pace else {}
    row |= {name: lines[0][name] for name in ("doubtful_units", "later_units") if lines}
    said = [(part, _facts_shown(row, lang)) for part in _parts(row)]
    said += _decides(row, lines, lang)
    texts = [text.format(**figures) for text, (_, figures) in zip(
        labels.labels("card", [part for part, _ in said], lang), said, strict=True)]
    title = f"{labels.label('indicator', row['indicator'], lang)} ({year})"
    notice = labels.labels("card", ["illustrative"] * tables.is_illustrative(progress), lang)
    return "\n".join([*notice, *_part(progress, lang), title, *texts])


def _part(progress: pd.DataFrame, lang: str) -> list[str]:
    """Return the line that names the units, groups and sexes a part of the plan was filtered to."""
    part = progress.attrs.get("part", {})
    told = [_named(kind, part[kind], lang) for kind in ("unit", "group", "sex") if kind in part]
    return [labels.label("card", "part", lang).format(part="; ".join(told))] if told else []


def _is(row: Mapping[Any, Any], key: str) -> bool:
    """Return whether the row has something there."""
    return not pd.isna(row.get(key)) and row[key] != ""


def _parts(row: Mapping[Any, Any]) -> list[str]:
    """Return which sentences this row needs, in their order."""
    if not _is(row, "coverage"):
        expected = row["units_expected"]
        parts = ["nobody" if not expected else "no_data_one" if expected == 1 else "no_data",
                 "target"]
    else:
        start = "no_baseline" if pd.isna(row["baseline"]) else "baseline" if row["baseline"] \
            else "zero"
        parts = ["coverage", start, "target", *["distance"] * _is(row, "distance_share"),
                 *["time"] * _is(row, "time_share"), *["ratio"] * _is(row, "ratio")]
        due, less = pd.isna(row["required_pace"]), row["target"] < row["baseline"]
        parts += ["rule" + "_due" * due + "_less" * bool(less)]
    settled = not (_is(row, "missing_units") or _is(row, "doubtful_units"))
    parts += ["verdict" if row["status"] == "not_assessable" else "open" if not row["firm"]
              else "full" if settled else "firm"]
    parts += ["near"] * (_cut(row) is not None)
    parts += ["pace"] * _is(row, "pace") or ["observed"] * _is(row, "observed_pace")
    if row["status"] != "achieved" and _is(row, "coverage"):
        parts += ["required"] * _is(row, "required_pace")
        parts += ["left"] * (not row["target"] < row["baseline"])
    return parts + _gaps(row)


def _gaps(row: Mapping[Any, Any]) -> list[str]:
    """Return which sentences say what is missing, and between which shares that leaves it."""
    units = row["missing_units"].split(";")
    parts = ["complete" if units == [""] else "missing_one" if len(units) == 1 else "missing"]
    parts += [kind for kind in ("doubtful", "later") if _is(row, f"{kind}_units")]
    if parts == ["complete"] or row["units_expected"] == 0:
        return parts if row["units_expected"] else []
    if not _is(row, "coverage_low"):
        return [*parts, "no_range"]
    same = round(row["coverage_low"], 3) == round(row["coverage_high"], 3)  # as it is shown
    parts.append("range_one" if same and row["firm"] else "range")
    if not row["firm"] and row["status_low"] != row["status_high"]:
        parts.append("possible")
    return parts


def _cut(row: Mapping[Any, Any]) -> str | None:
    """Return the cut point that the ratio is near, where the ratio decides."""
    if row["status"] not in ORDER[1:-1] or not _is(row, "ratio"):
        return None
    cuts = _CUTS[1:] if row["baseline"] == 0 else _CUTS  # nobody falls below a baseline of 0
    return next((cut for cut in cuts
                 if abs(Decimal(repr(float(row["ratio"]))) - Decimal(cut)) <= _NEAR_CUT), None)


def _decides(row: Mapping[Any, Any], lines: list[dict[str, Any]],
             lang: str) -> list[tuple[str, dict[str, str]]]:
    """Return what would decide the verdict: for each line that may still be crossed, or the next.

    Where a verdict holds for missing units as last returned, that is how far they may have grown.
    """
    said: list[tuple[str, dict[str, str]]] = []
    units = [unit for unit in row["missing_units"].split(";") if unit]
    if not units or row["status"] == "not_assessable" or not _is(row, "coverage"):
        return said
    who = labels.shown("unit", units, lang)[0] if len(units) == 1 else labels.label(
        "card", "missing_units", lang)
    for line in lines:  # from the highest line to the lowest
        part, figures = _decision(line, who, lang)
        part += "_many" * (part == "needed" and len(units) > 1)
        if part in ("grown", "to_miss", "needed_anyhow") and any(done == part for done, _ in said):
            continue  # the first that is passed is the nearest one
        if part in ("grown_below", "to_reach", "needed_never"):  # and the last that is not
            said = [one for one in said if one[0] != part]
        said += [(part, figures)] * bool(part)
    open_ = [one for one in said if one[0].startswith("needed")]
    return open_ or said


def _decision(line: dict[str, Any], who: str, lang: str) -> tuple[str, dict[str, str]]:
    """Return the sentence of one line of `tipping`, if it needs one, and its figures."""
    less = line["verdict_below"] == "achieved"
    more, grown, far = line["missing_eligible"], line.get("growth_to_flip"), line.get(
        "persons_to_reach")
    figures = {"who": who, "above": labels.label("status", line["verdict_above"], lang),
               "below": labels.label("status", line["verdict_below"], lang)}
    if pd.isna(more):
        part = next((name for name in ("to_reach", "to_miss") if f"persons_{name}" in line), "")
        figures["persons"] = labels.number(line[f"persons_{part}"], lang) if part else ""
        return ("" if less else part), figures
    if line["state"] == "open" and more:
        never = pd.isna(line["last_share"])
        shares = {"share": "" if never else labels.percent(line["last_share"], lang), "since": ""}
        said = "never" if never else "since_last"
        if line["last_year"] is not None:
            said, shares["since"] = "since", str(line["last_year"])
        need = line["share_needed"]
        # The range is open for a figure in doubt alone: what is missing decides nothing.
        if need < 0 or need > 1 or need == int(less):
            figures["verdict"] = figures["below" if less else "above"]
            return "needed_anyhow" if (need > 0) == less else "needed_never", figures
        return "needed" + "_less" * less, figures | {
            "needed": labels.percent(line["share_needed"], lang),
            "last": labels.label("card", said, lang).format(**shares),
            "persons": labels.number(line["persons_needed"], lang),
            "more": labels.number(more, lang)}
    below = line["state"] == "certain_below"
    growth = far / more - 1 if below and far and more else None if below else grown
    if less or growth is None or not 0 <= growth <= _FAR:
        return "", figures
    never = pd.isna(line["last_share"])  # counted by the census, or later
    return "grown_below" if below else "grown", figures | {
        "growth": labels.percent(growth, lang),
        "counted": labels.label("card", "grown.counted" if never else "grown.returned", lang)}


def _facts_shown(row: Mapping[Any, Any], lang: str) -> dict[str, str]:
    """Return every figure and label of the sentences, as `lang` writes them."""
    target = row["target"]
    figures = {name: "" if pd.isna(row[key]) else labels.percent(row[key], lang, target=limit)
               for name, key, limit in (
                   ("coverage", "coverage", target), ("low", "coverage_low", target),
                   ("high", "coverage_high", target),
                   ("distance", "distance_share", 1.0),
                   ("time", "time_share", None))}
    figures |= {key: labels.percent(row[key], lang, _digits(row[key])) if _is(row, key) else ""
                for key in ("target", "baseline")}
    figures |= {name: labels.number(100 * row[key], lang, 1) if _is(row, key) else ""
                for name, key in (("pace", "pace"), ("observed", "observed_pace"),
                                  ("required", "required_pace"))}
    counts = {"reported": row["units_reported"], "expected": row["units_expected"]}
    if not pd.isna(row["coverage"]):
        eligible = Fraction(row["eligible"])
        still = ceil(Fraction(str(target)) * eligible - Fraction(row["reached"]))
        counts |= {"reached": row["reached"], "eligible": row["eligible"], "left": max(0, still)}
    lists = {name: _named("unit", row.get(key, "").split(";"), lang) for name, key in (
        ("units", "missing_units"), ("doubtful", "doubtful_units"), ("later", "later_units"))}
    written = {name: labels.number(value, lang) for name, value in counts.items()}
    return figures | lists | written | {
        "year": str(row["year"]), "since": str(row.get("since", "")),
        "ratio": "" if pd.isna(row["ratio"]) else _ratio(row["ratio"], lang),
        "cut": labels.number(float(_cut(row) or 0), lang, 2),
        "status": labels.label("status", row["status"], lang),
        "statuses": ", ".join(labels.labels("status", _possible(row), lang)),
        "middle": labels.number(float(plan.ACCELERATE), lang, 2),
        "high_cut": labels.number(float(plan.ON_TRACK), lang, 2),
        **{status: labels.label("status", status, lang) for status in plan.STATUSES}}


def _digits(share: float) -> int:
    """Return whether a share needs a decimal: the plan writes 70%."""
    return int(abs(100 * share - round(100 * share)) > 1e-9)


def _named(kind: str, codes: Iterable[str], lang: str) -> str:
    """Return the names of codes; of many the first ones, and how many more there are."""
    names = labels.shown(kind, filter(None, codes), lang)
    if len(names) <= _MANY:
        return "; ".join(names)
    more = labels.label("card", f"more_{kind}s", lang).format(more=len(names) - _NAMED)
    return "; ".join([*names[:_NAMED], more])


def _ratio(ratio: float, lang: str) -> str:
    """Return the ratio with two digits, never rounded to the other side of a cut point."""
    step = Decimal("0.01")
    shown = Decimal(repr(float(ratio))).quantize(step, ROUND_HALF_UP)
    crossed = any(Decimal(repr(float(ratio))) < Decimal(cut) <= shown for cut in _CUTS)
    return labels.number(float(shown - step if crossed else shown), lang, 2)


def _possible(row: Mapping[Any, Any]) -> list[str]:
    """Return the verdicts from one end of the range to the other; none without a range."""
    ends = [end for end in (row["status_low"], row["status_high"]) if not pd.isna(end)]
    if ends and set(ends) <= set(ORDER[:-1]):
        first, last = sorted(map(ORDER.index, ends), reverse=True)
        return list(reversed(ORDER[last:first + 1]))
    return list(dict.fromkeys(ends))
