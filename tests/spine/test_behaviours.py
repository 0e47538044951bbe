"""People in their mail clients, one behaviour after the other: agents, departments, vendors, customers."""

import re

import pytest

from tests.spine.office import ANN, BOB, CARRIER, EVE, FINANCE, JANE, MAX, PASSED, Office, answer, hours, opened, plain, written
from triage import staff_tokens
from triage.case import CaseStatus
from triage.marks import REPLY_ABOVE
from triage.reply import Cause, DeliveryStatus, ReplyKind
from triage.staff import NoticeKind
from triage.stages.notify import Notify

TOM = "tom@neighbour.example"


class TestNotification:
    """What an agent is sent."""

    async def test_the_token_stands_in_three_places(self, office: Office) -> None:
        """Clients drop one or the other: the address, the Message-ID we know again, and the text and the html carry it."""
        told = office.last(JANE)
        tag = str(told["Reply-To"]).partition("+")[2].partition("@")[0]
        assert staff_tokens.read(tag)
        assert f"(ref {tag})" in plain(told)
        html = told.get_body(("html",))
        assert html
        assert f"(ref {tag})" in html.get_content()
        known = await office.ask(lambda tx: tx.deliveries.find(message_id=str(told["Message-ID"]).strip("<>")))
        assert [delivery.recipient for delivery in known] == [JANE]

    @pytest.mark.parametrize("place", ["address", "thread", "text"])
    async def test_each_place_is_enough(self, office: Office, place: str) -> None:
        """An answer that kept but one of them is known."""
        told = office.last(JANE)
        await office.get(
            answer(
                told, "Dear Ann, done.", JANE, to="" if place == "address" else "support@shop.example",
                thread=place == "thread", quoted=place == "text",
            )
        )  # fmt: skip
        assert plain(office.last(ANN)).startswith("Dear Ann, done.")
        (mail,) = await office.events("staff_mail")
        assert mail.detail["where"] == place

    async def test_it_has_all_that_is_needed(self, office: Office) -> None:
        """The customer's words, the log entry, what the message names, what the customer was told, and how to answer."""
        text = plain(office.last(JANE))
        for words in ("You charged me twice", "ORD789456", "a new case for you", "#note", "WHAT HAPPENED SO FAR", "ann@customer.example"):
            assert words in text, words
        assert text.startswith(REPLY_ABOVE)

    async def test_it_stands_in_a_thread_of_its_own(self, office: Office) -> None:
        """All news of one case is one thread at the agent's, and no part of the customer's."""
        await office.get(answer(office.last(ANN), "And now?", ANN))
        first, second = office.came(JANE)
        assert first["References"] == second["References"]
        assert "customer.example" not in str(first["References"])

    async def test_a_customer_who_asks_how_it_stands_reads_it(self, office: Office) -> None:
        """The letter comes from the support address, in the thread, says number and time and nothing of what was written; asked again, none."""
        await office.get(answer(office.last(ANN), "Any news?", ANN))
        told = office.last(ANN)
        assert told["Subject"] == "[SP-100001] How your case stands"
        assert "the case is open" in plain(told)
        assert "You will have a result, or word of our progress, by" in plain(told)
        assert "ORD789456" not in plain(told)
        letters = len(office.came(ANN))
        await office.get(answer(told, "Any news?", ANN))
        assert len(office.came(ANN)) == letters

    async def test_a_follow_up_is_told_to_whoever_looks_after_the_case(self, office: Office) -> None:
        """The customer's further words reach the agent."""
        await office.get(answer(office.last(ANN), "When do I get my money back?", ANN))
        told = office.last(JANE)
        assert "the customer wrote again" in str(told["Subject"])
        assert "When do I get my money back?" in plain(told)

    async def test_thanks_are_not_news(self, office: Office) -> None:
        """Nobody is interrupted for a thank-you."""
        before = len(office.came(JANE))
        await office.get(answer(office.last(ANN), "Thank you!", ANN))
        assert len(office.came(JANE)) == before

    async def test_news_of_one_case_are_one_message(self, office: Office) -> None:
        """Two follow-ups before anybody was told make one notification."""
        before = len(office.came(JANE))
        for text in ("One more thing.", "And another."):
            await office.put(answer(office.last(ANN), text, ANN))
        await office.work()
        assert len(office.came(JANE)) == before + 1

    async def test_an_answer_to_a_list_answers_nobody(self, office: Office) -> None:
        """A list is about many cases: words that answer it go to no customer."""
        notify = next(stage for stage in office.stages if isinstance(stage, Notify))
        notify._settings = office.settings.people.model_copy(update={"digest_above": 2})
        for number in range(4):
            await office.put(written(f"c{number}@customer.example", f"Where is ORD10{number}?", subject="where"))
        await office.work()
        listed = office.last(JANE)
        assert "news of your cases" in str(listed["Subject"])
        assert plain(listed).count("support+a.") == 4
        await office.get(answer(listed, "Dear all, done.", JANE))
        assert not [sent for sent in office.post.sent if sent.kind is ReplyKind.ANSWER]


