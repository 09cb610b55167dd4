"""From a parsed statement to what it reads and writes; queries inside go to `queries`."""
