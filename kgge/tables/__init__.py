"""The tidy tables: what each holds, and reading and writing them."""