class TestAnswer:
    """What the customer is sent."""

    async def test_it_comes_from_the_support_address_in_her_thread(self, office: Office) -> None:
        """From ours with the agent's name, Reply-To keyed for customers, threaded to her own messages, no mark of a machine."""
        await office.get(answer(office.last(JANE), "Dear Ann, done.", JANE))
        got = office.last(ANN)
        assert str(got["From"]) == '"Jane Adams (SayPro Support)" <support@shop.example>'
        assert str(got["Reply-To"]).startswith("support+c.100001.")
        assert (got["In-Reply-To"], got["References"]) == ("<first@customer.example>", "<first@customer.example>")
        assert (got["Auto-Submitted"], got["X-Auto-Response-Suppress"]) == (None, None)
        assert str(got["Subject"]) == "Re: charged twice [SP-100001]"

    async def test_nothing_of_ours_goes_along(self, office: Office) -> None:
        """No token, mark, private address or entry of the case is in the octets that leave."""
        await office.get(answer(office.last(JANE), "Dear Ann, done.", JANE))
        content = next(sent.content for sent in reversed(office.post.sent) if sent.recipient == ANN).decode()
        for ours in ("##-", "+a.1", JANE, "Escalation", "priority", "(ref"):
            assert ours not in content, ours

    async def test_what_is_typed_within_the_quoted_html_goes_with_her_words(self, office: Office) -> None:
        """Outlook quotes our html without marks: remarks below her lines arrive, and of ours nothing."""
        told = office.last(JANE)
        html = told.get_body(("html",))
        assert html
        ours = html.get_content().replace("ORD789456!<br>", "ORD789456!<br><p>We did, and it is on its way back.</p>", 1)
        head = (
            '<div id="divRplyFwdMsg"><b>From:</b> SayPro Support<br><b>Sent:</b> today<br><b>To:</b> Jane Adams<br><b>Subject:</b> x</div>'
        )
        message = opened(answer(told, "", JANE))
        message.set_content(f"<html><body><p>Dear Ann,</p><hr>{head}{ours}</body></html>", subtype="html")
        await office.get(message.as_bytes())
        text = plain(office.last(ANN))
        assert text.startswith("Dear Ann,\n\n> You charged me twice for order ORD789456!\n")
        assert "We did, and it is on its way back." in text
        for internal in ("##-", "(ref", "The case", "priority", "From:", "What happened"):
            assert internal not in text, internal

    async def test_it_waits_for_a_minute(self, office: Office) -> None:
        """Until the time to take it back is over, it does not leave."""
        await office.get(answer(office.last(JANE), "Dear Ann, done.", JANE), minutes=0)
        assert not [sent for sent in office.post.sent if sent.kind is ReplyKind.ANSWER]
        office.clock.forward(seconds=61)
        await office.work()
        assert [sent.recipient for sent in office.post.sent if sent.kind is ReplyKind.ANSWER] == [ANN]

    async def test_it_can_be_taken_back(self, office: Office) -> None:
        """Within that time #cancel keeps it here for good."""
        await office.get(answer(office.last(JANE), "Dear Ann, what nonsense.", JANE), minutes=0)
        await office.get(answer(office.last(JANE), "#cancel", JANE))
        assert not [sent for sent in office.post.sent if sent.kind is ReplyKind.ANSWER]
        (answers,) = await office.events("answers")
        assert answers.detail == {"what": "taken_back", "answers": "1"}

    async def test_the_clock_stops_when_a_server_has_it(self, office: Office) -> None:
        """The promise of word is kept by the server's acceptance and not by the agent's pressing Send."""
        await office.get(answer(office.last(JANE), "Dear Ann, done.", JANE), minutes=0)
        states = await office.ask(lambda tx: {one.kind: state for one, state in tx.deadlines.of_case(1) if not one.bound})
        assert states["resolve"] == "open"
        office.clock.forward(minutes=2)
        await office.work()
        states = await office.ask(lambda tx: {one.kind: state for one, state in tx.deadlines.of_case(1) if not one.bound})
        assert states["resolve"] == "kept"

    async def test_one_that_is_refused_comes_back_to_the_agent(self, office: Office) -> None:
        """The case is open again, its clock runs on, and whoever looks after it is told."""
        office.post.refuses.add(ANN)
        await office.get(answer(office.last(JANE), "Dear Ann, done.", JANE))
        assert (await office.case()).status is CaseStatus.OPEN
        assert "did not reach the customer" in str(office.last(JANE)["Subject"])

    async def test_copies_go_to_whom_the_agent_let_in(self, office: Office) -> None:
        """A stranger only after #confirm; then both have the same, the customer sees who else has it, and the other takes part from then on."""
        await office.get(answer(office.last(JANE), f"#cc {TOM}\nDear Ann, dear Tom, done.", JANE))
        assert office.came(TOM) == []
        question = office.last(JANE)
        assert f"{TOM}, who has had no part" in " ".join(plain(question).split())
        await office.get(answer(question, "#confirm", JANE))
        hers, his = office.last(ANN), office.last(TOM)
        assert [(str(got["To"]), str(got["Cc"]), plain(got)) for got in (hers, his)] == [(ANN, TOM, plain(hers))] * 2
        assert hers["Message-ID"] != his["Message-ID"]
        await office.get(written(TOM, "I can bring it back on Monday.", In_Reply_To=str(his["Message-ID"]), subject=str(his["Subject"])))
        assert [event.actor for event in await office.events("follow_up")] == [TOM]
        assert len(await office.ask(lambda tx: tx.cases.find())) == 1
        await office.get(answer(office.last(JANE), f"#cc {TOM}\nDear both, Monday is fine.", JANE))
        assert plain(office.last(TOM)).startswith("Dear both, Monday is fine.")

    async def test_copies_can_be_taken_back(self, office: Office) -> None:
        """#cancel instead of #confirm: nobody gets anything."""
        await office.get(answer(office.last(JANE), f"#cc {TOM}\nDear Ann, dear Tom, done.", JANE))
        before = len(office.post.sent)
        await office.get(answer(office.came(JANE)[0], "#cancel", JANE))
        assert [sent.recipient for sent in office.post.sent[before:] if sent.recipient in (ANN, TOM)] == []
        assert await office.ask(lambda tx: tx.deliveries.find(status=DeliveryStatus.HELD)) == []

    async def test_a_copy_that_is_refused_is_no_fault_of_the_customer_s(self, office: Office) -> None:
        """She stays reachable and her answer counts; the agent is told."""
        office.post.refuses.add(TOM)
        await office.get(answer(office.last(JANE), f"#cc {TOM}\nDear Ann, dear Tom, done.", JANE))
        await office.get(answer(office.last(JANE), "#confirm", JANE))
        case = await office.case()
        assert (case.unreachable, case.status) == (False, CaseStatus.PENDING)
        assert "a copy of an answer did not reach" in str(office.last(JANE)["Subject"])

    async def test_a_card_number_does_not_leave(self, office: Office) -> None:
        """What an agent copies by mistake is masked like everything else."""
        await office.get(answer(office.last(JANE), "Dear Ann, is 4111 1111 1111 1111 your card?", JANE))
        assert "4111 1111 1111 1111" not in plain(office.last(ANN))


