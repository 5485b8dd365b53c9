"""BP104 subscription-appeal."""

import numpy as np

from detector.batch import Batch
from detector.phrases import count_by_sentence, phrase_words, quoted, words_in
from detector.registry import Marks, signal

__all__ = ["subscription_appeal"]

_JOIN = ("subscribe", "subscribing", "register", "join", "enter", "signup", "follow", "get", "receive")
_TARGET = (
    "newsletter",
    "newsletters",
    "inbox",
    "mailing",
    "subscription",
    "subscribers",
    "email",
    "e-mail",
    "feed",
    "rss",
    "podcast",
)
# Where joining is what is asked for, it stands at the beginning: "Join our mailing list", "To join our list, write to".
_OPENING = 4
_YOU = ("our", "free", "today", "below")
_ASKING = (
    "sign up for our",
    "sign up to our",
    "sign up for the free",
    "sign up for free",
    "sign up to receive",
    "sign up here",
    "sign up below",
    "sign up now",
    "subscribe to our",
    "subscribe to receive",
    "subscribe to get",
    "subscribe to continue",
    "subscribe to read",
    "subscribe to unlock",
    "subscribe today",
    "subscribe now",
    "subscribe via",
    "subscribe for",
    "subscribe here",
    "join our newsletter",
    "join our mailing list",
    "delivered to your inbox",
    "straight to your inbox",
    "directly to your inbox",
    "right to your inbox",
    "in your inbox",
    "to your inbox",
    "already a subscriber",
    "already a member",
    "already have an account",
    "not a subscriber",
    "for subscribers only",
    "log in to continue",
    "sign in to continue",
    "register to continue",
    "create a free account",
    "create an account to",
    "to continue reading this",
    "enter your email address",
    "enter your email",
    "unlimited digital access",
    "unlimited access to",
    "cancel anytime",
    "cancel at any time",
    "start your free trial",
    "start your subscription",
    "manage your subscription",
    "you have successfully subscribed",
    "thanks for subscribing",
    "thank you for subscribing",
    "get our free",
    "get the latest news and",
    "turn on notifications",
    "enable notifications",
)
# An appeal where nothing else is said: so many words at most.
_BRIEF = 10
_BRIEFLY = ("download our app", "download the app", "get the app")


@signal(
    "BP104",
    axis="boilerplate",
    unit="sentence",
    joined=True,
    message="an invitation to subscribe, register or get a newsletter",
    flagged=[
        "Sign up for our newsletter.",
        "Get the best stories of the week delivered to your inbox.",
        "Already a subscriber? Log in",
    ],
    clean=[
        "They do not subscribe to the theory that the moon is hollow.",
        "She said she would sign up for the course, and register her car.",
        "“Sign up for our team,” he told the players.",
        "Our team will send an email before the event that has your link to join the talk.",
        "Download the app, open it, look for the crossings nearby, and watch the map fill with red points around you.",
    ],
)
def subscription_appeal(batch: Batch) -> Marks:
    """
    Sentences that want the reader to subscribe, register, or leave an e-mail address.

    "Get the best stories delivered to your inbox" sells the paper, and stands in the middle of the article because
    that is where readers look.

    A sentence counts when it has a phrase that such invitations use (some of them only in ten words at most), or at
    most 25 words that speak of joining, at their beginning, of a newsletter or inbox, and of "our" or "free";
    quotations are left alone. (25 words: the longest invitation of
    the training pages that has no phrase of the list.) An article about newsletters may be wrongly flagged in
    single sentences.

        >>> from detector.registry import evidence
        >>> evidence(subscription_appeal, "The mayor resigned. Sign up for our daily newsletter.")
        ['Sign up for our daily newsletter.']
    """
    s = batch.sentences
    phrase = count_by_sentence(batch, phrase_words(batch, _ASKING)) > 0
    phrase |= (count_by_sentence(batch, phrase_words(batch, _BRIEFLY)) > 0) & (s.words <= _BRIEF)
    join = words_in(batch, _JOIN)
    join = join[join - s.first_word[batch.words.sentence[join]] < _OPENING]
    cues = [count_by_sentence(batch, words) > 0 for words in (join, words_in(batch, _TARGET), words_in(batch, _YOU))]
    marked = (phrase | (cues[0] & cues[1] & cues[2] & (s.words <= 25))) & ~quoted(batch, s.start, s.end)
    return Marks(marked.astype(np.float32), detail=lambda _: {"kind": "subscription"})
