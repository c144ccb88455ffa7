"""Train the runs of a study that are missing."""

from collections.abc import Callable

from skipwise.errors import UserError
from skipwise.records import write_atomically
from skipwise.studies.baseline import BASELINE, make_baseline
from skipwise.studies.prepare import StudyPlan
from skipwise.studies.study import Study
from skipwise.studies.study_file import STUDY_FILE, study_file
from skipwise.studies.workers.pool import Job, Listener, train_side_by_side


def train_missing(ready: StudyPlan, listener: Listener, doing: Callable[[str], None] = lambda _: None) -> Study:
    """Write down what was asked, train what is missing, and give the study; `doing` hears of what comes after that.

    Raises UserError where runs broke off with an error: the others are done and kept, and the same command tries
    the broken ones again. Interrupted, it leaves a folder that the same command finishes.
    """
    folder, design = ready.folder, ready.design
    with folder.locked():
        ready.dataset.stored.write(folder.path)
        design = folder.write_design(design)
        if (config := design.config) is not None:
            head = f"{design.name}: `skipwise run` repeats it, from the folder where it was asked for."
            text = study_file(config, head)
            write_atomically(folder.file(STUDY_FILE), lambda part: part.write_text(text, encoding="utf-8"))
        jobs = [Job(contender=run.contender.label, seed=run.seed, fold=run.fold) for run in folder.missing(design)]
        waiting = iter(jobs)
        workers = min(ready.workers, len(jobs))
        errors = train_side_by_side(folder.path, lambda: next(waiting, None), design.plan, workers, listener)
    if errors:
        job, reason = next(iter(errors.items()))
        raise UserError(
            f"{len(errors)} of {len(jobs)} runs broke off, the first being {job}: "
            f"{reason}. The finished runs are kept; mend it and run the same command again "
            f"(details: {folder.run_folder(design, design.contender(job.contender), job.seed, job.fold) / 'error.txt'})."
        )
    if design.config is not None:
        if design.to_learn.baseline is not None:
            doing(f"fitting {design.to_learn.baseline}")
        make_baseline(folder.file(BASELINE), design, ready.dataset)
    return Study(folder, design)