class TestTwoAgents:
    """Collisions are noticed before the second answer leaves."""

    @pytest.fixture
    async def both(self, office: Office) -> Office:
        """Bob was given the case by a note of Jane's, so that both have been told of it; then Jane answers."""
        await office.get(answer(office.last(JANE), "#assign bob", JANE))
        office.clock.forward(minutes=1)
        await office.get(answer(office.came(JANE)[0], "Dear Ann, we are looking into it.", JANE))
        return office

    async def test_the_second_is_shown_the_first_answer(self, both: Office) -> None:
        """Bob's answer to what he was told before waits, and he is shown Jane's words."""
        await both.get(answer(both.came(BOB)[0], "Dear Ann, it is on its way.", BOB))
        assert "we are looking into it" in plain(both.last(BOB))
        assert "on its way" not in plain(both.last(ANN))
        held = await both.ask(lambda tx: tx.deliveries.find(status=DeliveryStatus.HELD))
        assert [delivery.kind for delivery in held] == [ReplyKind.ANSWER]

    async def test_one_word_sends_it(self, both: Office) -> None:
        """#reply in answer to the warning lets it leave as it is."""
        await both.get(answer(both.came(BOB)[0], "Dear Ann, it is on its way.", BOB))
        await both.get(answer(both.last(BOB), "#reply", BOB))
        assert plain(both.last(ANN)).startswith("Dear Ann, it is on its way.")

    async def test_other_words_replace_it(self, both: Office) -> None:
        """Only the new words leave."""
        await both.get(answer(both.came(BOB)[0], "Dear Ann, first version.", BOB))
        await both.get(answer(both.last(BOB), "Dear Ann, second version.", BOB))
        texts = [plain(message) for message in both.came(ANN)]
        assert any("second version" in text for text in texts)
        assert not any("first version" in text for text in texts)

    async def test_whoever_has_seen_the_first_answer_is_not_warned(self, both: Office) -> None:
        """An answer to a later notification leaves like any other."""
        told = next(message for message in reversed(both.came(BOB)) if "note on the case" in str(message["Subject"]))
        await both.get(answer(told, "Dear Ann, as Jane said.", BOB))
        assert plain(both.last(ANN)).startswith("Dear Ann, as Jane said.")


