"""PayPal's signature of what it posts: made with a key whose certificate it hands out itself.

https://developer.paypal.com/api/rest/webhooks/rest/
"""

import base64
import hashlib
import re
import zlib
from collections import OrderedDict
from datetime import datetime, timedelta

import httpx
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256

from triage.errors import NotGenuineError, TemporaryError, TooOldError
from triage.fields import moment
from triage.payment import PAYPAL, Post, Transmission

#: PayPal posts again for three days what was not taken.
_TOLERANCE = timedelta(days=3, hours=1)
_AHEAD = timedelta(minutes=5)
_CERTIFICATE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,199}")
_SECONDS = 5.0
_LARGEST = 64 << 10
#: PayPal has one or two certificates in use; whoever names many only wants us to ask for them.
_KEPT = 8
_FETCHES, _WHILE = 10, timedelta(minutes=10)


class PayPalSignature:
    """Knows what PayPal has signed for one webhook of ours."""

    def __init__(self, webhook_id: str, *, certificates: str) -> None:
        """`certificates`: the only place from which a certificate is taken, over TLS, so that it is PayPal's."""
        self._webhook_id = webhook_id
        self._place = certificates
        self._keys: OrderedDict[str, x509.Certificate] = OrderedDict()
        self._fetched: list[datetime] = []

    async def check(self, post: Post, now: datetime) -> None:
        """NotGenuineError where PayPal did not sign it, TemporaryError where that cannot be said now."""
        fields = {name: post.fields.get(f"paypal-{name}", "") for name in ("transmission-id", "transmission-time", "cert-url", "auth-algo")}
        at = moment(fields["transmission-time"])
        if fields["auth-algo"] != "SHA256withRSA" or not fields["transmission-id"] or at is None:
            raise _not_genuine("a signature by SHA256withRSA, with its id and time")
        if not now - _TOLERANCE <= at <= now + _AHEAD:
            raise TooOldError(f"{PAYPAL}: expected a signature of the last three days")
        certificate = await self._certificate(fields["cert-url"], now)
        signed = f"{fields['transmission-id']}|{fields['transmission-time']}|{self._webhook_id}|{zlib.crc32(post.body)}"
        _verify(certificate, post.fields.get("paypal-transmission-sig", ""), signed.encode())

    async def _certificate(self, url: str, now: datetime) -> x509.Certificate:
        name = url.removeprefix(self._place)
        if not url.startswith(self._place) or not _CERTIFICATE.fullmatch(name):
            raise _not_genuine(f"a certificate from {self._place}")
        if name not in self._keys:
            self._fetched = [at for at in self._fetched if at > now - _WHILE]
            if len(self._fetched) >= _FETCHES:
                raise TemporaryError(f"{PAYPAL}: too many certificates were asked for")
            self._fetched.append(now)
            self._keys[name] = await _fetched(self._place + name)
            while len(self._keys) > _KEPT:
                self._keys.popitem(last=False)
        found = self._keys[name]
        if not found.not_valid_before_utc <= now <= found.not_valid_after_utc:
            raise _not_genuine("a certificate that is valid now")
        return found


def transmission(post: Post, now: datetime) -> Transmission:
    """What came under which id: the signature holds no more of the content than a checksum that others can meet."""
    digest, until = hashlib.sha256(post.body).hexdigest(), now + _AHEAD + _TOLERANCE
    return Transmission(provider=PAYPAL, id=post.fields["paypal-transmission-id"], digest=digest, until=until)


async def _fetched(url: str) -> x509.Certificate:
    try:
        async with httpx.AsyncClient(timeout=_SECONDS) as client:
            answer = await client.get(url)
    except httpx.HTTPError as error:
        raise TemporaryError(f"{PAYPAL}: the certificate cannot be had ({type(error).__name__})") from error
    if answer.status_code >= 500 or answer.status_code in (408, 429):
        raise TemporaryError(f"{PAYPAL}: the certificate cannot be had ({answer.status_code})")
    if answer.status_code != 200 or len(answer.content) > _LARGEST:
        raise _not_genuine("a certificate that is there")
    try:
        # The first one is its own; those behind it are its issuers', whom TLS has stood in for.
        return x509.load_pem_x509_certificates(answer.content)[0]
    except ValueError as error:
        raise _not_genuine("a certificate") from error


def _verify(certificate: x509.Certificate, given: str, signed: bytes) -> None:
    key = certificate.public_key()
    try:
        signature = base64.b64decode(given, validate=True)
        if not isinstance(key, RSAPublicKey):
            raise _not_genuine("a certificate of an RSA key")
        key.verify(signature, signed, PKCS1v15(), SHA256())
    except (ValueError, InvalidSignature) as error:
        raise _not_genuine("a signature made with the certificate's key") from error


def _not_genuine(expected: str) -> NotGenuineError:
    return NotGenuineError(f"{PAYPAL}: expected {expected}")
