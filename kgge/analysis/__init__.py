"""From tidy tables to figures: money, coverage, progress."""
