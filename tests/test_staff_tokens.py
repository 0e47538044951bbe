"""Tokens of colleagues: good for one person, role, case and purpose until a day; and for nothing else."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from triage import keyed, staff_tokens
from triage.staff import Colleague, Role
from triage.staff_tokens import KeyRing, Retired, StaffToken

KEY, OLD = b"k" * 32, b"o" * 32
RING = KeyRing(current=KEY)
LIFETIME = timedelta(days=30)
EXPIRES = date(2026, 12, 25)
NUMBER = "SP-100042"


def colleague(key: str, role: Role = Role.AGENT) -> Colleague:
    """Somebody."""
    return Colleague(key=key, name=key.title(), role=role, addresses=(f"{key}@shop.example",))


JANE, BOB, FINANCE = colleague("jane"), colleague("bob"), colleague("finance", Role.DEPARTMENT)
EVERYBODY = (JANE, BOB, FINANCE, colleague("max", Role.MANAGER), colleague("carrier", Role.VENDOR))


def read(tag: str) -> StaffToken:
    """The token in that tag."""
    token = staff_tokens.read(tag)
    assert token
    return token


def held(token: StaffToken, ring: KeyRing = RING, among: tuple[Colleague, ...] = EVERYBODY, action: str = "") -> str:
    """Key of whoever holds it, or nothing."""
    found = staff_tokens.holder(ring, token, "SP", among, lifetime=LIFETIME, action=action)
    return found.key if found else ""


@pytest.mark.parametrize("one", EVERYBODY, ids=lambda one: one.key)
def test_a_token_leads_to_whoever_it_was_given_to(one: Colleague) -> None:
    """Whatever the role, its token is theirs alone, and says its case and its day."""
    token = read(staff_tokens.issue(KEY, one, NUMBER, EXPIRES))
    assert held(token) == one.key
    assert (token.digits, token.expires, token.confirms) == ("100042", EXPIRES, False)
    assert held(token, among=tuple(other for other in EVERYBODY if other != one)) == ""


def test_another_role_under_the_same_name_holds_nothing() -> None:
    """A token of an agent is worth nothing once that name is a department's or a manager's."""
    token = read(staff_tokens.issue(KEY, JANE, NUMBER, EXPIRES))
    for role in (Role.MANAGER, Role.DEPARTMENT, Role.VENDOR):
        assert held(token, among=(colleague("jane", role),)) == ""


@pytest.mark.parametrize("change", ["letter", "digits", "expires", "mac"])
def test_whatever_is_changed_voids_it(change: str) -> None:
    """Another letter, case, day or code, and nobody holds the token."""
    tag = staff_tokens.issue(KEY, JANE, NUMBER, EXPIRES)
    letter, digits, day, mac = tag.split(".")
    changed = {
        "letter": f"d.{digits}.{day}.{mac}",
        "digits": f"{letter}.100043.{day}.{mac}",
        "expires": f"{letter}.{digits}.{int(day) + 1}.{mac}",
        "mac": f"{letter}.{digits}.{day}.{mac[:-1]}{'a' if mac[-1] != 'a' else 'b'}",
    }[change]
    assert held(read(changed)) == ""


def test_a_token_that_confirms_is_good_for_that_action_alone() -> None:
    """Neither another action nor an answer is confirmed by it, and a token for answers confirms nothing."""
    confirms = read(staff_tokens.issue(KEY, JANE, NUMBER, EXPIRES, "#merge SP-100050"))
    assert confirms.confirms
    assert held(confirms, action="#merge SP-100050") == "jane"
    assert held(confirms, action="#merge SP-100051") == ""
    assert held(confirms) == ""
    assert held(read(staff_tokens.issue(KEY, JANE, NUMBER, EXPIRES)), action="#merge SP-100050") == ""


@pytest.mark.parametrize(
    "tag",
    [
        "",
        "a.100042",
        "d.100042." + "a" * 26,
        "a.100042.2078." + "a" * 26,
        "a.100042.20780." + "a" * 25,
        "a.100042.20780." + "a" * 27,
        "c.100042.20780." + "a" * 26,
        "a.1000421234.20780." + "a" * 26,
        "a.100042.20780." + "1" * 26,
        "a.１00042.20780." + "a" * 26,
    ],
)
def test_other_formats_are_no_tokens(tag: str) -> None:
    """Old, short, long and foreign formats are refused before anything is computed."""
    assert staff_tokens.read(tag) is None


def test_a_customer_s_address_is_no_colleague_s_and_the_other_way_round() -> None:
    """The kinds are never interchangeable."""
    customers = keyed.answer_address(KEY, "support@shop.example", NUMBER)
    assert staff_tokens.read(customers.partition("+")[2].partition("@")[0]) is None
    ours = staff_tokens.addressed("support@shop.example", staff_tokens.issue(KEY, JANE, NUMBER, EXPIRES))
    assert keyed.answered_number(KEY, ours, "SP") == ""


class TestRotation:
    """A new key signs; what an old one signed in its time still holds."""

    ring = KeyRing(current=KEY, retired=(Retired(key=OLD, on=EXPIRES - LIFETIME),))

    def test_an_old_key_s_token_holds_until_its_day(self) -> None:
        """A token signed before the key was retired is still somebody's."""
        assert held(read(staff_tokens.issue(OLD, JANE, NUMBER, EXPIRES)), self.ring) == "jane"

    def test_an_old_key_signs_nothing_new(self) -> None:
        """A token that lasts longer than any of its time was made by a thief."""
        assert held(read(staff_tokens.issue(OLD, JANE, NUMBER, EXPIRES + timedelta(days=1))), self.ring) == ""

    def test_a_key_that_is_gone_holds_nothing(self) -> None:
        """Without the old key its tokens are void."""
        assert held(read(staff_tokens.issue(OLD, JANE, NUMBER, EXPIRES))) == ""

    def test_every_key_is_known_the_current_one_first(self) -> None:
        """The ring names its keys in the order they are asked."""
        assert self.ring.every == (KEY, OLD)


