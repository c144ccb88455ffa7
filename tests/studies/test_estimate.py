"""How long a study may take, by phase, and how load makes it longer."""

import numpy as np
import pytest

from skipwise.commands.plan_summary import time_words
from skipwise.studies import estimate as module
from skipwise.studies.estimate import Estimate, Load, report_seconds


def test_an_idle_machine_slows_nothing_down():
    assert Load(others=0.4, cores=2).slowdown(1) == 1
    assert Load(others=20, cores=64).slowdown(8) == 1
    assert Load(others=0, cores=2).slowdown(8) == 1  # that they share the cores is in the estimate of each


def test_processes_share_cores_fairly():
    assert Load(others=4, cores=2).slowdown(2) == 3
    assert Load(others=3, cores=2).slowdown(1) == 2


@pytest.mark.parametrize(("average", "others"), [(5.0, 4.5), (0.3, 0.0)])
def test_load_is_that_of_others(monkeypatch, average, others):
    monkeypatch.setattr(module.os, "getloadavg", lambda: (average, 0, 0))
    monkeypatch.setattr(module.os, "cpu_count", lambda: 2)
    monkeypatch.setattr(module.time, "process_time", lambda: 60 * np.log(2))  # half of it in the average
    assert Load.now().others == pytest.approx(others)
    assert Load.now().cores == 2


def test_the_estimate_counts_every_phase():
    alone = Estimate(start=4, training=60, baseline=10, report=6, processes=2, load=Load(cores=2))
    assert alone.seconds == 80
    assert alone.after_training == 16
    assert time_words(alone) == "about 80 s (starting 4 s, training 60 s, baseline 10 s, page 6 s)"


def test_a_load_is_told_with_the_estimate():
    loaded = Estimate(start=4, training=20, report=6, processes=2, load=Load(others=3.2, cores=2))
    assert loaded.slowdown == pytest.approx(2.6)
    assert loaded.seconds == pytest.approx(2.6 * 24 + 2.1 * 6)
    assert time_words(loaded) == (
        "about 75 s (starting 10 s, training 52 s, page 13 s); about 3 other processes are busy on 2 cores, so that it "
        "takes 2.6 times as long as alone"
    )
    one = Estimate(training=20, processes=1, load=Load(others=0.9, cores=1))
    assert "about 1 other process is busy on 1 core, so that it takes 1.9 times" in time_words(one)


def test_nothing_to_train_takes_no_time():
    assert Estimate().seconds == 0
    assert time_words(Estimate()) == "about 0 s"


def test_a_page_of_more_contenders_takes_longer():
    assert report_seconds(4.0, 2) == pytest.approx(2.4)
    assert report_seconds(4.0, 12) == pytest.approx(6.4)
