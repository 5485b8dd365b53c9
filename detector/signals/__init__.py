"""One signal a module: its declaration, its documentation, its function. No signal imports another."""
