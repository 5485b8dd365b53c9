"""Doors to other engines: the same verdicts, the same account, on machines and in pipelines that are there already.

Each module needs the library that it is named after, and nothing else imports it.
"""
