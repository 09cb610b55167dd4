"""Readers of the facets that make the graph: one facet a module, each tolerant of any JSON.

A reader takes the facet's value as it came, answers what it understood, and notes what it did not: it raises nothing,
whatever it is given. The facet itself is kept by the fold in any case. Source: the facet's schema in OpenLineage's
spec/facets.
"""
