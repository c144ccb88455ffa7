"""How a verdict is made. Usable by itself: numpy and scipy only."""

from skipwise.statistics.accuracy import accuracy_interval, t_interval
from skipwise.statistics.bootstrap import percentile_interval, resampled_means, two_way_bootstrap, two_way_bootstrap_of
from skipwise.statistics.crossed import CrossedT, crossed_t
from skipwise.statistics.mcnemar import McNemar, mcnemar
from skipwise.statistics.multiple_testing import DECLARED_LOOKS, holm_levels, shared_alpha
from skipwise.statistics.needed import images_needed, seeds_needed
from skipwise.statistics.paired import PairedT, one_seed, paired_t
from skipwise.statistics.power import power
from skipwise.statistics.pseudo_values import pseudo_values, pseudo_values_of_counts
from skipwise.statistics.verdict import Verdict, decide, decide_each

__all__ = [
    "DECLARED_LOOKS",
    "CrossedT",
    "McNemar",
    "PairedT",
    "Verdict",
    "accuracy_interval",
    "crossed_t",
    "decide",
    "decide_each",
    "holm_levels",
    "images_needed",
    "mcnemar",
    "one_seed",
    "paired_t",
    "percentile_interval",
    "power",
    "pseudo_values",
    "pseudo_values_of_counts",
    "resampled_means",
    "seeds_needed",
    "shared_alpha",
    "t_interval",
    "two_way_bootstrap",
    "two_way_bootstrap_of",
]
