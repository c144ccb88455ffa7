"""Trials one after the other: passed by, begun again, failed."""

from skipwise.studies import resolve
from skipwise.studies.config import StudyConfig
from skipwise.studies.tuning.run import Trials, judged_percent
from skipwise.studies.tuning.search import plan_tuning
from skipwise.training.loop import Tick
from support.searches import OPTIONS, space_file


def test_the_share_at_which_validation_data_judged():
    tick = Tick(epoch=5, step=3, steps_per_epoch=10, progress=53 / 200, loss=1.0, score=0.5, validation_score=0.4)
    assert judged_percent(tick) == 25


class Watch:
    def __init__(self):
        self.lines = []

    def tick(self, job, tick):
        pass

    def finished(self, job, error):
        pass

    def ended(self, job, line):
        self.lines.append(line)


def trials(npz, out, text, count=4, **more):
    space = space_file(out / "space.toml", text)
    config = StudyConfig(command="tune", data=npz, out=out, space=space, trials=count, **{**OPTIONS, **more})
    prepared = plan_tuning(resolve(config))
    prepared.ready.folder.path.mkdir(parents=True)
    watch = Watch()
    return Trials(prepared.resolved, prepared.space, prepared.ready.folder, prepared.ready.design, watch), watch


def test_what_cannot_be_built_and_what_repeats_is_told_and_passed_by(npz, tmp_path):
    made, watch = trials(npz, tmp_path, "widths = ['16/32/64', 16]\nkernel = [3]\ninitialisation = ['he', 'fixup']")
    jobs = []
    while (job := made.next_job()) is not None:
        jobs.append(job.contender)
    assert jobs == ["trial-0", "trial-2"]
    assert [line.partition(":")[0] for line in watch.lines] == ["trial-1", "trial-3"]
    assert "cannot be built" in watch.lines[0]
    assert [trial.state for trial in made.found()] == ["impossible", "impossible"]


def test_what_makes_the_same_contender_again_is_passed_by_and_not_counted(npz, tmp_path):
    made, watch = trials(npz, tmp_path, "width = [1, 1.001]")
    assert made.next_job().contender == "trial-0"
    assert made.next_job() is None
    assert watch.lines == ["trial-1: the same as trial-0, not counted"]


def test_a_trial_that_breaks_off_is_begun_again_once_and_then_has_failed(npz, tmp_path):
    made, watch = trials(npz, tmp_path, "kernel = [3, 5]")
    job = made.next_job()
    made.finished(job, "its process ended with code -9")
    assert made.next_job() == job
    made.finished(job, "its process ended with code -9")
    assert watch.lines == ["trial-0 resnet8: FAILED: its process ended with code -9"]
    (failed,) = made.found()
    assert (failed.state, failed.reason) == ("failed", "its process ended with code -9")
