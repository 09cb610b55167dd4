"""The Trino hook with the real client against a fake of Trino's REST protocol: no query is really run.

The fake answers as Trino's client protocol says: POST /v1/statement, then `nextUri` until the query is finished.
"""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
import sqlalchemy as sa
import trino

import whence

pytestmark = pytest.mark.integration

COLUMN = {"name": "a", "type": "bigint", "typeSignature": {"rawType": "bigint", "arguments": []}}


class ProtocolFake:
    """Speaks Trino's client protocol. Queries that write give one row with a count, reads two pages of rows."""

    def __init__(self):
        self.queries = {}
        self.asked = []
        fake = self

        class Handler(BaseHTTPRequestHandler):
            def log_message(self, *_):
                pass

            def do_POST(self):
                text = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
                number = len(fake.queries)
                fake.queries[str(number)] = text
                self._answer(str(number), text, 0)

            def do_GET(self):
                number, page = self.path.strip("/").split("/")[2:]
                self._answer(number, fake.queries[number], int(page))

            def do_DELETE(self):
                self.send_response(204)
                self.end_headers()

            def _answer(self, number, text, page):
                fake.asked.append((text, page))
                headers, answer = fake.answer(number, text, page)
                data = json.dumps(answer).encode()
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(data)))
                for name, value in headers.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(data)

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port = self._server.server_port
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self):
        self._server.shutdown()
        self._server.server_close()

    def answer(self, number, text, page):
        url = f"http://127.0.0.1:{self.port}/v1/statement/{number}/"
        words = text.lower().split()
        headers = {}
        if words[0] == "use":
            catalog, _, schema = words[1].rpartition(".")
            headers["X-Trino-Set-Schema"] = schema
            if catalog:
                headers["X-Trino-Set-Catalog"] = catalog
        if words[:2] == ["start", "transaction"]:
            headers["X-Trino-Started-Transaction-Id"] = "t1"
        if words[0] in ("commit", "rollback"):
            headers["X-Trino-Clear-Transaction-Id"] = "true"
        is_read = words[0] in ("select", "with", "execute")
        last = 3 if is_read else 1
        answer = {"id": f"q{number}", "infoUri": url, "stats": {"state": "FINISHED" if page == last else "RUNNING"}}
        if page < last:
            answer["nextUri"] = f"{url}{page + 1}"
        if "late_failure" in text and page == last:
            answer["stats"]["state"] = "FAILED"
            answer["error"] = {
                "message": "worker gone",
                "errorCode": 1,
                "errorName": "X",
                "errorType": "INTERNAL_ERROR",
            }
        elif is_read and page in (1, 2):
            answer |= {"columns": [COLUMN], "data": [[1]]}
        elif words[0] in ("insert", "delete", "update", "merge", "create"):
            answer |= {"columns": [COLUMN], "updateType": words[0].upper()}
            if page == last:
                answer |= {"updateCount": 7}
        return headers, answer


@pytest.fixture
def fake():
    made = ProtocolFake()
    yield made
    made.close()


@pytest.fixture
def connect(fake, collected):
    def connect(**options):
        place = {"catalog": "lake", "schema": "raw", **options}
        return trino.dbapi.connect(host="127.0.0.1", port=fake.port, user="ann", **place)

    return connect


def test_statement_is_told_with_catalogue_and_schema(connect, fake, collected):
    with whence.job("j"), connect() as connection:
        cursor = connection.cursor()
        cursor.execute("insert into marts.totals select a from orders where note = 'secret'")
        assert cursor.fetchall() == []
    assert collected.names("j") == ({"lake.raw.orders"}, {"lake.marts.totals"})
    assert collected.rows("j", "lake.marts.totals") == 7
    assert collected.end("j")["outputs"][0]["namespace"] == f"trino://127.0.0.1:{fake.port}"
    assert "secret" not in collected.text()


def test_read_counts_though_it_was_not_read_to_its_end(connect, collected):
    with whence.job("j"), connect() as connection:
        cursor = connection.cursor()
        cursor.execute("select a from orders")
        assert cursor.fetchone() == [1]
    assert collected.names("j") == ({"lake.raw.orders"}, set())


def test_query_that_fails_on_the_way_is_nothing(connect, collected):
    with whence.job("j"), connect() as connection:
        cursor = connection.cursor()
        with pytest.raises(trino.exceptions.TrinoQueryError):
            cursor.execute("insert into late_failure select a from orders")
    assert collected.names("j")[1] == set()


def test_use_is_followed(connect, collected):
    with whence.job("j"), connect() as connection:
        cursor = connection.cursor()
        cursor.execute("select a from orders")
        cursor.fetchall()
        cursor.execute("use other.marts")
        cursor.fetchall()
        cursor.execute("select a from totals")
        cursor.fetchall()
    assert collected.names("j") == ({"lake.raw.orders", "other.marts.totals"}, set())


def test_transactions(connect, collected):
    level = trino.transaction.IsolationLevel.READ_COMMITTED
    with whence.job("j"), connect(isolation_level=level) as connection:
        connection.cursor().execute("insert into kept values (1)")
        connection.commit()
        connection.cursor().execute("insert into undone values (1)")
        connection.rollback()
    assert collected.names("j") == (set(), {"lake.raw.kept"})


def test_below_sqlalchemy_it_is_counted_once(fake, collected):
    engine = sa.create_engine(f"trino://ann@127.0.0.1:{fake.port}/lake/raw")
    with whence.job("j"), engine.connect() as connection:
        connection.execute(sa.text("insert into totals select a from orders"))
    engine.dispose()
    assert collected.names("j") == ({"lake.raw.orders"}, {"lake.raw.totals"})
    assert collected.rows("j", "lake.raw.totals") == 7


def test_nothing_is_asked_by_us(connect, fake, collected):
    def asked():
        fake.asked.clear()
        with whence.job("j"), connect() as connection:
            cursor = connection.cursor()
            cursor.execute("select a from orders")
            cursor.fetchall()
        return list(fake.asked)

    with_us = asked()
    whence.uninstall()
    assert with_us == asked()
    assert collected.events()


def test_uninstall_restores():
    whence.install("trino")
    assert "whence" in trino.dbapi.Cursor.execute.__code__.co_filename
    whence.uninstall()
    assert "whence" not in trino.dbapi.Cursor.execute.__code__.co_filename
    assert "whence" not in trino.dbapi.Connection.commit.__code__.co_filename
