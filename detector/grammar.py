"""The grammar model: sentences as people wrote them against the same ones with words moved, lost and exchanged.

The fast sentence model (`detector.fluency`) learns what known engines write; n-grams that it has never seen say nothing
to it. This one has the same form and has seen no engine's output: it learns which n-grams people write (natives,
translators, learners) and chance does not (noise-contrastive estimation, Gutmann and Hyvarinen 2010). It hardly sees
what neural engines do, and sees broken word order of any origin. It weighs nothing in a verdict: the cascade asks the
neural model about a document that looks odd to it.
"""

import functools

import numpy as np
from numpy.typing import NDArray

from detector.assets import find_folder
from detector.batch import Batch, per_batch
from detector.fluency import FluencyModel, document_means, load_fluency, logits

__all__ = ["document_oddness", "load_grammar"]

SHORTEST = 4  # words of a sentence that says something


@functools.cache
def load_grammar() -> FluencyModel:
    """The bundled grammar model, of the fluency model's format."""
    return load_fluency(find_folder("grammar"))


@per_batch
def document_oddness(batch: Batch) -> NDArray[np.float64]:
    """The mean log-odds that chance has been at a document's sentences, float64 [documents]; -inf if none counts."""
    return document_means(batch, logits(batch, load_grammar()), batch.sentences.words >= SHORTEST)
