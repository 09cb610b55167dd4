"""The public API of `aileron-meta-collector` (0.1.4 and 0.1.36) on top of Whence: change the import, keep the program.

    from whence.aileron import install_all_hooks, datahub_job_fn      # was: from aileron_meta_collector import ...

    install_all_hooks()

    @datahub_job_fn("order-daily-aggregation", flow="order-processing-service")
    def aggregate_orders(): ...

Names, argument order, defaults and module paths are those of the original; so are its variables (`DATAHUB_*`,
`AIL_DATAHUB_*`). What is collected and how it is sent is Whence's. Must not: do anything that `whence` itself does.
Source: the package's README and its public signatures. `docs/how-to/aileron.md` lists what differs.
"""

from whence.aileron.airflow_inject import inject_to_airflow
from whence.aileron.context import clear_job, datahub_job, datahub_job_fn, get_job, propagate_job, set_job
from whence.aileron.emitter import flush_emit
from whence.aileron.hooks import install_all_hooks
from whence.aileron.hooks.boto3 import install_boto3_hooks
from whence.aileron.hooks.s3fs import install_s3fs_hooks
from whence.aileron.hooks.sqlalchemy import install_sqlalchemy_hooks
from whence.aileron.lineage import add_input, add_output, build_dataset_urn, emit_lineage

__all__ = [
    "add_input",
    "add_output",
    "build_dataset_urn",
    "clear_job",
    "datahub_job",
    "datahub_job_fn",
    "emit_lineage",
    "flush_emit",
    "get_job",
    "inject_to_airflow",
    "install_all_hooks",
    "install_boto3_hooks",
    "install_s3fs_hooks",
    "install_sqlalchemy_hooks",
    "propagate_job",
    "set_job",
]
