"""How runs become events: the one collector of a process, its background worker, and the rules of what is told when.

`collector` says when things happen, `telling` and `run_events` what is told then, `ends` what lies on the disk until
it is told.
"""
