"""The compute plan: device, precision, memory layout and threads, one for all runs of a study."""

import os
import platform
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from typing import Any, Literal, cast

import torch
from torch import nn

from skipwise.errors import UserError
from skipwise.training.cpu_convolutions import mend_convolutions


@dataclass(frozen=True, kw_only=True)
class ComputePlan:
    """How runs are computed. Equal bits need an equal plan, so a study keeps the one it began with."""

    device: Literal["cpu", "cuda", "mps"]
    precision: Literal["bf16", "fp32"]
    channels_last: bool
    threads: int
    gpu: int | None = None
    """The one GPU that all runs go to, where one was asked for."""

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    def place(self, network: nn.Module) -> nn.Module:
        """Return the network on the plan's device, in its memory layout."""
        if self.device == "cpu":
            network = mend_convolutions(network)
        network = network.to(self.device)
        return network.to(memory_format=torch.channels_last) if self.channels_last else network

    def autocast(self) -> torch.autocast:
        return torch.autocast(self.device, dtype=torch.bfloat16, enabled=self.precision == "bf16")


@contextmanager
def threads(most: int) -> Iterator[None]:
    """Within, torch computes with so many at most: on small inputs more of them are slower, and by far where cores are
    busy.
    """
    before = torch.get_num_threads()
    torch.set_num_threads(min(most, before))
    try:
        yield
    finally:
        torch.set_num_threads(before)


def choose_plan(runs: int, device: str = "auto", precision: Literal["auto", "bf16", "fp32"] = "auto") -> ComputePlan:
    """Choose the plan for this many runs on this machine.

    `device`: auto, cpu, cuda, cuda:N or mps; `auto` is a GPU where there is one. `precision`: `auto` is bf16 where
    there is a GPU of NVIDIA's or the CPU multiplies bf16 matrices in hardware, else fp32. Maps are channels-last on a
    GPU, and in bf16 on a CPU, where the runs share the cores: each of min(runs, cores) workers gets cores // workers
    threads. Raises UserError for a device that is not there.
    """
    kind, gpu = _device(device)
    chosen: Literal["bf16", "fp32"]
    if precision != "auto":
        chosen = precision
    else:
        chosen = "bf16" if kind == "cuda" or (kind == "cpu" and cpu_multiplies_bf16()) else "fp32"
    return ComputePlan(
        device=kind,
        precision=chosen,
        channels_last=kind != "cpu" or chosen == "bf16",
        threads=cores() // min(runs, cores()) if kind == "cpu" else 1,
        gpu=gpu,
    )


def _device(name: str) -> tuple[Literal["cpu", "cuda", "mps"], int | None]:
    """Read which device is asked for, and which GPU of several. Raises UserError for one that is not there."""
    there: dict[str, bool] = {"cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available(), "cpu": True}
    kind, _, number = name.partition(":")
    if name == "auto":
        kind = next(known for known, is_there in there.items() if is_there)
    if not there.get(kind, False):
        known = ", ".join(device for device, is_there in there.items() if is_there)
        raise UserError(f"--device is {name}, which this machine does not have: it has {known}.")
    if not number:
        return cast('Literal["cpu", "cuda", "mps"]', kind), None
    if int(number) >= torch.cuda.device_count():
        raise UserError(f"--device is {name}, and this machine has {torch.cuda.device_count()} GPUs, cuda:0 the first.")
    torch.cuda.set_device(int(number))  # so that in this process, too, "cuda" is that one
    return "cuda", int(number)


def workers_for(plan: ComputePlan, runs: int) -> int:
    """How many runs go side by side unless the user says otherwise."""
    if plan.device == "cuda":
        return 1 if plan.gpu is not None else min(runs, torch.cuda.device_count())
    if plan.device == "mps":
        return 1
    return max(1, min(runs, cores() // plan.threads))


def cores() -> int:
    """The processor cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def cpu_multiplies_bf16() -> bool:
    """Whether this CPU has bf16 matrix instructions (AVX512-BF16 or AMX)."""
    if platform.machine().lower() not in ("x86_64", "amd64"):
        return False
    return torch.cpu._is_avx512_bf16_supported() or torch.cpu._is_amx_tile_supported()
