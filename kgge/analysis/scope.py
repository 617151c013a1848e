"""What a table is asked for: its keys, checked in one way."""

from collections.abc import Sequence


def keys_of(by: str | Sequence[str], allowed: Sequence[str]) -> list[str]:
    """Return the keys of `by` as a list; raise ``ValueError`` unless each is allowed, and once."""
    keys = [by] if isinstance(by, str) else list(by or ())
    if not keys or len(set(keys)) < len(keys) or not set(keys) <= set(allowed):
        raise ValueError(f"by={by!r}: give one or more of {', '.join(allowed)}, each once")
    return keys
