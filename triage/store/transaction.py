"""The tables of one transaction, put together."""

from sqlite_utils import Database

from triage.store.cases import SqliteCases
from triage.store.censuses import SqliteCensuses
from triage.store.corrections import SqliteCorrections
from triage.store.deadlines import SqliteDeadlines
from triage.store.deliveries import SqliteDeliveries
from triage.store.desks import SqliteAssignments, SqliteColleagues, SqliteNotices
from triage.store.drafts import SqliteDrafts
from triage.store.erasing import SqliteErasing
from triage.store.figures import SqliteFigures
from triage.store.filings import SqliteFilings
from triage.store.flood import SqliteFlood
from triage.store.history import SqliteHistory
from triage.store.log import SqliteLog
from triage.store.messages import SqliteMessages
from triage.store.orders import SqliteOrderFacts
from triage.store.payments import SqlitePayments
from triage.store.reminders import SqliteReminders, SqliteSurveys
from triage.store.reported import SqliteReported
from triage.store.sent import SqliteSent
from triage.store.vitals import SqliteVitals


class SqliteTransaction:
    """What a unit of work may touch; valid only while it runs in the writer's thread."""

    def __init__(self, db: Database, case_prefix: str) -> None:
        self.messages = SqliteMessages(db)
        self.censuses = SqliteCensuses(db)
        self.cases = SqliteCases(db, case_prefix)
        self.deliveries = SqliteDeliveries(db)
        self.filings = SqliteFilings(db)
        self.deadlines = SqliteDeadlines(db)
        self.reminders = SqliteReminders(db)
        self.surveys = SqliteSurveys(db)
        self.corrections = SqliteCorrections(db)
        self.flood = SqliteFlood(db)
        self.vitals = SqliteVitals(db)
        self.assignments = SqliteAssignments(db)
        self.notices = SqliteNotices(db)
        self.colleagues = SqliteColleagues(db)
        self.sent = SqliteSent(db)
        self.drafts = SqliteDrafts(db)
        self.erasing = SqliteErasing(db)
        self.log = SqliteLog(db)
        self.history = SqliteHistory(db)
        self.figures = SqliteFigures(db)
        self.orders = SqliteOrderFacts(db)
        self.payments = SqlitePayments(db)
        self.reported = SqliteReported(db)
