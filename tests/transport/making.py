"""A delivery and a transport for it, and the words of the tests."""

import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from triage.reply import Delivery, DeliveryStatus, ReplyKind
from triage.sections.servers import SmtpSettings
from triage.transport.smtp import SmtpTransport

NOW = datetime(2026, 6, 1, 10, 0, tzinfo=UTC)
CONTENT = b"From: support@shop.example\r\nTo: ann@customer.example\r\nSubject: x\r\n\r\n.leading dot\r\n..two\r\nend\r\n"
DELIVERY = Delivery(
    id=1, case_id=1, kind=ReplyKind.ACKNOWLEDGMENT, recipient="ann@customer.example", reverse_path="support+ab12@shop.example",
    message_id="1@shop.example", subject="x", content=CONTENT, deadline=NOW, status=DeliveryStatus.QUEUED,
    created_at=NOW, next_attempt_at=NOW,
)  # fmt: skip
#: For servers that hang.
IMPATIENT = {"timeout": "0.4s", "greeting_timeout": "0.4s", "data_timeout": "0.4s", "dot_timeout": "0.4s"}
SENT, DEFERRED, FAILED, UNCERTAIN = DeliveryStatus.SENT, DeliveryStatus.DEFERRED, DeliveryStatus.FAILED, DeliveryStatus.UNCERTAIN


async def go_on(_copied: bool = False) -> bool:
    """Let the attempt proceed to DATA."""
    return True


@asynccontextmanager
async def transport(port: int, **settings: Any) -> AsyncIterator[SmtpTransport]:
    """A transport to that port."""
    idle = settings.pop("idle", timedelta(seconds=30))
    values = {"host": "127.0.0.1", "port": port, "security": "none", "timeout": "5s", "dot_timeout": "5s", **settings}
    made = SmtpTransport(SmtpSettings.model_validate(values), idle=idle)
    try:
        yield made
    finally:
        await made.close()


def server_tls(folder: Path) -> ssl.SSLContext:
    """A server's context with the certificate in the folder."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "cert.pem", folder / "key.pem")
    return context
