"""The Snowflake hook with the real connector against a fake of its HTTP protocol: no query is really run.

The fake knows log-in, statements, their state and results as the connector itself asks for them.
"""

from __future__ import annotations

import gzip
import json
import threading
import warnings
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
import snowflake.connector

import whence

pytestmark = pytest.mark.integration


class ProtocolFake:
    """Speaks the protocol of Snowflake's connectors: writes answer with a count, reads with one row."""

    def __init__(self):
        self.database, self.schema = "SHOP", "PUBLIC"
        self.asked = []
        self.states = {}
        fake = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_):
                pass

            def do_GET(self):
                self.do_POST()

            def do_POST(self):
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                if self.headers.get("Content-Encoding") == "gzip":
                    body = gzip.decompress(body)
                path = self.path.partition("?")[0]
                answer = fake.answer(path, json.loads(body) if body else {})
                data = json.dumps(answer).encode()
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port = self._server.server_port
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self):
        self._server.shutdown()
        self._server.server_close()

    def answer(self, path, body):
        if path.endswith("login-request"):
            parameters = body["data"].get("SESSION_PARAMETERS", {})
            commits = str(parameters.get("AUTOCOMMIT", "true")).lower() == "true"
            data = {"token": "t", "masterToken": "m", "validityInSeconds": 3600, "masterValidityInSeconds": 14400,
                    "sessionId": 1, "parameters": [{"name": "AUTOCOMMIT", "value": commits}],
                    "sessionInfo": {"databaseName": self.database, "schemaName": self.schema}}  # fmt: skip
        elif path.endswith("query-request"):
            return self.statement(body["sqlText"], is_async=body.get("asyncExec"))
        elif path.startswith("/monitoring/queries/"):
            number = path.rpartition("/")[2]
            data = {"queries": [{"id": number, "status": self.states.get(number, "RUNNING"), "state": "x"}]}
        else:
            data = {}
        return {"data": data, "message": None, "code": None, "success": True}

    def statement(self, text, *, is_async):
        self.asked.append(text)
        number = f"01b00000-0000-0000-0000-{len(self.asked):012d}"
        words = text.lower().split()
        if "missing" in text:
            data = {"sqlState": "42S02", "errorCode": "002003", "queryId": number}
            return {"data": data, "message": "does not exist", "code": "002003", "success": False}
        if words[0] == "use":
            *database, schema = words[-1].upper().split(".")
            self.database, self.schema = (database or [self.database])[0], schema
        is_write = words[0] in ("insert", "update", "delete", "merge")
        name = "number of rows inserted" if is_write else "A"
        column = {"name": name, "database": "", "schema": "", "table": "", "type": "fixed", "nullable": False,
                  "precision": 10, "scale": 0, "length": None, "byteLength": None, "collation": None}  # fmt: skip
        data = {"parameters": [], "rowtype": [column], "rowset": [["4"]], "total": 1, "returned": 1, "queryId": number,
                "finalDatabaseName": self.database, "finalSchemaName": self.schema, "finalRoleName": "R",
                "numberOfBinds": 0, "statementTypeId": 12544 if is_write else 4096, "version": 1,
                "queryResultFormat": "json", "sqlState": "00000"}  # fmt: skip
        if is_write:
            data["stats"] = {"numRowsInserted": 4}
        if is_async:
            return {"data": {"queryId": number, "getResultUrl": f"/queries/{number}/result",
                             "queryAbortsAfterSecs": 300}, "code": "333334", "success": True,
                    "message": "in progress"}  # fmt: skip
        return {"data": data, "message": None, "code": None, "success": True}


@pytest.fixture
def fake():
    made = ProtocolFake()
    yield made
    made.close()


@pytest.fixture
def connect(fake, collected):
    made = []

    def connect(**options):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # the connector's own, about its future defaults
            connection = snowflake.connector.connect(
                account="acc", user="ann", password="hunter2", protocol="http", host="127.0.0.1", port=fake.port,
                database="shop", schema="public", **options,
            )  # fmt: skip
        made.append(connection)
        return connection

    yield connect
    for connection in made:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            connection.close()


