"""From a parsed query to its output columns and their sources."""
