"""The server package's commands of `whence`: a table, and one module for each command.

Must not: import anything here. The table is read each time somebody types `whence`; a command's module, and the server
behind it, is loaded when it is called. Only this package and `whence_server.app` name a concrete store.
"""

from whence.cli import Command

COMMANDS = (
    Command("serve", "start the server: HTTP API and web UI", "whence_server.cli.serve"),
    Command("demo", "a small shop: its jobs run, questions are answered, the UI stays up", "whence_server.cli.demo"),
    Command("graph", "what an entity comes from and goes to", "whence_server.cli.graph"),
    Command("path", "the shortest way from one entity to another", "whence_server.cli.path"),
    Command("impact", "what breaks if a dataset or a column goes", "whence_server.cli.impact"),
    Command("search", "find datasets and jobs by a part of their name", "whence_server.cli.search"),
    Command("import", "take in events from files", "whence_server.cli.importing"),
    Command("export", "give out events, the derived graph, or a drawing", "whence_server.cli.exporting"),
    Command("rebuild", "derive the graph again from the event log", "whence_server.cli.rebuild"),
)


def register() -> tuple[Command, ...]:
    """Give the commands that this distribution adds (entry-point group `whence.commands`)."""
    return COMMANDS
