"""The status card: one verdict of `progress` in words, with its arithmetic.

Its sentences stand in ``labels.csv``, kind ``card``.
"""

from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from math import ceil
from typing import Any

import pandas as pd

from kgge import labels, plan
from kgge.files import DataError
from kgge.tables import load as tables

_SCALE = ("reversing", "limited", "acceleration_needed", "on_track", "achieved")
_CUTS = ("0", plan.ACCELERATE, plan.ON_TRACK)


def notice(lang: str | None = None) -> str:
    """Return the sentence that says whether the returns in the data folder are illustrative.

    Examples
    --------
    >>> notice("en") in labels.labels("card", ["illustrative", "received"], "en")
    True
    """
    kind = "illustrative" if tables.is_illustrative() else "received"
    return labels.label("card", kind, labels.current_lang(lang))


def status_card(progress: pd.DataFrame, indicator: str, year: int, lang: str | None = None) -> str:
    """Return one verdict as text, with everything it was computed from.

    Parameters
    ----------
    progress : DataFrame
        As `kgge.progress` returns it.
    indicator : str
        Indicator code.
    year : int
        One of its years.
    lang : {"en", "vi"}, optional
        Language; by default the one `kgge.use` set.

    Returns
    -------
    str
        One line an item: the figures (persons, shares as %), the rule, the verdict, whether it is
        firm, what is missing and which verdicts are still possible.

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
    rows = progress[(progress["indicator"] == indicator) & (progress["year"] == year)]
    if len(rows) != 1:
        raise DataError(f"progress has {len(rows)} rows of indicator {indicator}, year {year}; "
                        f"its indicators: {', '.join(progress['indicator'].unique())}, its years: "
                        f"{', '.join(map(str, progress['year'].unique()))}")
    lang = labels.current_lang(lang)
    row = rows.iloc[0].to_dict()
    figures = _figures(row, lang)
    lines = [text.format(**figures) for text in labels.labels("card", _parts(row), lang)]
    title = f"{labels.label('indicator', indicator, lang)} ({year})"
    notice = labels.labels("card", ["illustrative"] * tables.is_illustrative(progress), lang)
    return "\n".join([*notice, title, *lines])


def _parts(row: Mapping[Any, Any]) -> list[str]:
    """Return which sentences this row needs, in their order."""
    data, start, bounds = (not pd.isna(row[k]) for k in ("coverage", "baseline", "coverage_low"))
    parts = ["coverage" if data else "no_data"]
    parts += [("baseline" if row["baseline"] else "zero") if start else "no_baseline", "target"]
    parts += ["distance"] * (not pd.isna(row["distance_share"]))
    parts += ["time"] * (not pd.isna(row["time_share"])) + ["ratio"] * (not pd.isna(row["ratio"]))
    due = data and pd.isna(row["required_pace"])  # in the target year or after
    parts += ["rule_due" if due else "rule", "firm" if row["firm"] else "open"] + ["left"] * data
    parts += ["range" if bounds else "no_range", "missing" if row["missing_units"] else "complete"]
    if not row["firm"] and row["missing_units"]:
        parts += ["possible" if bounds else "undecided"]
    return parts


def _figures(row: Mapping[Any, Any], lang: str) -> dict[str, str]:
    """Return every figure and label of the sentences, as `lang` writes them."""
    target = row["target"]
    figures = {name: "" if pd.isna(row[key]) else labels.percent(row[key], lang, target=limit)
               for name, key, limit in (
                   ("coverage", "coverage", target), ("low", "coverage_low", target),
                   ("high", "coverage_high", target), ("baseline", "baseline", target),
                   ("target", "target", None), ("distance", "distance_share", 1.0),
                   ("time", "time_share", None))}
    counts = {"reported": row["units_reported"], "expected": row["units_expected"]}
    if not pd.isna(row["coverage"]):
        eligible = Fraction(row["eligible"])
        still = ceil(Fraction(str(target)) * eligible - Fraction(row["reached"]))
        counts |= {"reached": row["reached"], "eligible": row["eligible"], "left": max(0, still)}
    units = [code for code in row["missing_units"].split(";") if code]
    return figures | {name: labels.number(value, lang) for name, value in counts.items()} | {
        "ratio": "" if pd.isna(row["ratio"]) else _ratio(row["ratio"], lang),
        "status": labels.label("status", row["status"], lang),
        "statuses": ", ".join(labels.labels("status", _possible(row), lang)),
        "units": "; ".join(labels.labels("unit", units, lang)),
        "middle": labels.number(float(plan.ACCELERATE), lang, 2),
        "high_cut": labels.number(float(plan.ON_TRACK), lang, 2),
        **{status: labels.label("status", status, lang) for status in plan.STATUSES}}


def _ratio(ratio: float, lang: str) -> str:
    """Return the ratio with two digits, never rounded to the other side of a cut point."""
    step = Decimal("0.01")
    shown = Decimal(repr(float(ratio))).quantize(step, ROUND_HALF_UP)
    crossed = any(Decimal(repr(float(ratio))) < Decimal(cut) <= shown for cut in _CUTS)
    return labels.number(float(shown - step if crossed else shown), lang, 2)


def _possible(row: Mapping[Any, Any]) -> list[str]:
    """Return the verdicts from one end of the range to the other; none without a range."""
    ends = [end for end in (row["status_low"], row["status_high"]) if not pd.isna(end)]
    if ends and set(ends) <= set(_SCALE):
        return list(_SCALE[_SCALE.index(ends[0]):_SCALE.index(ends[1]) + 1])
    return list(dict.fromkeys(ends))
