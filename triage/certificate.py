"""When the certificate ends that a server has shown."""

import ssl
from datetime import UTC, datetime


def expires_at(connection: object) -> datetime | None:
    """The notAfter of the certificate at the other end of a TLS socket (RFC 5280 §4.1.2.5); None for anything else."""
    if not isinstance(connection, ssl.SSLSocket | ssl.SSLObject):
        return None
    ends = (connection.getpeercert() or {}).get("notAfter")
    return datetime.fromtimestamp(ssl.cert_time_to_seconds(ends), UTC) if isinstance(ends, str) else None