def test_statement_is_told_with_database_and_schema(connect, collected):
    connection = connect()
    with whence.job("j"), connection.cursor() as cursor:
        cursor.execute("insert into marts.totals select a from orders where note = 'secret'")
        cursor.execute("select a from customers where id = %s", (4711,))
        assert cursor.fetchall() == [(4,)]
    assert collected.names("j") == ({"SHOP.PUBLIC.ORDERS", "SHOP.PUBLIC.CUSTOMERS"}, {"SHOP.MARTS.TOTALS"})
    assert collected.rows("j", "SHOP.MARTS.TOTALS") == 4
    assert collected.end("j")["outputs"][0]["namespace"].startswith("snowflake://acc")
    for private in ("secret", "4711", "hunter2", "ann"):
        assert f'"{private}' not in collected.text()


def test_failed_statement_is_nothing(connect, collected):
    connection = connect()
    with whence.job("j"), connection.cursor() as cursor, pytest.raises(snowflake.connector.errors.ProgrammingError):
        cursor.execute("insert into missing select a from orders")
    assert collected.names("j") == (set(), set())


def test_transactions(connect, collected):
    connection = connect()
    with whence.job("text"), connection.cursor() as cursor:
        cursor.execute("begin")
        cursor.execute("insert into undone values (1)")
        cursor.execute("rollback")
        cursor.execute("begin transaction")
        cursor.execute("insert into kept values (1)")
        connection.commit()
        cursor.execute("begin")
        cursor.execute("insert into ended values (1)")
        cursor.execute("create table made as select a from orders")
        cursor.execute("rollback")
    assert collected.names("text")[1] == {f"SHOP.PUBLIC.{name}" for name in ("KEPT", "ENDED", "MADE")}
    other = connect(autocommit=False)
    with whence.job("mode"), other.cursor() as cursor:
        cursor.execute("insert into undone values (1)")
        other.rollback()
        cursor.execute("insert into kept values (1)")
        other.commit()
        cursor.execute("insert into open values (1)")
    assert collected.names("mode") == (set(), {"SHOP.PUBLIC.KEPT"})


def test_use_is_followed(connect, collected):
    connection = connect()
    with whence.job("j"), connection.cursor() as cursor:
        cursor.execute("select a from orders")
        cursor.execute("use schema other.marts")
        cursor.execute("select a from totals")
    assert collected.names("j") == ({"SHOP.PUBLIC.ORDERS", "OTHER.MARTS.TOTALS"}, set())


def test_executemany_is_one_statement(connect, collected):
    connection = connect()
    with whence.job("j"), connection.cursor() as cursor:
        cursor.executemany("insert into totals (a) values (%s)", [("secret",), ("x",)])
    assert collected.names("j") == (set(), {"SHOP.PUBLIC.TOTALS"})
    assert "secret" not in collected.text()


def test_asynchronous_statement_is_told_when_the_client_learns_of_its_success(connect, fake, collected):
    connection = connect()
    with whence.job("j"), connection.cursor() as cursor:
        kept = cursor.execute_async("insert into kept select a from orders")["queryId"]
        failed = cursor.execute_async("insert into failed select a from orders")["queryId"]
        cursor.execute_async("insert into never_asked select a from orders")
        fake.states |= {failed: "FAILED_WITH_ERROR"}
        connection.get_query_status(kept)
        fake.states |= {kept: "SUCCESS"}
        for _ in range(2):
            connection.get_query_status(kept)
            connection.get_query_status(failed)
    assert collected.names("j") == ({"SHOP.PUBLIC.ORDERS"}, {"SHOP.PUBLIC.KEPT"})


def test_nothing_is_asked_by_us(connect, fake, collected):
    def asked(name):
        connection = connect()
        fake.asked.clear()
        with whence.job(name), connection.cursor() as cursor:
            cursor.execute("use schema public")
            cursor.execute("insert into totals select a from orders")
        return list(fake.asked)

    with_us = asked("with")
    whence.uninstall()
    assert with_us == asked("without")
    assert collected.names("with")[1] == {"SHOP.PUBLIC.TOTALS"}


def test_uninstall_restores():
    cursor = snowflake.connector.cursor.SnowflakeCursorBase
    whence.install("snowflake")
    wrapped = cursor.execute
    whence.uninstall()
    assert cursor.execute is not wrapped
    assert "whence" not in cursor.execute.__code__.co_filename
