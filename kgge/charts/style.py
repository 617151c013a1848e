"""The look of every chart: style and language, colours by code, breaking lines of text."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

from kgge import labels

INK, MARK_INK, GREY, PALE = "#1A1A1A", "#801650", "#8C8C8C", "#F2F6FA"
SIZES = {"title": 12.0, "subtitle": 9.5, "label": 8.5, "mark": 8.5, "source": 8.0}
# UK Analysis Function palette; neighbours in this order differ by 3:1, and so do grey and navy.
NAVY, TEAL, PLUM, ORANGE = "#12436D", "#28A197", "#801650", "#F46A25"
COLOURS = {
    "central": NAVY, "local": TEAL, "other": PLUM,
    "female": PLUM, "male": TEAL,
    "planned": GREY, "spent": NAVY,
    "nominal": GREY, "constant": NAVY,
    "path": NAVY, "target": ORANGE, "missing": "#3D3D3D",
}
HATCHES = {"other": "////"}  # in grey it would be the twin of central
MARKERS = {"female": "o", "male": "s"}
# Signs of the verdicts, told apart without their colour; none is red or green.
STATUS: dict[str, dict[str, Any]] = {status: {
    "marker": marker, "color": colour, "markersize": 8, "markeredgewidth": 1.6,
    "markerfacecolor": colour if full else "white"} for status, marker, colour, full in (
        ("achieved", "o", NAVY, True), ("on_track", "^", NAVY, True),
        ("acceleration_needed", "^", ORANGE, False), ("limited", "v", ORANGE, False),
        ("reversing", "v", PLUM, True), ("not_achieved", "X", PLUM, True),
        ("not_assessable", "o", GREY, False))}
STYLE = ["default", "kgge.charts.kgge"]  # matplotlib's own defaults, over them kgge.mplstyle
# Parameters that say how matplotlib runs, not how a chart looks: the session's own.
_NO_STYLE = ("backend", "interactive", "toolbar", "timezone", "tk.", "webagg.", "macosx.",
             "savefig.directory", "figure.max_open_warning", "figure.raise_window", "date.epoch",
             "docstring.")


def use(lang: str | None = None) -> "Setting":
    """Set the language and the style of charts, for a notebook or within a ``with`` block.

    Parameters
    ----------
    lang : {"en", "vi"}, optional
        Language of every chart and text that is given none; by default ``$KGGE_LANG``, else
        English.

    Notes
    -----
    The style starts from matplotlib's defaults, so a reader's own matplotlibrc changes nothing.
    As a context manager it puts back the language and the parameters it set, and no others.
    In a notebook a figure's text form becomes its description and numbers, beside its picture.

    Examples
    --------
    >>> import kgge
    >>> with kgge.use("vi"):
    ...     kgge.labels.current_lang()
    'vi'
    """
    from matplotlib import style

    from kgge.charts.readback import compare_figures_as_text

    setting = Setting(labels.current_lang(), _looks())
    labels.set_lang(lang or labels.asked_lang())
    style.use(STYLE)
    compare_figures_as_text()
    return setting


class Setting:
    """What `use` has set; leaving a ``with`` block puts back what was there before."""

    def __init__(self, lang: str, looks: Any) -> None:
        self._lang, self._before = lang, looks

    def _ipython_display_(self) -> None:
        """Show nothing below the cell of a notebook that calls ``kgge.use()``."""

    def __repr__(self) -> str:
        """Name the language."""
        return f"kgge.use({labels.current_lang()!r})"

    def __enter__(self) -> "Setting":
        """Return itself; the style is set already."""
        return self

    def __exit__(self, *error: object) -> None:
        """Put back what was set."""
        from matplotlib import rcParams

        labels.set_lang(self._lang)
        rcParams.update(self._before)


@contextmanager
def drawn_in_style() -> Iterator[None]:
    """Draw in the style of the package, whatever the session has set, and leave that as it is.

    What a notebook's backend sets when the first figure loads it stays: later ones show too.
    """
    from matplotlib import rcParams, style

    before = _looks()
    style.use(STYLE)
    try:
        yield
    finally:
        rcParams.update(before)


def _looks() -> Any:
    """Return the parameters of the session that say how a chart looks."""
    from matplotlib import rcParams

    return {key: rcParams[key] for key in rcParams if not key.startswith(_NO_STYLE)}


def contrast(one: str, other: str) -> float:
    """Return the WCAG 2 contrast ratio of two colours, 1 to 21.

    >>> round(contrast("#12436D", "white"), 2)
    10.25
    """
    from matplotlib.colors import to_rgb

    def luminance(colour: str) -> float:
        r, g, b = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4
                   for c in to_rgb(colour))
        return 0.2126 * r + 0.7152 * g + 0.0722 * b

    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def ink_on(colour: str) -> str:
    """Return white or the dark ink, whichever is read better on `colour`."""
    return max(("#FFFFFF", INK), key=lambda ink: contrast(ink, colour))


def text_width(text: str, size: float, bold: bool = False) -> float:
    """Return the width of one line of text in inches, that of its words and blanks together.

    The letters of the font stand no nearer to a blank than to others: a test says so.
    """
    words = text.replace("\u00a0", " ").split(" ")
    points = sum(_word_width(word, bold) for word in words)
    return (points + (len(words) - 1) * _word_width(" ", bold)) * (size / 100) / 72


@lru_cache(maxsize=8192)
def _word_width(word: str, bold: bool) -> float:
    """Return the width of a word in letters of 100 points."""
    from matplotlib.font_manager import FontProperties
    from matplotlib.textpath import TextToPath

    font = FontProperties(family="DejaVu Sans", size=100, weight="bold" if bold else "normal")
    return float(TextToPath().get_text_width_height_descent(word, font, ismath=False)[0])


def balanced(text: str, width: float, size: float, bold: bool = False,
             most: int | None = None) -> str:
    """Break `text` as `wrap` does, into as many lines of about the same width."""
    lines = wrap(text, width, size, bold, most)
    if "\n" not in lines:
        return lines
    longest = max(text_width(word, size, bold) for word in labels.no_break(text).split(" "))
    tries = (wrap(text, max(width * part, longest), size, bold) for part in (0.6, 0.7, 0.8, 0.9))
    return next((one for one in tries if one.count("\n") == lines.count("\n")), lines)


def wrap(text: str, width: float, size: float = SIZES["label"], bold: bool = False,
         most: int | None = None) -> str:
    """Break `text` into lines of at most `width` inches, by words; past `most` lines, cut with "…".

    Names and numbers stay on one line. A single word wider than a line is broken where it ends.
    """
    lines = [""]
    for word in labels.no_break(text).split(" "):
        joined = f"{lines[-1]} {word}".strip()
        if text_width(joined, size, bold) <= width:
            lines[-1] = joined
            continue
        lines = [*lines, ""] if lines[-1] else lines
        for part in [word] if text_width(word, size, bold) <= width else word:
            fits = text_width(lines[-1] + part, size, bold) <= width
            lines = [*lines[:-1], lines[-1] + part] if fits else [*lines, part]
    if most is not None and len(lines) > most:
        last = lines[most - 1]
        while last and text_width(last + " …", size, bold) > width:
            last = last.rpartition(" ")[0] or last[:-1]
        lines = [*lines[:most - 1], f"{last.rstrip(',;: ')} …"]
    return "\n".join(lines)
