"""The floor: the least that any program must do for a message, each step batched as well as can be."""

import email
import email.policy
import sqlite3
import sys
from pathlib import Path
from smtplib import SMTP
from time import perf_counter

from imapclient import IMAPClient
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import FeatureUnion, Pipeline, make_pipeline

from tests.bench.letters import corpus

_BATCH = 200
_ACKNOWLEDGMENT = b"From: support@shop.example\r\nTo: %s\r\nSubject: Received\r\nAuto-Submitted: auto-replied\r\n\r\nThank you.\r\n"


def plain_pipeline() -> Pipeline:
    """Word and character TF-IDF with logistic regression, as a tutorial would have it."""
    features = FeatureUnion(
        [
            ("words", TfidfVectorizer(ngram_range=(1, 2), max_features=20_000)),
            ("characters", TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 4), max_features=20_000)),
        ]
    )
    texts = corpus()
    labels = [len(body) % 6 for _subject, body in texts]
    return make_pipeline(features, LogisticRegression(max_iter=50)).fit([f"{subject} {body}" for subject, body in texts], labels)


def text_of(raw: bytes) -> tuple[str, str]:
    """(sender, text) by the standard library."""
    message = email.message_from_bytes(raw, policy=email.policy.default)
    body = message.get_body(("plain", "html"))
    return str(message["from"]), f"{message['subject']} {body.get_content() if body else ''}"


def run(imap_port: int, user: str, password: str, folder: str, smtp_port: int, store: Path) -> float:
    """Messages per second of fetching, parsing, predicting, committing and sending."""
    pipeline = plain_pipeline()
    client = IMAPClient("127.0.0.1", imap_port, ssl=False, timeout=30)
    client.login(user, password)
    client.select_folder(folder, readonly=True)
    smtp = SMTP("127.0.0.1", smtp_port)
    db = sqlite3.connect(store)
    db.execute("pragma journal_mode = wal")
    db.execute("pragma synchronous = full")
    db.execute("create table messages(uid integer primary key, sender text, category integer, raw blob)")
    begun = perf_counter()
    uids = client.search("ALL")
    for start in range(0, len(uids), _BATCH):
        fetched = client.fetch(uids[start : start + _BATCH], ["BODY.PEEK[]"])
        raws = [(uid, fetched[uid][b"BODY[]"]) for uid in fetched]
        read = [text_of(raw) for _uid, raw in raws]
        predicted = pipeline.predict([text for _sender, text in read])
        with db:
            rows = [(uid, sender, int(label), raw) for (uid, raw), (sender, _text), label in zip(raws, read, predicted, strict=True)]
            db.executemany("insert into messages values (?, ?, ?, ?)", rows)
        for sender, _text in read:
            smtp.sendmail("support@shop.example", [sender], _ACKNOWLEDGMENT % sender.encode())
    seconds = perf_counter() - begun
    smtp.quit()
    client.logout()
    return len(uids) / seconds


if __name__ == "__main__":
    imap, name, secret, folder, smtp_at, path = sys.argv[1:]
    print(run(int(imap), name, secret, folder, int(smtp_at), Path(path)))
