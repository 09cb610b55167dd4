"""Flask: one line, `whence.integrations.flask.observe(app)`.

It wraps `app.wsgi_app`, so it sees what Flask serves under any server, streamed bodies too, and asks the route that
Flask chose. It must not import Flask.
"""

from __future__ import annotations

from functools import cache

from whence.integrations._templates import from_angles
from whence.integrations.wsgi import WhenceMiddleware

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_read = cache(from_angles)


def observe(
    app: Any,
    *,
    run: str = "window",
    window_s: float | None = None,
    flow: str | None = None,
    namespace: str | None = None,
) -> Any:
    """Make the requests of a Flask application runs, and return the application. Repeating it has no effect.

    Per route and window of time, or one each with `run="request"`; `window_s` is the setting of that name by default.
    """
    if not isinstance(app.wsgi_app, WhenceMiddleware):
        app.wsgi_app = WhenceMiddleware(
            app.wsgi_app, template=_rule, run=run, window_s=window_s, flow=flow, namespace=namespace
        )
    return app


def _rule(environ: dict[str, Any]) -> str | None:
    """Return the rule that Flask chose, below what the application is mounted on; None before."""
    request = environ.get("werkzeug.request")
    rule = getattr(request, "url_rule", None)
    return None if rule is None else environ.get("SCRIPT_NAME", "").rstrip("/") + _read(rule.rule)
