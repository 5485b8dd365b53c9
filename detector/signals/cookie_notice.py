"""BP105 cookie-notice."""

import numpy as np
from numpy.typing import NDArray

from detector.batch import Batch
from detector.phrases import count_by_sentence, phrase_words, quoted, words_in
from detector.registry import Marks, signal

__all__ = ["cookie_notice"]

_COOKIES = ("cookie", "cookies")
_WE = ("we", "our", "this", "you", "your", "us")
_USE = (
    "use uses using accept accepting agree agreeing consent website site websites browser browsers browsing "
    "settings policy preferences technologies analytics tracking third-party advertising personalise personalize "
    "essential necessary privacy"
).split()
_PHRASES = (
    "accept all cookies",
    "accept cookies",
    "reject all cookies",
    "cookie policy",
    "cookie settings",
    "cookie preferences",
    "cookies settings",
    "manage cookies",
    "uses cookies",
    "use of cookies",
    "use cookies",
    "do not sell my personal information",
    "do not sell or share my personal information",
    "we value your privacy",
    "your privacy choices",
    "store and or access information on a device",
)
# What policies and terms speak of from beginning to end. A document is one of them when a fifth of its sentences of 8
# words and more, five at least, have two such words, those about cookies not counted (2 of 667 training and dev pages).
_POLICY = (
    "privacy policy policies terms agreement agreements personal information data consent service services account "
    "accounts user users third-party party parties applicable law laws rights processing liability collect share "
    "disclose"
).split()
_LONG, _LEAST, _SHARE = 8, 5, 0.2


def _policies(batch: Batch, cookies: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Which documents are policies themselves; bool [documents]."""
    s = batch.sentences
    other = (s.words >= _LONG) & ~cookies
    speaks = other & (count_by_sentence(batch, words_in(batch, tuple(_POLICY))) > 1)
    n, of = len(batch), s.document
    long, about = np.bincount(of[other], minlength=n), np.bincount(of[speaks], minlength=n)
    policies: NDArray[np.bool_] = (about >= _LEAST) & (about >= _SHARE * long)
    return policies


@signal(
    "BP105",
    axis="boilerplate",
    unit="sentence",
    joined=True,
    message="a notice about cookies or consent",
    flagged=[
        "This website uses cookies to give you the best experience.",
        "By continuing to browse, you agree to our use of cookies.",
        "Accept all cookies",
    ],
    clean=[
        "Bake the cookies on this tray for ten minutes; you can use butter.",
        "She left a plate of cookies for us.",
        """This policy says which personal information we collect from the users of our services, and why we do so.
        We process account data to perform our agreement with you, and as applicable law requires us to do.
        We share personal information with third parties only with your consent, or as the law requires.
        We use cookies to keep you logged in and to remember your preferences on this website.
        You have rights under applicable privacy laws, and may ask us for a copy of your personal data.
        The liability of either party under these terms is limited as our user agreement says it is.""",
    ],
)
def cookie_notice(batch: Batch) -> Marks:
    """
    Sentences that ask for consent to cookies.

    "This website uses cookies" stands on every page because the law wants it there, not because the article needs
    it.

    A sentence counts when it has a phrase of such notices, or names cookies, the site or the reader ("we", "your"),
    and two things one does with cookies there ("accept", "settings"); one of them is not enough, for recipes use
    cookies too. Quotations are left alone, and so is a document that is itself a policy. Articles about web tracking
    are wrongly flagged in single sentences.

        >>> from detector.registry import evidence
        >>> evidence(cookie_notice, "We use cookies to personalise content. The bridge is closed.")
        ['We use cookies to personalise content.']
    """
    s = batch.sentences
    phrase = count_by_sentence(batch, phrase_words(batch, _PHRASES)) > 0
    cookies = count_by_sentence(batch, words_in(batch, _COOKIES)) > 0
    we = count_by_sentence(batch, words_in(batch, _WE)) > 0
    use = count_by_sentence(batch, words_in(batch, tuple(_USE))) > 1
    marked = (phrase | (cookies & we & use)) & ~quoted(batch, s.start, s.end)
    if marked.any():
        marked &= ~_policies(batch, cookies | phrase)[s.document]
    return Marks(marked.astype(np.float32), detail=lambda _: {"kind": "cookie"})
