"""The journal of a search: what Optuna is asked and told, and what is dropped."""

from skipwise.studies.tuning.journal import Journal
from skipwise.studies.tuning.learning_rate import SEED
from skipwise.studies.tuning.space import family_of
from skipwise.studies.tuning.space_file import parse_space

SPACE = parse_space("kernel = [3, 5, 7]\nlr = {low = 0.001, high = 0.1, log = true}", family_of("resnet8"), "it")


def journal(path, trials=20, space=SPACE, first=None):
    return Journal(path / "journal", space, trials, SEED, first)


def test_the_usual_values_are_tried_first_and_no_more_than_asked(tmp_path):
    first = {"kernel": 3, "lr": 0.02}
    made = journal(tmp_path, trials=4, first=first)
    told = [made.ask() for _ in range(4)]
    assert told[0].values == first
    assert len({str(one.values) for one in told}) == 4
    assert made.ask() is None


def test_a_search_opened_again_goes_on_where_it_was(tmp_path):
    made = journal(tmp_path, trials=5)
    values = [made.ask().values for _ in range(3)]
    made.report(0, 25, 0.5)
    made.finish(0, 0.9)
    with (tmp_path / "journal").open("ab") as file:
        file.write(b'{"op_code":4,"work')  # a kill in the middle of a line
    again = journal(tmp_path, trials=5)
    assert [told.values for told in again.all()] == values
    assert [told.running for told in again.all()] == [False, True, True]
    again.finish(1, 0.8)
    more = [again.ask() for _ in range(3)]
    assert [told.number for told in more[:2]] == [3, 4]
    assert more[2] is None
    assert len(journal(tmp_path, trials=5).all()) == 5


def test_what_a_trial_draws_depends_on_its_number_and_not_on_the_process(tmp_path):
    (tmp_path / "cut").mkdir()
    whole = [journal(tmp_path).ask().values for _ in range(1)] + [journal(tmp_path).ask().values for _ in range(2)]
    made = journal(tmp_path / "cut")
    assert [made.ask().values for _ in range(3)] == whole
    assert len({str(values) for values in whole}) == 3


def test_the_worse_half_is_dropped_at_a_quarter_and_at_a_half(tmp_path):
    made = journal(tmp_path)
    for _ in range(4):
        made.ask()
    assert not made.report(0, 10, 0.1)
    assert not made.report(0, 25, 0.5)
    assert made.report(1, 25, 0.4)
    assert not made.report(2, 30, 0.6)  # its epochs are longer
    assert not made.report(0, 50, 0.7)
    assert made.report(2, 60, 0.6)
    assert not made.report(2, 60, 0.6)  # a run that was continued reports the same again


def test_a_small_space_is_tried_out_whole_and_nothing_is_dropped(tmp_path):
    space = parse_space('kernel = [3, 5]\ndownsample = ["stride", "max"]', family_of("resnet8"), "it")
    made = journal(tmp_path, space=space, trials=4, first={"kernel": 5, "downsample": "max"})
    told = []
    while (one := made.ask()) is not None:
        assert not made.report(one.number, 50, 0.1 / (1 + one.number))
        told.append(one.values)
    assert told[0] == {"kernel": 5, "downsample": "max"}
    assert len({str(values) for values in told}) == len(told) == 4
