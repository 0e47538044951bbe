"""What `triage check` says of the order system and of payment providers."""

from triage import installation
from triage.books import open_book
from triage.errors import TriageError
from triage.inquiry import Described
from triage.payment_parts import receivers
from triage.policy.paying import TOLD
from triage.settings import Settings


class DoubtError(TriageError):
    """A part that works, and probably not as it is meant to."""


async def orders_said(chosen: Settings) -> str:
    """Whether the order system answers, and what customers are told of it."""
    book = open_book(chosen)
    if book is None:
        return "none"
    try:
        await book.by_numbers(["0"])
        await book.by_address(chosen.identity.address, 1)
        found = await book.describe() if isinstance(book, Described) else ""
    finally:
        await book.close()
    answers = f"the {book.name} answers{f' ({found})' if found else ''}"
    if chosen.orders and chosen.orders.require_authentication and not chosen.authserv_id:
        raise DoubtError(f"{answers}; no customer is told of an order, because authserv_id is empty: nobody is verified")
    policy = installation.load_policy(chosen)
    live = [f"{issue or category}" for category, issue in policy.matters if policy.topic(category, issue).first_contact == "live"]
    return f"{answers}; told to customers at first contact: {', '.join(live) or 'nothing'}"


async def payments_said(chosen: Settings) -> str:
    """Who is heard where, and what customers are told of it."""
    its, told = chosen.payments, chosen.orders.advice.tell if chosen.orders else ()
    if its is None:
        return "nobody is heard"
    read = " and ".join(its.alerts)
    if read and not chosen.authserv_id:
        raise DoubtError(f"no alert of {read} is believed, because authserv_id is empty: nobody says whose signature holds")
    posts = " and ".join(receivers(its))
    heard = (f"posts to {posts} are heard on {its.host} port {its.port}" if posts else "", f"alerts of {read} are read" if read else "")
    customers = ", ".join(kind for kind in told if kind in TOLD.values()) or "nothing ([orders.advice] tell)"
    return f"{'; '.join(filter(None, heard))}; customers are told of: {customers}"
