"""The sink for DataHub: OpenLineage events become metadata change proposals, posted to the metadata service (GMS).

    _names.py       what a dataset, job, flow and run is called there: URNs
    _proposals.py   one change of one aspect: CREATE, UPSERT or PATCH
    _lineage.py     an output's upstreams, of tables and of fields
    _told.py        what an event tells
    _work.py        its job and run as proposals
    _events.py      all of it as proposals
    _requests.py    which events go in one request
    _sink.py        the requests, and what the answers mean for each event

Nothing that others own is overwritten: a shared aspect is CREATEd, which does nothing where it exists, or PATCHed at
the places that are ours. Sources: DataHub's Avro schemas as acryl-datahub 1.7 ships them, its captured requests
(`facts/collector.md` section 2), and the server's patch templates, `AspectsBatchImpl` and `CreateIfNotExistsValidator`.

Must not: import acryl-datahub, read the catalog, or write what an event does not say.
"""

from whence.emit.sinks.datahub._sink import SPEC, DataHubSink

__all__ = ["SPEC", "DataHubSink"]
