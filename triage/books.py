"""The order system of the settings: the only place that names order books."""

from triage.errors import SettingsError
from triage.inquiry import OrderBook
from triage.orders.books.files import FilesBook
from triage.orders.books.guarded import GuardedBook
from triage.orders.books.sqlite import SqliteBook
from triage.sections.orders import BookSettings, OrderSettings
from triage.sections.sql import SqlSettings
from triage.settings import Settings


def open_book(settings: Settings) -> OrderBook | None:
    """The order system, guarded against its being slow or away; None where none is configured."""
    its = settings.orders
    if its is None:
        return None
    return GuardedBook(plain_book(its), time_out=its.time_out.total_seconds(), remember=its.remember.total_seconds())


def plain_book(its: OrderSettings) -> OrderBook:
    """The order system itself."""
    time_out = its.time_out.total_seconds()
    # Heavy, and for those only who have such an order system.
    if its.http:
        from triage.orders.books.http import HttpBook

        return HttpBook(its.http, time_out=time_out)
    if its.shopify:
        from triage.orders.books.shopify import ShopifyBook

        return ShopifyBook(its.shopify, time_out=time_out)
    if its.woocommerce:
        from triage.orders.books.woocommerce import WooCommerceBook

        return WooCommerceBook(its.woocommerce, time_out=time_out)
    if its.sql:
        return _sql_book(its.sql, time_out)
    if its.files:
        return FilesBook(its.files.paths, its.files.columns)
    return SqliteBook((its.book or BookSettings()).path)


def _sql_book(its: SqlSettings, time_out: float) -> OrderBook:
    try:
        from triage.orders.books.sql import SqlBook
    except ModuleNotFoundError as error:
        raise SettingsError([f"[orders.sql]: {error.name} is not installed: expected `pip install 'triage[sql]'`"]) from error
    return SqlBook(its, time_out=time_out)
