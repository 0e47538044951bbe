"""Ready-made order systems: where a shop is, and with which key its orders are read."""

import re
from pathlib import Path
from typing import Annotated, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field

from triage.order import OrderStatus
from triage.secret import Secret
from triage.sections.values import LOOPBACK, Section

_SHOP = re.compile(r"[a-z0-9][a-z0-9-]{0,62}\.myshopify\.com")


def _is_local(address: str) -> bool:
    url = urlsplit(address)
    return url.scheme == "http" and url.hostname in LOOPBACK


def _shop(value: str) -> str:
    if not _SHOP.fullmatch(value.lower()) and not _is_local(value):
        raise ValueError("expected the shop's own name, such as shop-name.myshopify.com")
    return value.lower().rstrip("/")


def _base_url(value: str) -> str:
    url = urlsplit(value)
    if not (url.scheme == "https" and url.hostname) and not _is_local(value):
        raise ValueError("expected the shop's address with https, such as https://shop.example")
    if url.query or url.fragment or url.username:
        raise ValueError("expected an address without query, and without a key in it")
    return value.rstrip("/")


class ShopifySettings(Section):
    """A shop on Shopify, asked over its Admin REST API."""

    shop: Annotated[str, AfterValidator(_shop)]
    #: An access token of a custom app with the scope read_orders (and read_all_orders, for what is older than 60 days).
    token: Secret
    api_version: Annotated[str, Field(pattern=r"^(\d{4}-\d{2}|unstable)$")] = "2026-01"
    #: What the shop writes before the digits of an order's number.
    number_prefix: Annotated[str, Field(max_length=20)] = "#"

    @property
    def base(self) -> str:
        """Where it is asked."""
        return self.shop if "://" in self.shop else f"https://{self.shop}"

    def anchored(self, base: Path) -> Self:
        """The same with relative paths below that folder."""
        return self.model_copy(update={"token": self.token.anchored(base)})


class WooCommerceSettings(Section):
    """A shop on WooCommerce, asked over its REST API."""

    base_url: Annotated[str, AfterValidator(_base_url)]
    #: A consumer key that may read, and its secret.
    key: Secret
    secret: Secret
    #: What a plugin that numbers orders writes before the digits.
    number_prefix: Annotated[str, Field(max_length=20)] = ""
    #: Our word for each state that plugins have added, or another one for WooCommerce's own.
    statuses: dict[str, OrderStatus] = Field(default_factory=dict)

    def anchored(self, base: Path) -> Self:
        """The same with relative paths below that folder."""
        return self.model_copy(update={"key": self.key.anchored(base), "secret": self.secret.anchored(base)})