class TestCommands:
    """Orders by mail, end to end."""

    async def test_orders_and_words_together(self, office: Office) -> None:
        """The block is obeyed and does not leave; the words do."""
        await office.get(answer(office.last(JANE), "#priority low\n#order ORD555\n#resolve Refunded\n\nDear Ann, it is done.", JANE))
        case = await office.case()
        assert (case.priority, case.order_numbers[0], case.status) == ("low", "ORD555", CaseStatus.SOLVED)
        assert plain(office.last(ANN)).startswith("Dear Ann, it is done.")
        assert "#" not in plain(office.last(ANN))

    async def test_a_wrong_line_is_explained_and_the_words_come_back(self, office: Office) -> None:
        """Nothing is sent and nothing changed; answering the explanation works."""
        before = len(office.came(ANN))
        await office.get(answer(office.last(JANE), "#resolv\n\nDear Ann, it is done.", JANE))
        assert len(office.came(ANN)) == before
        told = office.last(JANE)
        assert "#resolv is no command" in plain(told)
        assert "> Dear Ann, it is done." in plain(told)
        await office.get(answer(told, "#resolve\n\nDear Ann, it is done.", JANE))
        assert plain(office.last(ANN)).startswith("Dear Ann, it is done.")

    async def test_the_category_is_corrected(self, office: Office) -> None:
        """A ruling by mail is a correction like any other, with its author."""
        await office.get(answer(office.last(JANE), "#category order/order_status", JANE))
        case = await office.case()
        assert (case.category, case.issue) == ("order", "order_status")
        (correction,) = await office.ask(lambda tx: tx.corrections.of_case(1))
        assert correction.author == "jane"

    async def test_spam_closes_the_case(self, office: Office) -> None:
        """Unwanted mail is nobody's work any more."""
        await office.get(answer(office.last(JANE), "#spam", JANE))
        assert (await office.case()).status is CaseStatus.CLOSED

    async def test_a_case_is_called_back_on_its_day(self, office: Office) -> None:
        """A case that sleeps wakes in the morning, and its agent is told."""
        await office.get(answer(office.last(JANE), "#snooze 2d", JANE))
        assert (await office.case()).status is CaseStatus.ON_HOLD
        office.clock.forward(days=3)
        await office.work()
        assert (await office.case()).status is CaseStatus.OPEN
        assert NoticeKind.REMINDED in [
            kind for message in office.came(JANE) for kind in NoticeKind if "was to wait" in str(message["Subject"])
        ]

    async def test_help_lists_the_commands(self, office: Office) -> None:
        """Whoever asks is told."""
        await office.get(answer(office.last(JANE), "#help", JANE))
        assert "#snooze" in plain(office.last(JANE))

    async def test_an_escalation_carries_the_customer_s_words(self, office: Office) -> None:
        """The department sees what the customer wrote, and not the agent's command."""
        await office.get(answer(office.last(JANE), "#escalate carrier please trace it", JANE))
        got = plain(office.last(CARRIER))
        assert "You charged me twice" in got
        assert "please trace it" in got
        assert "#escalate" not in got


