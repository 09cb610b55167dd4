"""The graph as a pure function of the event log: what one event says (`saying`), how sayings come together (`fold`).

No I/O anywhere below: states come in, changed states go out; a store loads and writes them. See
docs/explanation/fold.md.
"""
