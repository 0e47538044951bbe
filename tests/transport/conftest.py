"""What several tests of the transport need."""

from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def tls_files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a certificate for localhost, its key, and a password."""
    from tests.servers.dovecot import make_certificate

    folder = tmp_path_factory.mktemp("tls")
    make_certificate(folder)
    (folder / "password").write_text("pass word", encoding="utf-8")
    return folder
