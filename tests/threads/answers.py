"""Answers to a notification as mail programs write them: what somebody typed, what the program puts around it, and what may go on."""

from dataclasses import dataclass

from triage.marks import CUSTOMER_BEGINS, CUSTOMER_ENDS, REPLY_ABOVE

TOKEN = "a.100042.20780.abcdefghijklmnopqrstuvwxyz"
NOTIFICATION = f"""{REPLY_ABOVE}
(ref {TOKEN})

Payment: charged twice
Case SP-100042, priority urgent: a new case for you.

Your answer to this message goes to Ann Customer.

BEWARE
! The sender is not verified.

{CUSTOMER_BEGINS}
> Hello,
> you charged me twice.
> When do I get my money back?
{CUSTOMER_ENDS}

THE CASE
E-mail:                ann@customer.example
Escalation:            Finance

Yours
SayPro Support"""


@dataclass(frozen=True, kw_only=True)
class Program:
    """How a mail program answers; `{words}` is what somebody typed, `{quoted}` and `{plain}` our message with and without marks."""

    name: str
    form: str

    def answer(self, words: str) -> str:
        """The whole text of an answer."""
        quoted = "\n".join(f"> {line}".rstrip() for line in NOTIFICATION.splitlines())
        return self.form.format(words=words, quoted=quoted, plain=NOTIFICATION)


PROGRAMS = (
    Program(
        name="Gmail",
        form="""{words}

On Wed, 25 Nov 2026 at 10:00, SayPro Support <support+a.1@shop.example> wrote:

{quoted}
""",
    ),
    Program(
        name="Gmail, German",
        form="""{words}

Am Mi., 25. Nov. 2026 um 10:00 Uhr schrieb SayPro Support <
support@shop.example>:

{quoted}
""",
    ),
    Program(
        name="Thunderbird",
        form="""{words}

On 25.11.2026 10:00, SayPro Support wrote:
{quoted}
""",
    ),
    Program(
        name="Apple Mail",
        form="""{words}

> On 25. Nov 2026, at 10:00, SayPro Support <support@shop.example> wrote:
>
{quoted}
""",
    ),
    Program(
        name="Outlook",
        form="""{words}

From: SayPro Support <support@shop.example>
Sent: Wednesday, November 25, 2026 10:00 AM
To: Jane Adams <jane@shop.example>
Subject: [SP-100042] Payment: charged twice (urgent): a new case for you

{plain}
""",
    ),
    Program(
        name="Outlook, German",
        form="""{words}

Von: SayPro Support <support@shop.example>
Gesendet: Mittwoch, 25. November 2026 10:00
An: Jane Adams <jane@shop.example>
Betreff: [SP-100042] Payment: charged twice (urgent): a new case for you

{plain}
""",
    ),
    Program(
        name="Outlook, French",
        form="""{words}

De : SayPro Support <support@shop.example>
Envoyé : mercredi 25 novembre 2026 10:00
À : Jane Adams <jane@shop.example>
Objet : [SP-100042] Payment: charged twice (urgent): a new case for you

{plain}
""",
    ),
    Program(
        name="Outlook on the web",
        form="""{words}

________________________________
From: SayPro Support <support@shop.example>
Sent: Wednesday, November 25, 2026 10:00:00 AM
To: Jane Adams <jane@shop.example>
Subject: [SP-100042] Payment: charged twice

{plain}
""",
    ),
    Program(
        name="Outlook Express",
        form="""{words}
----- Original Message -----
From: SayPro Support
To: Jane Adams
Sent: Wednesday, November 25, 2026 10:00 AM
Subject: [SP-100042] Payment: charged twice

{plain}
""",
    ),
    Program(
        name="Outlook, with the fields in bold",
        form="""{words}

*From:* SayPro Support <support@shop.example>
*Sent:* Wednesday, November 25, 2026 10:00 AM
*To:* Jane Adams <jane@shop.example>
*Subject:* [SP-100042] Payment: charged twice

{plain}
""",
    ),
    Program(
        name="Yahoo",
        form="""{words}

On Wednesday, November 25, 2026 at 10:00:00 AM GMT+1, SayPro Support <support@shop.example> wrote:

{plain}
""",
    ),
    Program(
        name="Proton",
        form="""{words}

------- Original Message -------
On Wednesday, November 25th, 2026 at 10:00, SayPro Support <support@shop.example> wrote:

{quoted}
""",
    ),
    Program(
        name="GMX",
        form="""{words}

Gesendet: Mittwoch, 25. November 2026 um 10:00 Uhr
Von: "SayPro Support" <support@shop.example>
An: jane@shop.example
Betreff: [SP-100042] Payment: charged twice

{plain}
""",
    ),
    Program(
        name="an iPhone",
        form="""{words}

Sent from my iPhone

> On 25 Nov 2026, at 10:00, SayPro Support <support@shop.example> wrote:
>
{quoted}
""",
    ),
    Program(
        name="a Samsung phone",
        form="""{words}

Von meinem Samsung Galaxy Smartphone gesendet.

-------- Ursprüngliche Nachricht --------
Von: SayPro Support <support@shop.example>
Datum: 25.11.26 10:00 (GMT+01:00)
An: jane@shop.example
Betreff: [SP-100042] Payment: charged twice

{plain}
""",
    ),
    Program(
        name="mutt",
        form="""{words}

* SayPro Support <support@shop.example> [2026-11-25 10:00]:
{quoted}
""",
    ),
    Program(
        name="a program that quotes without a word",
        form="""{words}

{quoted}
""",
    ),
    Program(
        name="a program that quotes without marks",
        form="""{words}

{plain}
""",
    ),
    Program(
        name="a program that quotes nothing",
        form="""{words}
""",
    ),
)

