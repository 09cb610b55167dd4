"""What the connectors at hand cannot do on a real Trino (`test_trino_server`): change rows, and write in transactions.

The connector memory refuses both. So here the real client speaks to a fake that answers every statement at once with
seven rows changed, and with the headers by which Trino begins and ends transactions. No query is run.
"""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
import trino

import whence

pytestmark = pytest.mark.integration

HEADERS = {
    "START": ("X-Trino-Started-Transaction-Id", "t1"),
    "COMMIT": ("X-Trino-Clear-Transaction-Id", "true"),
    "ROLLBACK": ("X-Trino-Clear-Transaction-Id", "true"),
}


class Handler(BaseHTTPRequestHandler):
    def log_message(self, *_):
        pass

    def do_POST(self):
        first_word = self.rfile.read(int(self.headers["Content-Length"])).decode().split()[0]
        answer = {"id": "q", "infoUri": "", "stats": {"state": "FINISHED"}, "updateType": first_word, "updateCount": 7}
        data = json.dumps(answer).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(data)))
        if first_word in HEADERS:
            self.send_header(*HEADERS[first_word])
        self.end_headers()
        self.wfile.write(data)


@pytest.fixture
def connect(collected):
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()

    def connect(**options):
        place = {"host": "127.0.0.1", "port": server.server_port, "catalog": "lake", "schema": "raw"}
        return trino.dbapi.connect(user="ann", **place, **options)

    yield connect
    server.shutdown()
    server.server_close()


def test_changed_rows(connect, collected):
    with whence.job("j"), connect() as connection:
        cursor = connection.cursor()
        cursor.execute("DELETE FROM a WHERE k = 1")
        cursor.execute("UPDATE b SET k = 1")
        cursor.execute("MERGE INTO c USING s ON c.k = s.k WHEN MATCHED THEN UPDATE SET n = s.n")
    inputs, outputs = collected.names("j")
    assert "lake.raw.s" in inputs
    assert outputs == {f"lake.raw.{name}" for name in "abc"}
    assert [collected.rows("j", f"lake.raw.{name}") for name in "abc"] == [None, 7, 7]  # deleted rows are no output
    assert collected.fields("j", "lake.raw.c") == {"n": {"lake.raw.s.n"}}


def test_writes_in_transactions(connect, collected):
    level = trino.transaction.IsolationLevel.READ_COMMITTED
    with whence.job("j"), connect(isolation_level=level) as connection:
        connection.cursor().execute("INSERT INTO kept VALUES (1)")
        connection.cursor().execute("INSERT INTO kept VALUES (1)")
        connection.commit()
        connection.cursor().execute("INSERT INTO undone SELECT a FROM unread")
        connection.cursor().execute("SELECT a FROM s")
        connection.rollback()
        connection.cursor().execute("INSERT INTO kept_by_exit VALUES (1)")
    assert collected.names("j") == ({"lake.raw.s"}, {"lake.raw.kept", "lake.raw.kept_by_exit"})
    assert collected.rows("j", "lake.raw.kept") == 14


def test_uninstall_restores():
    whence.install("trino")
    assert "whence" in trino.dbapi.Cursor.execute.__code__.co_filename
    whence.uninstall()
    assert "whence" not in trino.dbapi.Cursor.execute.__code__.co_filename
    assert "whence" not in trino.dbapi.Connection.commit.__code__.co_filename
