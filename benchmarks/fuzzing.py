"""Whether any reader can be broken: odd and damaged inputs of every kind, thousands of them, drawn by hypothesis.

    python benchmarks/fuzzing.py --inputs 20000            # all readers, about half an hour on 2 cores
    python benchmarks/fuzzing.py --only coco voc           # some
    python benchmarks/fuzzing.py --replay coco:3:17        # one input again, with its traceback

Each input is valid content of which a few values, bytes or files are changed. With each is done what a command does
before it trains: data are recognised, prepared, kept and loaded; study files are read and settled; studies and runs
that somebody sent are opened, summarised, listed, and answer for an image. An input may be read, or be refused by a
UserError of one line. All else is a fault: another exception, more than 20 s, more than 1.5 GB, words of a library on
the terminal, a program that runs, a file that is changed elsewhere, a sentence that tells what another file holds.
Lines that libtiff writes in C are passed over: within one process nothing stops them.

Inputs are drawn from seeds, 500 from each, in a process of its own; the seeds and counts go to benchmarks/fuzzing.json.
"""

import argparse
import json
import os
import resource
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field
from functools import partial
from importlib.metadata import version
from itertools import count
from pathlib import Path
from typing import Any

from fuzzed.chunk import CHUNK, Counts, Fault, draw_inputs, keep, laid_out, work
from fuzzed.files import Input
from fuzzed.readers import READERS, import_all
from fuzzed.watch import Watch

SECONDS, MIB = 20.0, 1_500.0
"""The most that reading an input may take; memory is that of the whole process."""
BREATH_MIB = 3_000
"""Memory beyond what an interpreter has from the start, that a process gets before allocations fail."""
FEWEST = 100
"""Inputs of a chunk: the first ones of all seeds are the same, so that a few more would never come."""
RESTARTS = 20
"""Times that a chunk goes on behind an input that ended its process."""


@dataclass(frozen=True, kw_only=True)
class Chunk:
    """Different inputs of a reader from one seed: as many as are wanted, or as there are."""

    reader: str
    seed: int
    wanted: int


@dataclass(kw_only=True)
class Outcome:
    """The outcome of one chunk, or of all of a reader; `digests` tell its inputs apart."""

    seeds: list[int] = field(default_factory=list)
    counts: Counts = field(default_factory=Counts)
    digests: set[str] = field(default_factory=set)
    faults: list[Fault] = field(default_factory=list)

    def join(self, other: "Outcome") -> None:
        """Add the outcome of another chunk."""
        self.seeds += other.seeds
        self.counts.join(other.counts)
        self.digests |= other.digests
        self.faults += other.faults


