"""HTTP routes: parse parameters, call `whence_server.query`, answer bytes. No SQL and no deciding here."""
