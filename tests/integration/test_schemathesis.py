"""schemathesis against our own OpenAPI document: no 5xx, and answers as the document says. A minute at most."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = [pytest.mark.integration, pytest.mark.slow]

SECONDS = 40
CHECKS = ("not_a_server_error", "status_code_conformance", "response_schema_conformance")


def test_no_request_within_the_document_or_beside_it_breaks_the_server(whence_server, tmp_path):
    program = Path(sys.executable).parent / "schemathesis"
    command = [
        program,
        "run",
        f"{whence_server.url}/openapi.json",
        "--phases=coverage,fuzzing",
        f"--checks={','.join(CHECKS)}",
        f"--max-time={SECONDS}",
        "--max-examples=20",
        "--continue-on-failure",
        "--seed=20260101",
        "--warnings=off",
    ]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=SECONDS * 3, check=False)
    assert done.returncode == 0, done.stdout[-8_000:] + done.stderr[-2_000:]
    assert "generated" in done.stdout
