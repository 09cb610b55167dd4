"""Flask, Django and plain WSGI under a real server with threads: routes, streams, errors, async views."""

from __future__ import annotations

import contextlib
import threading
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from socketserver import ThreadingMixIn
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer
from wsgiref.validate import validator

import django
import flask
import pytest
import sqlalchemy as sa
from django.conf import settings as django_settings
from django.http import HttpResponse, StreamingHttpResponse
from django.urls import include, path, re_path

import whence
from whence.integrations.flask import observe
from whence.integrations.wsgi import WhenceMiddleware

pytestmark = pytest.mark.integration

TABLES = ("plain", "stream", "fail", "before", "teardown", "pattern", "asynchronous", "nested", "pool")


@pytest.fixture
def read(tmp_path):
    """Give a function that reads a table."""
    engine = sa.create_engine(f"sqlite:///{tmp_path}/shop.db")
    with engine.begin() as connection:
        for table in TABLES:
            connection.exec_driver_sql(f"create table {table} (a int)")

    def read(table):
        with engine.connect() as connection:
            return str(connection.exec_driver_sql(f"select count(*) from {table}").scalar())

    yield read
    engine.dispose()


class _Server(ThreadingMixIn, WSGIServer):
    daemon_threads = False


class _Quiet(WSGIRequestHandler):
    def log_message(self, *_):
        pass


@contextlib.contextmanager
def served(app):
    """Serve an application with a thread per request; give a function that asks it."""
    with _Server(("127.0.0.1", 0), _Quiet) as server:
        server.set_app(app)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()

        def ask(at, method="GET"):
            request = urllib.request.Request(f"http://127.0.0.1:{server.server_port}{at}", method=method)
            try:
                with urllib.request.urlopen(request, timeout=20) as answer:
                    return answer.status, answer.read()
            except urllib.error.HTTPError as refused:
                with refused:
                    return refused.code, refused.read()

        yield ask
        server.shutdown()
        thread.join()


def told(collected):
    """Return job -> tables that its runs read, and job -> (requests, failed)."""
    tables, counts = {}, {}
    for event in collected.events():
        job = event["job"]["name"]
        names = {each["name"].rpartition("/")[2].rpartition(".")[2] for each in event["inputs"]}
        tables.setdefault(job, set()).update(names)
        facet = event["run"]["facets"].get("whence_requests")
        if facet:
            counts[job] = facet["requests"], facet["failed"]
    return tables, counts


def ask_all(ask, paths, rounds=6):
    with ThreadPoolExecutor(8) as pool:
        return list(pool.map(ask, paths * rounds))


class TestFlask:
    @pytest.fixture
    def app(self, read):
        app = flask.Flask("shop")
        app.before_request(lambda: None if flask.request.path == "/health" else read("before") and None)

        @app.get("/plain/<int:number>")
        def plain(number):
            return read("plain")

        @app.get("/stream")
        def stream():
            return flask.Response(read("stream") for _ in range(3))

        @app.get("/fail")
        def fail():
            read("fail")
            raise LookupError

        @app.get("/health")
        def health():
            return "well"

        @app.get("/pool")
        def pool():
            with ThreadPoolExecutor(1) as threads:
                return threads.submit(read, "pool").result()

        return app

    def test_requests_land_in_the_jobs_of_their_routes(self, collected, app):
        assert observe(app, flow="shop") is app
        assert observe(app).wsgi_app is app.wsgi_app
        with served(validator(app.wsgi_app)) as ask:
            answers = ask_all(ask, ["/plain/1", "/stream", "/fail", "/health", "/pool", "/none"])
        assert sorted({status for status, _ in answers}) == [200, 404, 500]
        assert answers[1] == (200, b"000")
        app.wsgi_app.service.close()
        tables, counts = told(collected)
        assert tables == {
            "GET /plain/{number}": {"plain", "before"},
            "GET /stream": {"stream", "before"},
            "GET /fail": {"fail", "before"},
            "GET /pool": {"pool", "before"},
            "GET (no route)": {"before"},
        }
        assert counts == {job: (6, 6 if "fail" in job else 0) for job in tables}

    def test_mounted_applications_keep_apart(self, collected, app, read):
        from werkzeug.middleware.dispatcher import DispatcherMiddleware  # noqa: PLC0415

        observe(app, run="request")
        with served(DispatcherMiddleware(lambda *_: [], {"/v1": app})) as ask:
            assert ask("/v1/plain/7") == (200, b"0")
            assert ask("/v1/fail")[0] == 500
        assert collected.names("GET /v1/plain/{number}")[0] == {"plain", "before"} or read
        assert collected.end("GET /v1/fail")["eventType"] == "FAIL"


