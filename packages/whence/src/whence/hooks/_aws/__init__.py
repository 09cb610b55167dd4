"""What AWS calls mean: S3 operations as objects of a run, Athena queries as statements of the run that began them."""
