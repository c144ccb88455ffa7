"""How a verdict is made. Usable by itself: numpy and scipy only."""

from skipwise.statistics.accuracy import accuracy_interval
from skipwise.statistics.bootstrap import two_way_bootstrap
from skipwise.statistics.crossed import CrossedT, crossed_t
from skipwise.statistics.holm import holm_levels
from skipwise.statistics.mcnemar import McNemar, mcnemar
from skipwise.statistics.needed import images_needed, seeds_needed
from skipwise.statistics.verdict import Verdict, decide, decide_each

__all__ = [
    "CrossedT",
    "McNemar",
    "Verdict",
    "accuracy_interval",
    "crossed_t",
    "decide",
    "decide_each",
    "holm_levels",
    "images_needed",
    "mcnemar",
    "seeds_needed",
    "two_way_bootstrap",
]
