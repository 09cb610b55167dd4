"""The routes of a service as jobs, named by their templates (`GET /orders/{id}`), never by raw paths. Bounded."""

from __future__ import annotations

from whence.job import JobSpec

TYPE_CHECKING = False
if TYPE_CHECKING:
    from whence.job import JobOptions

NO_ROUTE = "(no route)"
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "QUERY", "WEBSOCKET"})
_MAX_ROUTES = 10_000  # more than that are no templates


def job_name(method: str, template: str | None) -> str:
    """Return the name of a route's job. Without a template (not routed yet, or no such route) it names no path."""
    method = method.upper()
    return f"{method if method in _METHODS else 'OTHER'} {template or NO_ROUTE}"


class Routes:
    """The jobs of one application."""

    def __init__(self, options: JobOptions) -> None:
        self._options = options
        self._specs: dict[str, JobSpec] = {}

    def spec(self, name: str) -> JobSpec:
        """Return what is known of a route's job."""
        spec = self._specs.get(name)
        if spec is None:
            if len(self._specs) >= _MAX_ROUTES:
                name = "(too many routes)"
            spec = self._specs[name] = JobSpec(name, self._options)
        return spec
