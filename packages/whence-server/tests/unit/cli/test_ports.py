from __future__ import annotations

import os
import socket

import pytest

from whence.cli import CliError, ExitCode
from whence_server.cli.ports import check_port, free_port_after, pid_of


@pytest.fixture
def taken():
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def test_a_free_port_passes(taken):
    free = free_port_after("127.0.0.1", taken)
    assert free is not None
    assert free > taken
    check_port("127.0.0.1", free)


def test_a_taken_port_names_its_holder_and_another(taken):
    with pytest.raises(CliError, match=f"port {taken} of 127.0.0.1 is taken by process {os.getpid()}") as refused:
        check_port("127.0.0.1", taken)
    assert refused.value.code == ExitCode.NOT_HERE
    assert f"--port {refused.value.details['proposed']}" in refused.value.advice


def test_the_process_of_a_port_is_found(taken):
    assert pid_of(taken) == os.getpid()
    assert pid_of(1) is None


@pytest.mark.parametrize("host", ["192.0.2.1", "nobody.invalid"])
def test_an_address_of_another_machine_is_refused(host):
    with pytest.raises(CliError, match="nothing can listen on") as refused:
        check_port(host, 0)
    assert refused.value.code == ExitCode.WRONG_USE
    assert "--host is an address of this machine" in refused.value.advice
