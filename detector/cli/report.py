def report() -> None:
    """Stub."""
