"""Encryption and login as configured, and never weaker."""

from pathlib import Path

import pytest

from tests.servers import smtp_sink
from tests.servers.smtp_sink import Sink
from tests.transport.making import DEFERRED, DELIVERY, SENT, go_on, server_tls, transport
from triage.errors import AuthenticationFailedError, ConnectionLostError, EncryptionRefusedError
from triage.reply import Cause
from triage.secret import Secret


@pytest.mark.parametrize("security", ["tls", "starttls"])
async def test_encryption_as_configured(tls_files: Path, security: str) -> None:
    """With a certificate that is trusted, mail leaves encrypted, from the first octet or after STARTTLS."""
    implicit = security == "tls"
    async with (
        smtp_sink.running(tls=server_tls(tls_files), implicit_tls=implicit) as sink,
        transport(sink.port, security=security, ca_file=tls_files / "cert.pem", timeout="5s") as out,
    ):
        assert (await out.send(DELIVERY, go_on)).status is SENT
        assert ("STARTTLS" in sink.commands) == (security == "starttls")


@pytest.mark.parametrize("security", ["tls", "starttls"])
async def test_an_untrusted_certificate_is_refused(tls_files: Path, security: str) -> None:
    """A certificate nobody vouches for stops the delivery before name, password or mail are shown to the server."""
    async with (
        smtp_sink.running(tls=server_tls(tls_files), implicit_tls=security == "tls") as sink,
        transport(sink.port, security=security, username="u", password=Secret(file=tls_files / "password"), timeout="5s") as out,
    ):
        receipt = await out.send(DELIVERY, go_on)
    assert (receipt.status, receipt.host_fault, receipt.cause) == (DEFERRED, True, Cause.ENCRYPTION)
    assert "certificate" in receipt.text.lower()
    assert not [command for command in sink.commands if command.startswith(("MAIL", "AUTH"))]


async def test_starttls_taken_away_is_no_reason_to_go_without(sink: Sink, tls_files: Path) -> None:
    """When the server does not offer STARTTLS, nothing is sent in the clear."""
    async with transport(sink.port, security="starttls", username="u", password=Secret(file=tls_files / "password")) as out:
        receipt = await out.send(DELIVERY, go_on)
        with pytest.raises(EncryptionRefusedError, match="STARTTLS"):
            await out.check()
    assert (receipt.status, receipt.host_fault, receipt.cause) == (DEFERRED, True, Cause.ENCRYPTION)
    assert not [command for command in sink.commands if command.startswith(("MAIL", "AUTH"))]


@pytest.mark.parametrize("offer", ["AUTH PLAIN LOGIN", "AUTH LOGIN", "AUTH CRAM-MD5", "AUTH LOGIN PLAIN CRAM-MD5"])
async def test_logging_in(sink: Sink, tls_files: Path, offer: str) -> None:
    """Any of the usual methods will do, and one refusal is not followed by a try of the next: accounts get locked that way."""
    sink.extensions = (offer,)
    async with transport(sink.port, username="support", password=Secret(file=tls_files / "password")) as out:
        assert (await out.send(DELIVERY, go_on)).status is SENT
        await out.close()
        sink.commands.clear()
        sink.script["auth"] = ["535 5.7.8 wrong password for support@shop.example"]
        receipt = await out.send(DELIVERY, go_on)
    assert (receipt.status, receipt.code, receipt.host_fault) == (DEFERRED, 535, True)
    assert receipt.text == "5.7.8 wrong password for (address)"
    assert sum(command.startswith("AUTH") for command in sink.commands) == 1


@pytest.mark.parametrize("extensions", [(), ("AUTH GSSAPI",)])
async def test_no_way_to_log_in(sink: Sink, tls_files: Path, extensions: tuple[str, ...]) -> None:
    """A server that offers no authentication we know gets no mail from somebody who is to log in."""
    sink.extensions = extensions
    async with transport(sink.port, username="u", password=Secret(file=tls_files / "password")) as out:
        assert (await out.send(DELIVERY, go_on)).status is DEFERRED
    assert sink.envelopes == []


async def test_a_password_that_cannot_be_had(sink: Sink, tmp_path: Path) -> None:
    """A missing secret defers with the reason, and without the name of the account."""
    async with transport(sink.port, username="u@shop.example", password=Secret(file=tmp_path / "absent")) as out:
        receipt = await out.send(DELIVERY, go_on)
    assert (receipt.status, receipt.host_fault) == (DEFERRED, True)
    assert "password of (address)" in receipt.text


async def test_check_says_what_the_server_is_like(tls_files: Path) -> None:
    """A check connects, encrypts and logs in, says so, and sends nothing."""
    login = {"username": "support", "password": Secret(file=tls_files / "password")}
    async with smtp_sink.running(tls=server_tls(tls_files)) as sink:
        async with transport(sink.port, security="starttls", ca_file=tls_files / "cert.pem", timeout="5s", **login) as out:
            assert await out.check() == f"127.0.0.1 port {sink.port}, encrypted with TLSv1.3, logged in"
    assert [command.split(" ")[0] for command in sink.commands] == ["EHLO", "STARTTLS", "EHLO", "AUTH", "QUIT"]
    async with smtp_sink.running() as plain, transport(plain.port) as out:
        assert await out.check() == f"127.0.0.1 port {plain.port}, not encrypted, without a login"


@pytest.mark.parametrize(
    ("step", "reply", "kind"),
    [
        ("auth", "535 5.7.8 no", AuthenticationFailedError),
        ("auth", "454 4.7.0 later", ConnectionLostError),
        ("ehlo", "554 no", ConnectionLostError),
        ("connect", smtp_sink.DROP, ConnectionLostError),
    ],
)
async def test_check_names_what_is_wrong(sink: Sink, tls_files: Path, step: str, reply: str, kind: type[Exception]) -> None:
    """A refused password is told from a server that is away."""
    sink.script[step] = [reply]
    async with transport(sink.port, username="support", password=Secret(file=tls_files / "password")) as out:
        with pytest.raises(kind, match=f"port {sink.port}"):
            await out.check()
