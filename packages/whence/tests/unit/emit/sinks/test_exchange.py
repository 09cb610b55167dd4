from __future__ import annotations

import ssl
import threading
import time
from pathlib import Path

import pytest

from whence.emit.sinks._exchange import ANSWER_MAX_BYTES, ExchangeError, HttpPost


@pytest.fixture
def post():
    made = []

    def make(url, timeout_s=2.0):
        made.append(HttpPost(url, timeout_s=timeout_s))
        return made[-1]

    yield make
    for each in made:
        each.close()


def read_request(connection):
    """Read what is left of the request, so that closing is no reset."""
    connection.settimeout(0.1)
    try:
        while connection.recv(65536):
            pass
    except TimeoutError:
        pass


def test_an_answer_has_status_headers_and_body(post, fake_server):
    with fake_server((418, {"X-Tea": "Earl Grey"}, b"short")) as server:
        answer = post(server.url).post("/tea", b"[]", {"X-Pot": "1"})
        assert (answer.status, answer.headers["x-tea"], answer.body) == (418, "Earl Grey", b"short")
        assert (server.requests[0].path, server.requests[0].headers["X-Pot"]) == ("/tea", "1")


def test_a_connection_is_used_again(post, fake_server):
    with fake_server() as server:
        http = post(server.url)
        for _ in range(3):
            assert http.post("/", b"[]", {}).status == 204
        assert server.connections == 1


def test_a_connection_that_the_server_closed_is_opened_again_once(post, fake_server):
    with fake_server((204, {"Connection": "close"}, b"")) as server:
        http = post(server.url)
        http.post("/", b"[]", {})
        http.post("/", b"[]", {})
        assert server.connections == 2


def test_a_connection_that_went_stale_is_opened_again_once(post, raw_server):
    served = []

    def talk(connection):
        served.append(1)
        connection.sendall(b"HTTP/1.1 204 No Content\r\n\r\n")  # and then closes, without a word

    with raw_server(talk) as server:
        http = post(server.url)
        for _ in range(3):
            assert http.post("/", b"[]", {}).status == 204
            time.sleep(0.02)
        assert len(served) == 3


def test_nobody_listens(post, raw_server):
    with raw_server(lambda _: None) as server:
        url = server.url
    with pytest.raises(ExchangeError, match="cannot be reached: Connection refused") as caught:
        post(url).post("/", b"[]", {})
    assert not caught.value.is_slow


def test_a_host_that_has_no_address(post):
    with pytest.raises(ExchangeError, match="cannot be reached"):
        post("http://host.invalid").post("/", b"[]", {})


def test_a_name_that_cannot_be_one(post):
    with pytest.raises(ExchangeError, match="does not speak HTTP"):
        post(f"http://{'x' * 70}.example").post("/", b"[]", {})


@pytest.mark.parametrize(
    "words",
    [
        pytest.param((), id="says nothing"),
        pytest.param((b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n", *[b"x"] * 200), id="drips its body"),
        pytest.param((b"HTTP/1.1 200 OK\r\n", *[b"X-Drip: 1\r\n"] * 90), id="drips its headers"),
    ],
)
def test_a_server_that_never_ends_is_left_at_the_deadline(post, raw_server, words):
    release = threading.Event()

    def talk(connection):
        for word in words:
            connection.sendall(word)
            if release.wait(0.02):
                return
        release.wait(5)

    with raw_server(talk) as server:
        started = time.monotonic()
        with pytest.raises(ExchangeError, match=r"did not answer within 0\.3 s") as caught:
            post(server.url, 0.3).post("/", b"[]", {})
        assert 0.25 < time.monotonic() - started < 4.0  # of the 5 s in which the server never ends
        assert caught.value.is_slow
        release.set()


@pytest.mark.parametrize("words", [b"SSH-2.0-OpenSSH\r\n", b"HTTP/1.1 banana\r\n\r\n", b""])
def test_a_server_that_speaks_no_http(post, raw_server, words):
    def talk(connection):
        read_request(connection)
        connection.sendall(words)

    with raw_server(talk) as server, pytest.raises(ExchangeError, match=r"does not speak HTTP|cannot be reached"):
        post(server.url).post("/", b"[]", {})


def test_an_answer_without_end_is_read_up_to_a_bound(post, fake_server):
    with fake_server((200, {}, b"x" * (ANSWER_MAX_BYTES + 100))) as server:
        http = post(server.url)
        assert len(http.post("/", b"[]", {}).body) == ANSWER_MAX_BYTES
        assert http.post("/", b"[]", {}).status == 204
        assert server.connections == 2


def test_an_answer_of_just_that_size_keeps_the_connection(post, fake_server):
    with fake_server((200, {}, b"x" * ANSWER_MAX_BYTES)) as server:
        http = post(server.url)
        http.post("/", b"[]", {})
        http.post("/", b"[]", {})
        assert server.connections == 1


def test_a_deadline_that_has_passed(post, fake_server):
    with fake_server() as server, pytest.raises(ExchangeError, match="did not answer"):
        post(server.url, 1e-9).post("/", b"[]", {})


def test_the_ports_are_those_of_the_scheme():
    assert HttpPost("http://host", timeout_s=1)._connection.port == 80
    assert HttpPost("https://[::1]", timeout_s=1)._connection.port == 443
    assert HttpPost("https://[::1]", timeout_s=1)._connection.host == "::1"


CERTIFICATE = Path(__file__).with_name("localhost.pem")
"""A certificate for localhost that signed itself, with its key, good for a hundred years; made for this, no secret."""


@pytest.fixture
def tls_server(fake_server):
    with fake_server() as server:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(CERTIFICATE)
        server._server.socket = context.wrap_socket(server._server.socket, server_side=True)
        server._server.handle_error = lambda *_: None
        yield server


def test_tls_with_a_trusted_certificate(post, tls_server, monkeypatch):
    monkeypatch.setenv("SSL_CERT_FILE", str(CERTIFICATE))
    url = tls_server.url.replace("http://127.0.0.1", "https://localhost")
    http = post(url)
    assert http.post("/", b"[]", {}).status == 204
    assert http.post("/", b"[]", {}).status == 204


def test_a_certificate_that_is_not_trusted_is_a_fault_of_the_settings(post, tls_server):
    url = tls_server.url.replace("http://127.0.0.1", "https://localhost")
    with pytest.raises(ExchangeError, match="certificate that is not trusted") as caught:
        post(url).post("/", b"[]", {})
    assert caught.value.is_settings