WORDS = (
    "It is on its way back.",
    "Dear Ann,\n\nthe second charge is on its way back to you.\nYou should have it by Friday.\n\nBest regards\nJane",
    "Liebe Frau Müller,\n\ndie zweite Abbuchung ist storniert.\n\nViele Grüße\nJane",
    "Hello,\n\n1. one charge was right,\n2. the other one was not.\n\n> this line is mine",
)

TYPED_IN_BETWEEN = (
    (
        "an answer below the customer's question",
        f"""On Wed, 25 Nov 2026 at 10:00, SayPro Support <support@shop.example> wrote:

> {REPLY_ABOVE}
> (ref {TOKEN})
>
> Payment: charged twice
>
> {CUSTOMER_BEGINS}
> > Hello,
> > you charged me twice.
We did, and we are sorry.
> > When do I get my money back?
By Friday.
> {CUSTOMER_ENDS}
>
> THE CASE
> E-mail:                ann@customer.example
""",
        """> Hello,
> you charged me twice.
We did, and we are sorry.
> When do I get my money back?
By Friday.""",
    ),
    (
        "a greeting above and an answer below",
        f"""Dear Ann,

> {REPLY_ABOVE}
> (ref {TOKEN})
>
> {CUSTOMER_BEGINS}
> > When do I get my money back?

By Friday.

> {CUSTOMER_ENDS}
>
> THE CASE
""",
        """Dear Ann,

> When do I get my money back?

By Friday.""",
    ),
)

REFUSED = (
    (
        "words among the entries of the case",
        f"""> {REPLY_ABOVE}
> (ref {TOKEN})
>
> {CUSTOMER_BEGINS}
> > When do I get my money back?
> {CUSTOMER_ENDS}
>
> THE CASE
> E-mail:                ann@customer.example
That is the wrong address.
> Escalation:            Finance
""",
    ),
    (
        "words right below our mark",
        f"""> {REPLY_ABOVE}
Here I am.
> (ref {TOKEN})
> {CUSTOMER_BEGINS}
> > Hello
> {CUSTOMER_ENDS}
""",
    ),
    (
        "our message without its mark",
        f"""Dear Ann, see below.

(ref {TOKEN})

Payment: charged twice
Case SP-100042, priority urgent: a new case for you.
""",
    ),
    (
        "the marks of the customer's words alone",
        f"""Dear Ann, see below.

{CUSTOMER_BEGINS}
Hello
{CUSTOMER_ENDS}
THE CASE
""",
    ),
)
