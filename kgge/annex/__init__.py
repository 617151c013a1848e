"""A budget annex: fields, a tree of lines, amounts, and whether they add up."""