class TestMerging:
    """Cases become one, to any depth, and everything lands on the survivor."""

    @pytest.fixture
    async def three(self, office: Office) -> Office:
        """Three cases of Ann's, the first merged into the second and the second into the third."""
        for number in (2, 3):
            await office.get(written(ANN, f"Another matter: where is ORD{number}000?", subject=f"matter {number}"))
        for one, other in ((1, "SP-100002"), (2, "SP-100003")):
            told = next(message for message in office.came(JANE) if f"SP-10000{one}" in str(message["Subject"]))
            await office.get(answer(told, f"#merge {other}", JANE))
        return office

    async def test_each_generation_knows_its_survivor(self, three: Office) -> None:
        """Merged cases are closed and a part of the last one."""
        for case_id in (1, 2):
            case = await three.case(case_id)
            assert (case.status, case.merged_into) == (CaseStatus.CLOSED, 3)

    @pytest.mark.parametrize("generation", [0, 1, 2])
    async def test_answers_to_any_generation_land_on_the_survivor(self, three: Office, generation: int) -> None:
        """Whichever acknowledgment the customer answers, the case that lives gets it."""
        acknowledged = [message for message in three.came(ANN) if "We have received" in str(message["Subject"])]
        await three.get(answer(acknowledged[generation], "Any news?", ANN))
        records = await three.ask(lambda tx: tx.messages.of_case(3))
        assert records[-1].text == "Any news?"

    async def test_an_agent_s_answer_to_an_old_notification_too(self, three: Office) -> None:
        """The token of a merged case is good for its survivor."""
        told = next(message for message in three.came(JANE) if "SP-100001" in str(message["Subject"]))
        await three.get(answer(told, "Dear Ann, all in one.", JANE))
        assert "[SP-100003]" in str(three.last(ANN)["Subject"])

    async def test_no_circle_can_form(self, three: Office) -> None:
        """Merging the survivor into its own part is a mistake that is told."""
        told = next(message for message in three.came(JANE) if "SP-100003" in str(message["Subject"]))
        await three.get(answer(told, "#merge SP-100001", JANE))
        assert (await three.case(3)).merged_into is None
        assert "another case" in plain(three.last(JANE))

    async def test_another_customer_s_case_takes_a_second_message(self, office: Office) -> None:
        """Only a confirmation by its own token lets Eve's case become a part of Ann's."""
        await office.get(written(EVE, "Where is ORD42?", subject="mine"))
        told = next(message for message in office.came(JANE) if "SP-100002" in str(message["Subject"]))
        await office.get(answer(told, "#merge SP-100001", JANE))
        assert (await office.case(2)).merged_into is None
        asked = office.last(JANE)
        assert str(asked["Reply-To"]).startswith("support+k.")
        await office.get(answer(asked, "yes please", JANE))
        assert (await office.case(2)).merged_into is None
        await office.get(answer(asked, "#confirm", JANE))
        assert (await office.case(2)).merged_into == 1

    async def test_whoever_is_given_a_case_reads_the_customer_s_words(self, office: Office) -> None:
        """The order that gave it away is no word of the customer's; what happened is told in words."""
        words = plain(office.last(JANE)).partition("##- What the customer wrote -##")[2].partition("##- End")[0]
        await office.get(answer(office.last(JANE), "#assign bob", JANE))
        told = plain(office.last(BOB))
        assert told.partition("##- What the customer wrote -##")[2].partition("##- End")[0] == words
        assert "#assign" not in told
        assert "given to Bob Brown (Jane Adams)" in told
        assert "staff mail" not in told

    async def test_a_message_becomes_a_case_of_its_own(self, office: Office) -> None:
        """Split off, it is answered by itself, and both cases know of each other."""
        await office.get(answer(office.last(ANN), "By the way, my lamp ORD777 is broken.", ANN))
        await office.get(answer(office.last(JANE), "#split", JANE))
        other = await office.case(2)
        assert (other.linked_case, other.status) == (1, CaseStatus.OPEN)
        assert [record.text for record in await office.ask(lambda tx: tx.messages.of_case(2))] == ["By the way, my lamp ORD777 is broken."]
        assert await office.events("split")


