"""Reporting rates: how many returns were due, came, came on time and hold a figure."""

import numpy as np
import pandas as pd

from kgge.analysis.scope import keys_of
from kgge.files import DataError
from kgge.tables.schemas import needs

ANSWERS = ("expected", "received", "on_time", "with_content")


def check_answers(reporting: pd.DataFrame, *columns: str) -> None:
    """Raise unless these columns are true or false: as text, "False" would count as true."""
    needs("reporting", reporting, columns)
    for column in columns:
        if len(wrong := reporting.loc[~reporting[column].isin([True, False]), column]):
            raise DataError(f"{column} is true or false, the table has {wrong.iloc[0]!r}; read it "
                            "with kgge.load_reporting()")


def report_states(reporting: pd.DataFrame) -> pd.Series:
    """Return what came of each return: on_time, late, empty (no figure), missing; else blank.

    Examples
    --------
    >>> row = {"expected": [True], "received": True, "with_content": False, "on_time": True}
    >>> report_states(pd.DataFrame(row)).tolist()
    ['empty']
    """
    check_answers(reporting, *ANSWERS)
    due, came, on_time, filled = (reporting[column].eq(True) for column in ANSWERS)
    states = np.select([~came, ~filled, on_time], ["missing", "empty", "on_time"], "late")
    return pd.Series(states, reporting.index).where(due)


def reporting_rates(reporting: pd.DataFrame, by: str | list[str] = "year") -> pd.DataFrame:
    """Count returns expected, received, on time and with content, and their shares.

    Parameters
    ----------
    reporting : DataFrame
        As `load_reporting` gives it. Due dates are ours: ``due_month`` and ``due_day`` of plan.csv.
    by : str or list of str, default "year"
        ``year``, ``unit`` or both.

    Returns
    -------
    DataFrame
        `by`, then expected, received, on_time, with_content (returns) and received_share,
        on_time_share, with_content_share (of those expected, 0 to 1). Years that are not due yet
        are not there; a return without content is not on time, as in `report_states`.

    Examples
    --------
    >>> from kgge.tables.load import load_reporting
    >>> reporting_rates(load_reporting()).columns.tolist()[1:4]
    ['expected', 'received', 'on_time']
    """
    keys = keys_of(by, ("unit", "year"))
    needs("reporting", reporting, keys)
    counts = ["received", "on_time", "with_content"]
    due = reporting.assign(on_time=report_states(reporting).eq("on_time"))
    due = due[due["expected"].eq(True)]
    out = due.groupby(keys, sort=False)[["expected", *counts]].sum().reset_index()
    for count in counts:
        out[f"{count}_share"] = out[count] / out["expected"]
    return out
