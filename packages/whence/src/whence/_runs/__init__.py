"""What is noted while the host works: `run` is who is running, `ledger` what its connections did. Dictionaries only."""