class TestText:
    """Tokens in texts: found where a client left them, and taken out before anything leaves."""

    tag = staff_tokens.issue(KEY, JANE, NUMBER, EXPIRES)

    @pytest.mark.parametrize("frame", ["{}", "> (ref {})", "[{}]", "<b>{}</b>", "x\n>> {}\ny", "{}.", "support+{}@shop.example"])
    def test_it_is_found_in_what_surrounds_it(self, frame: str) -> None:
        """Quotation marks, brackets, sentences and addresses around it do not hide it; upper case neither."""
        text = frame.format(self.tag)
        assert [token.digits for token in staff_tokens.in_text(text)] == ["100042"]
        assert staff_tokens.in_text(text.upper()) == staff_tokens.in_text(text)

    def test_each_is_found_once_and_not_too_many(self) -> None:
        """The same token twice is one; of very many only the first few are looked at."""
        assert len(staff_tokens.in_text(f"{self.tag} {self.tag}")) == 1
        many = " ".join(staff_tokens.issue(KEY, JANE, f"SP-{number}", EXPIRES) for number in range(1000, 1020))
        assert len(staff_tokens.in_text(many)) == 5


def test_an_address_has_room_for_it_or_goes_without() -> None:
    """A local part never grows beyond 64 characters."""
    tag = staff_tokens.issue(KEY, JANE, "SP-999999999", EXPIRES)
    assert staff_tokens.addressed("support@shop.example", tag) == f"support+{tag}@shop.example"
    long = "customer-care-department@shop.example"
    assert staff_tokens.addressed(long, tag) == long


def test_the_last_day_is_counted_in_utc() -> None:
    """Thirty days from a moment, wherever its clock stands."""
    at = datetime(2026, 11, 25, 23, 30, tzinfo=UTC)
    assert staff_tokens.expiry(at, LIFETIME) == EXPIRES
    assert staff_tokens.expiry(at.astimezone(), LIFETIME) == EXPIRES


def test_its_name_for_records_is_no_token() -> None:
    """What stands in a history can not be used."""
    token = read(staff_tokens.issue(KEY, JANE, NUMBER, EXPIRES))
    assert token.id.startswith("a.100042.")
    assert staff_tokens.read(token.id) is None


@settings(max_examples=80)
@given(st.integers(1000, 999_999_999), st.dates(date(2026, 1, 1), date(2100, 1, 1)), st.sampled_from(EVERYBODY))
def test_any_token_is_read_back(number: int, expires: date, one: Colleague) -> None:
    """Whatever the case, the day and the person, a token says what was put into it."""
    token = read(staff_tokens.issue(KEY, one, f"SP-{number}", expires))
    assert (token.digits, token.expires, held(token)) == (str(number), expires, one.key)
