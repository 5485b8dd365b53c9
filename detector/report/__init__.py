"""A `Verdict` becomes a wire record, a page in a terminal, ...: pure functions that print nothing."""
