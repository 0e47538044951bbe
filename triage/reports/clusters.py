"""Messages that have words in common: clusters of their weighted words, each with the words that tell it from the rest."""

from collections import Counter
from collections.abc import Sequence

import numpy as np
from sklearn.cluster import AgglomerativeClustering
from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS, TfidfVectorizer
from sklearn.metrics.pairwise import cosine_distances

from triage.figures import Cluster, Text

#: Messages looked at: more take long, and what many have in common shows in so many.
AT_MOST = 2000
#: Words of letters alone, so that neither numbers nor amounts make messages alike.
_WORD = r"(?u)\b[^\W\d_]{3,}\b"
_NEAR, _FEWEST, _WORDS, _SHOWN, _NAMED = 0.75, 5, 5, 8, 5
#: What stands in German, French and Spanish letters whatever they are about; the library has the English ones.
_COMMON = frozenset(
    word
    for line in (
        "aber alle als auch auf aus bei bin bis bitte das dass dem den der des die dies diese doch ein eine einem einen einer etwas",
        "für guten habe haben hallo herr ich ihnen ihr ihre ihren immer ist kann kein keine leider man mehr mein meine meinem meinen",
        "meiner mich mir mit nach nicht noch nun nur oder schon sehr sein sich sie sind über und uns vielen von vor war warum was wenn",
        "werden wie wir wird wurde zum zur danke grüße grüßen freundlichen hello dear please thanks thank regards kind best team",
        "does did sincerely mail bonjour merci",
        "pour les des une que avec dans pas est mon mes vous hola gracias por los las una del para con mis",
    )
    for word in line.split()
)


def clusters(texts: Sequence[Text]) -> tuple[Cluster, ...]:
    """The largest ones first."""
    weigh = TfidfVectorizer(
        token_pattern=_WORD, lowercase=True, sublinear_tf=True, min_df=3, max_df=0.5, ngram_range=(1, 2),
        stop_words=sorted(_COMMON | ENGLISH_STOP_WORDS),
    )  # fmt: skip
    if len(texts) < 2 * _FEWEST:
        return ()
    try:
        weights = weigh.fit_transform([text.words for text in texts])
    except ValueError:
        # No word is in several messages, and not in most: they have nothing in common.
        return ()
    # Messages without a word that counts have nothing in common with anything.
    said = np.flatnonzero(np.asarray(weights.sum(axis=1)).ravel())
    texts, weights = [texts[int(number)] for number in said], weights[said]
    if len(texts) < _FEWEST:
        return ()
    # By the average of all pairs: by the nearest ones a chain of messages would hold together what has nothing in common.
    near = AgglomerativeClustering(n_clusters=None, distance_threshold=_NEAR, metric="precomputed", linkage="average")
    # Most messages share few words with most others: of the words that are there the distances are found in no time.
    labels = near.fit_predict(cosine_distances(weights))
    names = weigh.get_feature_names_out()
    everywhere = np.asarray(weights.mean(axis=0)).ravel()
    found = []
    for label, many in Counter(labels.tolist()).most_common(_SHOWN):
        if many < _FEWEST:
            break
        members = np.flatnonzero(labels == label)
        telling = np.asarray(weights[members].mean(axis=0)).ravel() - everywhere
        found.append(
            _cluster([texts[int(number)] for number in members], [str(names[place]) for place in np.argsort(-telling)[: 4 * _WORDS]])
        )
    return tuple(found)


def _cluster(members: Sequence[Text], telling: Sequence[str]) -> Cluster:
    words: list[str] = []
    for word in telling:
        # Of "blue kettle" and "kettle" the longer one says both.
        if not any(word in known for known in words):
            words = [known for known in words if known not in word] + [word]
    matters = Counter(text.matter for text in members)
    return Cluster(
        words=tuple(words[:_WORDS]),
        many=len(members),
        numbers=tuple(text.number for text in members[:_NAMED]),
        matters=dict(matters.most_common(3)),
    )
