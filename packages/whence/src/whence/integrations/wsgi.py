"""WSGI: requests of any application that speaks PEP 3333.

    app = WhenceMiddleware(app, template=lambda environ: environ.get("my.route"))

WSGI itself knows no routes: `template` says how the framework tells the one it chose, None before. Flask has its own
line (`whence.integrations.flask`). A body that is made while it is sent belongs to its request; between its steps the
server's thread is as it was. It must not hold back, change or buffer anything.
"""

from __future__ import annotations

from whence.integrations._requests import Service
from whence.integrations._routes import job_name

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from typing import Any

    from whence.integrations._requests import Request, Untold

    Environ = dict[str, Any]
    Template = Callable[[Environ], str | None]


class WhenceMiddleware:
    """Makes requests runs: per route and window of time, or one each with `run="request"`.

    `window_s` is the setting of that name by default; `flow` and `namespace` are those of the jobs.
    """

    def __init__(
        self,
        app: Callable[..., Iterable[bytes]],
        *,
        template: Template | None = None,
        run: str = "window",
        window_s: float | None = None,
        flow: str | None = None,
        namespace: str | None = None,
    ) -> None:
        self.app = app
        self.template = template
        self.service = Service(run=run, window_s=window_s, flow=flow, namespace=namespace)

    def __call__(self, environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Serve one request."""
        name = _Name(environ, self.template)
        status = 0

        def starting(line: str, *rest: Any, **more: Any) -> Any:
            nonlocal status
            status = int(line[:3]) if line[:3].isdigit() else 0
            name()  # some frameworks forget the route before the body is sent
            return start_response(line, *rest, **more)

        request = self.service.begin(name, None if self.service.is_windowed else _headers(environ))
        try:
            body = self.app(environ, starting)
        except BaseException as error:
            request.suspend()
            request.end(error)
            raise
        request.suspend()
        if isinstance(body, (list, tuple)) or _is_file(body, environ):
            request.end(None, status)
            return body
        return _Body(body, request, lambda: status)


class _Name:
    """The name of the request's job: asked until the route is known."""

    __slots__ = ("_environ", "_known", "_template")

    def __init__(self, environ: Environ, template: Template | None) -> None:
        self._environ = environ
        self._template = template
        self._known = ""

    def __call__(self) -> str:
        if self._known:
            return self._known
        method = self._environ.get("REQUEST_METHOD", "")
        try:
            template = None if self._template is None else self._template(self._environ)
        except Exception:  # noqa: BLE001  border: the framework may not be that far
            template = None
        if template is None:
            return job_name(method, None)
        self._known = job_name(method, template)
        return self._known


class _Body:
    """A body whose steps are taken in its request; the server closes it, and then the request is over."""

    __slots__ = ("_body", "_error", "_request", "_status", "_steps")

    def __init__(self, body: Iterable[bytes], request: Request | Untold, status: Callable[[], int]) -> None:
        self._body = body
        self._request = request
        self._status = status
        self._steps: Iterator[bytes] | None = None
        self._error: BaseException | None = None

    def __iter__(self) -> _Body:
        return self

    def __next__(self) -> bytes:
        before = self._request.step_in()
        try:
            if self._steps is None:
                self._steps = iter(self._body)
            return next(self._steps)
        except StopIteration:
            raise
        except BaseException as error:
            self._error = error
            raise
        finally:
            self._request.step_out(before)

    def close(self) -> None:
        before = self._request.step_in()
        try:
            close = getattr(self._body, "close", None)
            if close is not None:
                close()
        finally:
            self._request.step_out(before)
            self._request.end(self._error, self._status())


def _is_file(body: Any, environ: Environ) -> bool:
    """Whether the server has a faster way to send this body, which a wrapper would keep it from."""
    wrapper = environ.get("wsgi.file_wrapper")
    return isinstance(wrapper, type) and isinstance(body, wrapper)


def _headers(environ: Environ) -> dict[str, Any]:
    return {key[5:]: value for key, value in environ.items() if key.startswith("HTTP_")}