class TestDepartments:
    """Departments and vendors."""

    async def test_their_answer_wakes_the_owner_and_stops_their_clock(self, office: Office) -> None:
        """It is a note for us, never a word to the customer."""
        before = len(office.came(ANN))
        await office.get(answer(office.last(FINANCE), "One charge was ours; refunded.", FINANCE))
        assert len(office.came(ANN)) == before
        assert "there is a note on the case" in str(office.last(JANE)["Subject"])
        assert "One charge was ours" in plain(office.last(JANE))
        assert (await office.case()).status is CaseStatus.OPEN
        states = await office.ask(lambda tx: {one.bound: state for one, state in tx.deadlines.of_case(1) if one.kind == "reply"})
        assert states == {"finance": "kept"}

    async def test_their_words_never_stand_as_the_customer_s(self, office: Office) -> None:
        """A note is told as a note, in text and HTML: an answer among its lines does not carry it to the customer."""
        await office.get(answer(office.last(FINANCE), "Internal: refund it, she is right.", FINANCE))
        told = office.last(JANE)
        note, customer, rest = re.split("##- (?:What|End of what) the customer wrote -##", plain(told))
        assert "THE NOTE\n  Internal: refund it, she is right." in note.replace("\r", "")
        assert "from Finance" in note
        assert ("Internal" in customer, "Internal" in rest) == (False, True)
        html = told.get_body(("html",))
        assert html
        page = str(html.get_content())
        assert "Internal" in page
        assert "Internal" not in page.partition("##- What the customer wrote -##")[2].partition("##- End of what the customer wrote")[0]
        quoted = "".join(f"> {line}\n" for line in plain(told).splitlines())
        before = len(office.came(ANN))
        inline = quoted.replace(">   Internal: refund it, she is right.\n", ">   Internal: refund it, she is right.\nI shall.\n")
        assert inline != quoted
        await office.get(answer(told, f"Dear Ann, it goes back today.\n\n{inline}", JANE))
        assert not any("Internal" in plain(letter) for letter in office.came(ANN)[before:])

    async def test_without_our_server_s_word_no_clock_stops(self, office: Office) -> None:
        """A mail in a department's name that nobody confirms is kept, and that is all."""
        await office.get(answer(office.last(FINANCE), "Refunded.", FINANCE, passed=""))
        states = await office.ask(lambda tx: {one.bound: state for one, state in tx.deadlines.of_case(1) if one.kind == "reply"})
        assert states == {"finance": "open"}
        assert (await office.case()).status is CaseStatus.ON_HOLD

    async def test_they_order_as_far_as_their_role_goes(self, office: Office) -> None:
        """Finance may resolve; a vendor may not, and hears why."""
        await office.get(answer(office.last(FINANCE), "#resolve Refunded\nBooked today.", FINANCE))
        assert (await office.case()).status is CaseStatus.SOLVED
        await office.get(answer(office.last(JANE), "#reopen\n#note\nNot yet.", JANE))
        await office.get(answer(office.came(JANE)[0], "#escalate carrier", JANE))
        await office.get(answer(office.last(CARRIER), "#resolve lost", CARRIER))
        assert "#resolve is not for Carrier" in plain(office.last(CARRIER))


