"""What it means that a person puts a message into one of our folders: one table, folder → ruling."""

from collections import defaultdict
from collections.abc import Mapping

from triage.case import State, keyword
from triage.correction import SPAM, Ruling
from triage.policy.table import Policy

#: By folder, without the mailbox's prefix. None: the message may lie there, and nothing is said by that.
Rulings = Mapping[str, Ruling | None]


def rulings(policy: Policy) -> Rulings:
    """What each of our folders says of a message that a person puts there."""
    folders = policy.folders
    found: dict[str, Ruling | None] = _by_matter(policy)
    # Later rows win: a category that shares its folder with one of these says nothing by it.
    found |= dict.fromkeys((folders.automatic, folders.reports, folders.unreadable))
    found |= {folders.sort_by_hand: Ruling(), folders.spam: SPAM_RULING}
    return found


def keywords(policy: Policy) -> frozenset[str]:
    """Every keyword that says what a message was taken for."""
    return frozenset({keyword("", abstained=True), *(keyword(category, abstained=False) for category in policy.categories)})


#: Every keyword that says where a case stands.
STATE_KEYWORDS = frozenset(state.keyword for state in State)
#: What the folder for spam says.
SPAM_RULING = Ruling(category=SPAM[0], issue=SPAM[1], spam=True)


def _by_matter(policy: Policy) -> dict[str, Ruling | None]:
    """Category folders; an issue is named where it alone has the folder, and nothing where categories share one."""
    owners: dict[str, set[tuple[str, str]]] = defaultdict(set)
    for category, issue in policy.matters:
        owners[policy.topic(category, issue).folder].add((category, issue))
    return {folder: _ruling(matters) for folder, matters in owners.items()}


def _ruling(matters: set[tuple[str, str]]) -> Ruling | None:
    categories = {category for category, _ in matters}
    if len(categories) > 1:
        return None
    issues = {issue for _, issue in matters}
    return Ruling(category=categories.pop(), issue=issues.pop() if len(issues) == 1 else "")
