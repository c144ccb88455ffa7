"""How long a study may take: phase by phase, under the load of the moment."""

import math
import os
import time
from dataclasses import dataclass

REPORT_SHARE, REPORT_SHARE_OF_CONTENDER = 0.4, 0.1
"""Of the page and of each contender on it, as shares of the time to import what a worker needs: drawing libraries are
imported, too, and charts drawn.
"""


@dataclass(frozen=True, kw_only=True)
class Load:
    """The processes of others that want to compute now, on this many cores."""

    others: float = 0.0
    cores: int = 1

    def slowdown(self, wanted: int) -> float:
        """Return how many times as long so many processes of ours take as they would alone, with fair sharing."""
        return max(1.0, (self.others + wanted) / max(wanted, self.cores))

    @classmethod
    def now(cls) -> "Load":
        """Measure it over the last minute; on systems that do not tell, nobody else computes."""
        cores = os.cpu_count() or 1
        if not hasattr(os, "getloadavg"):
            return cls(cores=cores)
        own = 1 - math.exp(-time.process_time() / 60)  # which the average has of this process at most
        return cls(others=max(0.0, os.getloadavg()[0] - own), cores=cores)


@dataclass(frozen=True, kw_only=True)
class Estimate:
    """The seconds that each phase takes alone; `processes` compute side by side under a load."""

    start: float = 0.0
    training: float = 0.0
    baseline: float = 0.0
    report: float = 0.0
    processes: int = 1
    load: Load = Load()  # frozen

    @property
    def slowdown(self) -> float:
        """How many times as long the load makes the training."""
        return self.load.slowdown(self.processes)

    @property
    def parts(self) -> dict[str, float]:
        """The seconds of each phase under the load, by what it does."""
        alone = self.load.slowdown(1)
        return {
            "starting": self.slowdown * self.start,
            "training": self.slowdown * self.training,
            "baseline": alone * self.baseline,
            "page": alone * self.report,
        }

    @property
    def seconds(self) -> float:
        """The whole of it."""
        return sum(self.parts.values())

    @property
    def after_training(self) -> float:
        """The seconds from the last run's end to the report."""
        return self.parts["baseline"] + self.parts["page"]


def report_seconds(import_seconds: float, contenders: int) -> float:
    """Return the seconds that scores, charts and page take on a machine that imports in so many."""
    return import_seconds * (REPORT_SHARE + REPORT_SHARE_OF_CONTENDER * contenders)