class TestMachines:
    """What machines send in somebody's name."""

    @pytest.mark.parametrize(
        "fields",
        [
            {"Auto_Submitted": "auto-replied"},
            {"Auto_Submitted": "auto-generated"},
            {"X_Auto_Response_Suppress": "All", "Auto_Submitted": "auto-replied"},
            {"Precedence": "auto_reply"},
        ],
    )
    async def test_an_out_of_office_note_is_no_answer(self, office: Office, fields: dict[str, str]) -> None:
        """Whatever its text, it is neither posted nor obeyed nor answered."""
        before = len(office.post.sent)
        await office.get(answer(office.last(JANE), "#resolve\nI am away until Monday.", JANE, **fields))
        assert len(office.post.sent) == before
        assert (await office.case()).status is CaseStatus.ON_HOLD

    async def test_a_bounced_notification_alarms_somebody_else_once(self, office: Office) -> None:
        """The dead address is not written to again, another person is, and the case goes to somebody who is there."""
        bounced = next(sent for sent in office.post.sent if sent.recipient == JANE)
        before = len(office.came(JANE))
        for _ in range(2):
            await office.get(report(bounced.reverse_path, JANE))
        assert len(office.came(JANE)) == before
        assert len([message for message in office.came(MAX) if "mail to the colleague" in str(message["Subject"])]) == 1
        assert (await office.case()).assignee == "bob"
        await office.get(answer(opened(bounced.content), "I am here again.", JANE))
        assert await office.ask(lambda tx: tx.colleagues.unreachable()) == frozenset()

    async def test_an_address_refused_at_once_is_handed_over_like_a_bounced_one(self, office: Office) -> None:
        """The server says at RCPT what a report would say later: another person is told once, and the case goes to somebody else."""
        office.post.refuses.add(JANE)
        await office.get(answer(office.last(ANN), "And now?", ANN))
        await office.get(answer(office.last(ANN), "Anybody there?", ANN))
        assert len([message for message in office.came(MAX) if "mail to the colleague" in str(message["Subject"])]) == 1
        assert (await office.case()).assignee == "bob"
        assert "Jane Adams fails for good" in (await office.events("unreachable"))[0].detail["why"]

    async def test_a_department_that_is_refused_is_told_of_once(self, office: Office) -> None:
        """What Finance was to do is known to somebody who can telephone."""
        office.post.refuses.add(CARRIER)
        await office.get(answer(office.last(JANE), "#escalate carrier lost", JANE))
        await office.get(answer(office.last(JANE), "#escalate carrier again", JANE))
        assert len(await office.events("unreachable")) == 1
        assert len([message for message in office.came(MAX) if "mail to the colleague" in str(message["Subject"])]) == 1

    async def test_a_message_refused_for_what_is_in_it_blames_no_address(self, office: Office) -> None:
        """A content filter's no is not the colleague's."""
        office.post.cause = Cause.CONTENT
        office.post.refuses.add(JANE)
        await office.get(answer(office.last(ANN), "And now?", ANN))
        assert not await office.events("unreachable")