def main() -> None:
    """Draw the inputs, read them in several processes, and print a table by reader."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--inputs", type=int, default=20_000, help="different ones, divided among the readers")
    parser.add_argument(
        "--only", nargs="+", choices=READERS, default=list(READERS), metavar="READER", help=", ".join(READERS)
    )
    parser.add_argument("--seed", type=int, default=0, help="the first one of each reader")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--seconds", type=float, default=SECONDS, help="for an input")
    parser.add_argument("--results", type=Path, default=Path(__file__).with_suffix(".json"), help="seeds and counts")
    parser.add_argument("--replay", metavar="READER:SEED:NUMBER", help="one input again")
    parser.add_argument("--keep", type=Path, help="a folder to leave the replayed input in")
    parser.add_argument("--chunk", metavar="READER:SEED:WANTED", help=argparse.SUPPRESS)
    parser.add_argument("--told", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--behind", type=int, default=-1, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.replay:
        replay(*_parsed(asked.replay), asked.seconds, asked.keep)
    elif asked.chunk:
        work_alone(*_parsed(asked.chunk), asked.behind, asked.told, asked.seconds)
    else:
        run(asked)


def run(asked: argparse.Namespace) -> None:
    """Work through all chunks, print the table and the faults, store seeds and counts; exit code 1 where there are
    faults.
    """
    began, each = time.monotonic(), -(-asked.inputs // len(asked.only))
    table = {reader: Outcome() for reader in asked.only}
    with ThreadPoolExecutor(asked.workers) as pool:
        for number in count(asked.seed):
            chunks = [
                Chunk(reader=reader, seed=number, wanted=max(lacking, FEWEST))
                for reader, outcome in table.items()
                if (lacking := each - len(outcome.digests)) > 0
            ]
            if not chunks:
                break
            for chunk, outcome in zip(chunks, pool.map(partial(worked, seconds=asked.seconds), chunks), strict=True):
                table[chunk.reader].join(outcome)
    faults = [fault for outcome in table.values() for fault in outcome.faults]
    print("\n".join(lines(table)))
    print(f"\n{time.monotonic() - began:,.0f} s with {asked.workers} workers")
    print("\n".join(told(faults)))
    asked.results.write_text(json.dumps(stored(table, faults), indent=1) + "\n")
    sys.exit(1 if faults else 0)


def worked(chunk: Chunk, *, seconds: float) -> Outcome:
    """Work through a chunk in a process of its own, and in another one behind each input that ends it."""
    outcome, behind = Outcome(seeds=[chunk.seed]), -1
    for _ in range(RESTARTS):
        with tempfile.TemporaryDirectory(prefix="fuzzing-", dir=memory_disk()) as scratch:
            file = Path(scratch) / "told.jsonl"
            file.touch()
            ended = _in_a_process(chunk, behind, file, seconds)
            lines_told = [json.loads(line) for line in file.read_text().splitlines()]
        counts: dict[str, Any] = next((line["counts"] for line in reversed(lines_told) if "counts" in line), {})
        outcome.counts.join(Counts(**counts))
        outcome.digests |= {line["digest"] for line in lines_told if "digest" in line}
        outcome.faults += [Fault(**line["fault"]) for line in lines_told if "fault" in line]
        if not ended:
            break
        last = next((line["at"] for line in reversed(lines_told) if "at" in line), None)
        if last is None:
            raise RuntimeError(f"No input of {chunk.reader}, seed {chunk.seed}, could be read at all: it {ended}")
        behind = last
        outcome.counts.join(Counts(inputs=1, faults=1))
        words, _, details = ended.partition("\n")
        outcome.faults.append(Fault(reader=chunk.reader, seed=chunk.seed, number=behind, words=words, details=details))
    print(
        f"{chunk.reader} seed {chunk.seed}: {outcome.counts.inputs} inputs, {outcome.counts.faults} faults",
        *told(outcome.faults),
        sep="\n",
        file=sys.stderr,
        flush=True,
    )
    return outcome


def _in_a_process(chunk: Chunk, behind: int, file: Path, seconds: float) -> str:
    """Wait for the process of a chunk; say how it ended where that was not as it should."""
    name = f"{chunk.reader}:{chunk.seed}:{chunk.wanted}"
    words = [
        sys.executable,
        __file__,
        "--chunk",
        name,
        "--behind",
        str(behind),
        "--told",
        str(file),
        "--seconds",
        str(seconds),
    ]
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen(
            words, stdout=said, stderr=said, env=environment(file.parent), start_new_session=True
        )
        while process.poll() is None:
            time.sleep(0.2)
            if time.time() - file.stat().st_mtime > 3 * seconds + 60:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
                return "hangs where no alarm ends it"
        said.seek(0)
        last = said.read().decode(errors="replace")[-4_000:]
    return "" if process.returncode == 0 else f"ends the process with code {process.returncode}\n{last}"


def environment(scratch: Path) -> dict[str, str]:
    """Return an environment in which everything is written below `scratch`."""
    places = ("TMPDIR", "MPLCONFIGDIR", "HF_HOME", "XDG_CACHE_HOME", "SKIPWISE_CACHE", "HYPOTHESIS_STORAGE_DIRECTORY")
    return {
        **os.environ,
        **dict.fromkeys(places, str(scratch)),
        "OMP_NUM_THREADS": "1",
        "PYTHONHASHSEED": "0",
        "PYTHONFAULTHANDLER": "1",
        "HF_HUB_OFFLINE": "1",
    }


def memory_disk() -> Path | None:
    """Return where files are in memory; None where there is no such place."""
    return shared if (shared := Path("/dev/shm")).is_dir() else None


def work_alone(reader: str, seed: int, wanted: int, behind: int, told: Path, seconds: float) -> None:
    """Work through a chunk in this process, which is made for it; only the inputs behind one, where it goes on."""
    import_all()
    import torch

    torch.set_num_threads(1)
    bound_memory()
    scratch = told.parent / "scratch"
    scratch.mkdir()
    with told.open("a", buffering=1) as file:

        def tell(line: dict[str, Any]) -> None:
            file.write(json.dumps(line) + "\n")

        work(reader, seed, wanted, scratch, Watch(told.parent, seconds, MIB), tell, behind=behind)


def bound_memory() -> None:
    """Let allocations fail before this machine has none left."""
    found = [line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmData:")]
    most = int(found[0].split()[1]) * 2**10 + BREATH_MIB * 2**20
    resource.setrlimit(resource.RLIMIT_DATA, (most, resource.getrlimit(resource.RLIMIT_DATA)[1]))


def replay(reader: str, seed: int, number: int, seconds: float, kept: Path | None) -> None:
    """Draw one input again, read it, and print how that ends."""
    import_all()
    with tempfile.TemporaryDirectory(prefix="fuzzing-", dir=memory_disk()) as scratch:
        os.environ |= environment(Path(scratch))

        def use(place: int, one: Input) -> bool:
            if place != number:
                return False
            if kept is not None:
                print(f"left in {keep(one, kept)}")
            with laid_out(one, Path(scratch)) as path:
                end = Watch(Path(scratch), seconds, MIB).watched(READERS[reader].steps, path)
            about = f"{one.data or 'the folder'} of {len(one.files)} files"
            print(f"{about}: {end.kind} in {end.seconds:.2f} s, {end.mib:,.0f} MiB\n{end.words}\n{end.details}")
            return True

        draw_inputs(READERS[reader], seed, use)


def lines(table: Mapping[str, Outcome]) -> Iterator[str]:
    """Yield the lines of a table of Markdown."""
    whole = Counts()
    yield "| reader | distinct inputs | read | refused | faults | slowest | peak memory |\n|---|---|---|---|---|---|---|"
    for name, outcome in table.items():
        whole.join(outcome.counts)
        yield _row(name, outcome.counts, len(outcome.digests))
    yield _row("**all**", whole, sum(len(outcome.digests) for outcome in table.values()))


def _row(name: str, counts: Counts, distinct: int) -> str:
    numbers = (distinct, counts.read, counts.refused, counts.faults)
    told = " | ".join(f"{number:,}" for number in numbers)
    return f"| {name} | {told} | {counts.slowest_seconds:.1f} s | {counts.peak_mib:,.0f} MiB |"


def told(faults: Sequence[Fault]) -> Iterator[str]:
    """Yield a line for each kind of fault: how often it was, and how it is seen again."""
    kinds = Counter((fault.reader, fault.words) for fault in faults)
    for (reader, words), times in kinds.most_common():
        first = next(fault for fault in faults if (fault.reader, fault.words) == (reader, words))
        yield f"{times:>5} {reader}: {words}  --replay {first.replay}"


def stored(table: Mapping[str, Outcome], faults: Sequence[Fault]) -> dict[str, Any]:
    """Return what is stored of a run: all that is needed to draw the same inputs again, and how they ended."""
    return {
        "versions": {name: version(name) for name in ("skipwise", "hypothesis", "pillow", "numpy")},
        "distinct_inputs": sum(len(outcome.digests) for outcome in table.values()),
        "draws_of_a_seed": CHUNK,
        "readers": {
            name: {"seeds": outcome.seeds, "distinct": len(outcome.digests), **asdict(outcome.counts)}
            for name, outcome in table.items()
        },
        "faults": sorted({f"{fault.reader}: {fault.words}" for fault in faults}),
    }


def _parsed(words: str) -> tuple[str, int, int]:
    reader, first, second = words.split(":")
    return reader, int(first), int(second)


if __name__ == "__main__":
    main()
