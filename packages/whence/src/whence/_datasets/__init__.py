"""From what a run touched to datasets: named by hand (`given`, `columns`), files (`objects`, `paths`), SQL (`fold`)."""