def report(to: str, failed: str) -> bytes:
    """A delivery report (RFC 3464)."""
    from email.utils import make_msgid

    return (
        f"From: MAILER-DAEMON@shop.example\r\nTo: {to}\r\nSubject: Undelivered\r\nMessage-ID: {make_msgid(domain='mx.example')}\r\n"
        "Auto-Submitted: auto-replied\r\nReturn-Path: <>\r\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n\r\n'
        "--b\r\nContent-Type: text/plain\r\n\r\nno such user\r\n"
        "--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.shop.example\r\n\r\n"
        f"Final-Recipient: rfc822; {failed}\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n--b--\r\n"
    ).encode()


class TestCustomers:
    """Customers' further messages."""

    async def test_a_stranger_with_the_number_gets_a_case_of_their_own(self, office: Office) -> None:
        """It is linked for people to see; the acknowledgment tells nothing of the other case."""
        await office.get(written(EVE, "What about SP-100001?", subject="Re: [SP-100001] charged twice"))
        case = await office.case(2)
        assert (case.linked_case, case.requester and case.requester.addr_spec) == (1, EVE)
        assert "ORD789456" not in office.last(EVE).as_string()

    async def test_one_message_by_two_addresses_is_one_case(self, office: Office) -> None:
        """The same message again, by another way, opens nothing and acknowledges nothing."""
        content = written("cleo@customer.example", "Where is ORD31?", subject="where", Message_ID="<twice@customer.example>")
        await office.get(content)
        await office.get(b"Received: from a by b\r\n" + content)
        assert len(await office.ask(lambda tx: tx.cases.find(requester="cleo@customer.example"))) == 1
        assert len(office.came("cleo@customer.example")) == 1

    async def test_still_broken_takes_a_solved_case_up_again(self, office: Office) -> None:
        """Thanks let it rest, "but it is still broken" does not."""
        await office.get(answer(office.last(JANE), "#resolve\n\nDear Ann, done.", JANE))
        await office.get(answer(office.last(ANN), "Thank you!", ANN))
        assert (await office.case()).status is CaseStatus.SOLVED
        await office.get(answer(office.last(ANN), "Thanks, but it is still broken", ANN))
        assert (await office.case()).status is CaseStatus.OPEN

    async def test_a_promise_is_watched_until_word_is_given(self, office: Office) -> None:
        """Two days without any answer of a person's reach management, once."""
        office.clock.forward(hours=hours(49).total_seconds() / 3600)
        await office.work()
        assert len(office.came("management@shop.example")) == 1


async def test_a_copy_of_a_colleague_s_own_letter_is_a_note(office: Office) -> None:
    """Jane writes to Ann from her own mailbox with us in copy: it is kept with the case, and nobody is told off."""
    before = len(office.post.sent)
    await office.get(
        written(
            JANE,
            "Dear Ann, I am looking into it.",
            to=ANN,
            Cc="support@shop.example",
            In_Reply_To="<first@customer.example>",
            passed=PASSED,
        )
    )
    assert len(office.post.sent) == before
    (note,) = await office.events("note")
    assert note.actor == JANE


async def test_a_letter_to_us_without_a_token_is_explained(office: Office) -> None:
    """Meant for us and not to be obeyed: the agent hears of it, so that nobody thinks the customer was answered."""
    await office.get(written(JANE, "Dear Ann, done.", In_Reply_To="<first@customer.example>", passed=PASSED))
    assert "no token of ours" in plain(office.last(JANE))


async def test_every_mail_of_a_colleague_leaves_one_audit_event(office: Office) -> None:
    """Accepted or refused, one event has the hash, the token, our server's word and the result."""
    told = office.last(JANE)
    await office.get(answer(told, "Dear Ann, done.", JANE))
    await office.get(answer(told, "#resolv", JANE))
    await office.get(answer(told, "#resolve", JANE, passed=""))
    audits = await office.events("staff_mail")
    assert [bool(event.detail.get("colleague")) for event in audits] == [True, True, False]
    assert all(len(event.detail["sha256"]) == 64 and event.detail["result"] for event in audits)
    assert audits[0].detail["authentication"] == "dmarc=pass"
    assert PASSED.split(";")[0] == "mx.shop.example"
