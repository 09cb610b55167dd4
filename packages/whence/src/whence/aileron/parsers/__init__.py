"""Reading SQL, under the names of aileron-meta-collector."""
