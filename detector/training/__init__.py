"""Training and evaluation: everything that needs labelled data, and nothing that scoring needs."""
