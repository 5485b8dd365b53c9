"""Evaluation: any labelled texts, any scores, the figures that say what they are worth, and baselines beside them.

    read ─Item→ collect (scores, localisation; streams) ─Collected→ results ─JSON→ tables, plots, page

Everything after `results` is a function of the JSON alone, so that a page can be made again from what was kept.
"""
