"""A report for management, as text and as html with its charts; it was written elsewhere, and gets its parts here."""

from triage.responders.compose import Entity, inline_entity, multipart, text_entity
from triage.responders.desk import Assignment, Desk
from triage.responders.envelope import Letter


def report(desk: Desk, assignment: Assignment) -> Letter:
    """The report that the order carries; a line that says so where it carries none, as in a trial."""
    printed, number = assignment.order.printed, assignment.case.number
    if printed is None:
        return Letter(subject="Report", entity=text_entity("There is nothing to report."))
    domain = desk.people.identity.address.rpartition("@")[2]
    html = printed.html
    images: list[Entity] = []
    for key, content in printed.images.items():
        # A Content-ID has the form of a Message-ID (RFC 2392), and names nothing that anybody could fetch.
        cid = f"{key}.report@{domain}"
        html = html.replace(f'"cid:{key}"', f'"cid:{cid}"')
        images.append(inline_entity(cid, "image/png", content))
    page = multipart("related", (text_entity(html, "html"), *images), number)
    return Letter(subject=printed.title, entity=multipart("alternative", (text_entity(printed.text), page), number))
