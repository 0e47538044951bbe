"""What else happens between a mailbox and its server: a reload, an IDLE that nobody answers, a certificate that has run out."""

import asyncio
import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from imapclient.exceptions import IMAPClientError

from tests.conftest import PASSWORD
from tests.mailbox.accounts import Account, Proxied, connected, fetch_all, message
from tests.servers import dovecot as dovecot_server
from triage.errors import ConnectionLostError, EncryptionRefusedError


async def test_a_reload_of_the_server(proxied: Proxied, dovecot: dovecot_server.Dovecot) -> None:
    """A session goes on over a reload of the configuration, or is made anew; nothing is lost."""
    account, _ = proxied
    await account.put(message(1))
    assert len(await account.mailbox.uids("INBOX")) == 1
    await asyncio.to_thread(dovecot.admin, "reload")
    async with asyncio.timeout(20):
        while not await _put(account, message(2)):
            await asyncio.sleep(0.05)
    assert await fetch_all(account) == [message(1), message(2)]


async def _put(account: Account, content: bytes) -> bool:
    # A login that meets the reload itself is cut off; that is the test's own connection, which does not try again by itself.
    try:
        await account.put(content)
    except (IMAPClientError, OSError):
        return False
    return True


async def test_an_idle_that_is_dropped_silently(impatient: Proxied) -> None:
    """When the line dies while we idle the wait still ends, with an error, and the poll afterwards sees what came."""
    account, proxy = impatient
    await account.mailbox.wait("INBOX", timedelta(milliseconds=100))
    proxy.black_hole = True
    with pytest.raises(ConnectionLostError):
        await account.mailbox.wait("INBOX", timedelta(milliseconds=200))
    proxy.calm()
    await account.put(message(1))
    assert await fetch_all(account) == [message(1)]


def certificate(root: Path, *, until: datetime, host: str = "localhost") -> Path:
    """A self-signed certificate with its key, valid for a year until then."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, host)])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(until - timedelta(days=365))
        .not_valid_after(until)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    path = root / f"{host}.pem"
    secret = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    path.write_bytes(secret + made.public_bytes(serialization.Encoding.PEM))
    return path


@pytest.mark.parametrize(
    ("days", "host", "why"), [(-1, "localhost", "expired"), (30, "other.example", "[Hh]ostname"), (400, "localhost", "not yet valid")]
)
async def test_certificates_that_are_refused(tmp_path: Path, days: int, host: str, why: str) -> None:
    """Expired, of another host or not valid yet: refused with the reason, before the password is said."""
    said: list[bytes] = []
    path = certificate(tmp_path, until=datetime.now(UTC) + timedelta(days=days), host=host)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(path)

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"* OK ready\r\n")
        said.append(await reader.read(100))
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=context)
    port = server.sockets[0].getsockname()[1]
    values = {"server_port": port, "user": "ann", "password": PASSWORD, "security": "tls", "host": "localhost", "ca_file": path}
    async with server, connected(tmp_path, **values) as account:
        with pytest.raises(EncryptionRefusedError, match=why):
            await account.mailbox.status("INBOX")
    assert said == []
