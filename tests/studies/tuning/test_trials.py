"""The best trials of a search."""

from support.searches import found, trial


def test_the_best_are_finished_then_accurate_then_cheap_and_never_the_usual_one():
    usual, one, two = trial(0, 0.99, usual=True), trial(1, 0.9, cost=300), trial(2, 0.9, cost=200)
    three, dropped, failed = (
        trial(3, 0.95),
        trial(4, 0.99, state="dropped"),
        trial(5, state="failed", reason="the loss"),
    )
    assert [one.number for one in found(usual, one, two, three, dropped, failed).best()] == [3, 2, 1]
    assert found(usual, dropped).best() == [dropped]
    assert found(usual, failed).best() == []