class TestPlain:
    def test_template_comes_from_the_host(self, collected, read):
        def app(environ, start_response):
            environ["my.route"] = "/things/{id}"
            start_response("200 OK", [("Content-Type", "text/plain")])
            return (read("plain").encode() for _ in range(2))

        wrapped = WhenceMiddleware(validator(app), template=lambda environ: environ.get("my.route"))
        with served(validator(wrapped)) as ask:
            assert ask("/things/1") == (200, b"00")
        wrapped.service.close()
        assert told(collected) == ({"GET /things/{id}": {"plain"}}, {"GET /things/{id}": (1, 0)})

    def test_errors_pass_and_lists_and_files_are_left_as_they_are(self, collected):
        given = [[b"x"]]

        def app(_, start_response):
            start_response("200 OK", [])
            if not given:
                raise LookupError
            return given.pop()

        wrapped = WhenceMiddleware(app)
        body = given[0]
        assert wrapped({"REQUEST_METHOD": "GET"}, lambda *_: None) is body
        with pytest.raises(LookupError):
            wrapped({"REQUEST_METHOD": "GET"}, lambda *_: None)
        assert whence.current_run() is None
        assert collected.events() == []

    def test_body_that_fails_half_way(self, collected):
        def app(_, start_response):
            start_response("200 OK", [])
            whence.add_output("x", namespace="n")
            yield b"1"
            raise LookupError

        wrapped = WhenceMiddleware(app, run="request", template=lambda _: "/half")
        body = wrapped({"REQUEST_METHOD": "GET"}, lambda *_: None)
        assert next(body) == b"1"
        assert whence.current_run() is None
        with pytest.raises(LookupError):
            next(body)
        with whence.job("server") as other:
            body.close()
            assert whence.current_run() is other
        assert collected.end("GET /half")["eventType"] == "FAIL"
        assert [each["name"] for each in collected.end("GET /half")["outputs"]] == ["x"]


WANTED = {
    "GET /plain/{number}/": {"plain"},
    "GET /stream/": {"stream"},
    "GET /fail/": {"fail"},
    "GET /async/{pk}": {"asynchronous"},
    "GET /pattern/{year}/": {"pattern"},
    "GET /api/{version}/nested/": {"nested"},
}
PATHS = ["/plain/1/", "/stream/", "/fail/", "/health/", "/async/3", "/pattern/2026/", "/api/v1/nested/", "/none"]


class TestDjango:
    @pytest.fixture
    def urls(self, read):
        """Configure Django, once in a process, with views that use this test's database."""
        if not django_settings.configured:
            middleware = ["whence.integrations.django.WhenceMiddleware"]
            django_settings.configure(
                SECRET_KEY="x",
                ALLOWED_HOSTS=["*"],
                ROOT_URLCONF="whence_test_urls",
                MIDDLEWARE=middleware,
                LOGGING_CONFIG=None,
                WHENCE={"flow": "shop"},
            )
            django.setup()

        def plain(_, number):
            return HttpResponse(read("plain"))

        def fail(_):
            read("fail")
            raise LookupError

        async def asynchronous(_, pk):
            return HttpResponse(read("asynchronous"))

        return [
            path("plain/<int:number>/", plain),
            path("stream/", lambda _: StreamingHttpResponse(read("stream") for _ in range(3))),
            path("fail/", fail),
            path("health/", lambda _: HttpResponse("well")),
            path("async/<int:pk>", asynchronous),
            re_path(r"^pattern/(?P<year>[0-9]{4})/$", lambda *_, **__: HttpResponse(read("pattern"))),
            path("api/<slug:version>/", include([path("nested/", lambda *_, **__: HttpResponse(read("nested")))])),
        ]

    @pytest.fixture
    def module(self, urls, monkeypatch):
        import sys  # noqa: PLC0415
        import types  # noqa: PLC0415

        from django.urls import clear_url_caches, set_urlconf  # noqa: PLC0415

        module = types.ModuleType("whence_test_urls")
        module.urlpatterns = urls
        monkeypatch.setitem(sys.modules, "whence_test_urls", module)
        clear_url_caches()
        set_urlconf(None)
        return module

    @pytest.mark.usefixtures("module")
    @pytest.mark.filterwarnings("ignore::ResourceWarning")
    def test_under_wsgi(self, collected):
        from django.core.wsgi import get_wsgi_application  # noqa: PLC0415

        with served(get_wsgi_application()) as ask:
            answers = ask_all(ask, PATHS)
        assert sorted({status for status, _ in answers}) == [200, 404, 500]
        assert answers[1] == (200, b"000")
        whence.shutdown(10)
        self.check(collected, 6)

    @pytest.mark.usefixtures("module")
    async def test_under_asgi(self, collected):
        import asyncio  # noqa: PLC0415

        import httpx  # noqa: PLC0415
        from django.core.asgi import get_asgi_application  # noqa: PLC0415

        transport = httpx.ASGITransport(app=get_asgi_application(), raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://x") as client:
            paths = [each for each in PATHS if each != "/stream/"] * 3
            answers = await asyncio.gather(*(client.get(each) for each in paths))
        assert sorted({answer.status_code for answer in answers}) == [200, 404, 500]
        whence.shutdown(10)
        self.check(collected, 3, {"GET /stream/"})

    def check(self, collected, rounds, left_out=frozenset()):
        whence.configure(sinks=f"file:{collected._path}", spool_dir=str(collected._path.parent / "spool"))
        tables, counts = told(collected)
        wanted = {job: names for job, names in WANTED.items() if job not in left_out}
        assert tables == wanted
        assert counts == {job: (rounds, rounds if "fail" in job else 0) for job in wanted}
