"""The way in: bodies are decoded and checked (`bodies`, `events`), then kept in groups by one thread (`committer`).

No HTTP framework here, and no SQL: routes come above, a store below.
"""
