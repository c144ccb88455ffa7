"""The compute plan: device, precision, memory layout and threads, one for all runs of a study."""

import os
import platform
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from typing import Any, Literal

import torch
from torch import nn


@dataclass(frozen=True, kw_only=True)
class ComputePlan:
    """How runs are computed. Equal bits need an equal plan, so a study keeps the one it began with."""

    device: Literal["cpu", "cuda", "mps"]
    precision: Literal["bf16", "fp32"]
    channels_last: bool
    threads: int

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    def place(self, network: nn.Module) -> nn.Module:
        """The network on the plan's device, in its memory layout."""
        network = network.to(self.device)
        return network.to(memory_format=torch.channels_last) if self.channels_last else network

    def autocast(self) -> torch.autocast:
        return torch.autocast(self.device, dtype=torch.bfloat16, enabled=self.precision == "bf16")


@contextmanager
def threads(most: int) -> Iterator[None]:
    """Within, torch computes with so many at most: on small inputs more of them are slower, and by far where cores are busy."""
    before = torch.get_num_threads()
    torch.set_num_threads(min(most, before))
    try:
        yield
    finally:
        torch.set_num_threads(before)


def choose_plan(runs: int) -> ComputePlan:
    """The plan for this many runs on this machine.

    bf16 and channels-last where there is a GPU or the CPU multiplies bf16 matrices in hardware, else fp32. On a CPU
    the runs share the cores: each of min(runs, cores) workers gets cores // workers threads.
    """
    if torch.cuda.is_available():
        return ComputePlan(device="cuda", precision="bf16", channels_last=True, threads=1)
    if torch.backends.mps.is_available():
        return ComputePlan(device="mps", precision="fp32", channels_last=True, threads=1)
    fast_bf16 = cpu_multiplies_bf16()
    return ComputePlan(
        device="cpu",
        precision="bf16" if fast_bf16 else "fp32",
        channels_last=fast_bf16,
        threads=cores() // min(runs, cores()),
    )


def workers_for(plan: ComputePlan, runs: int) -> int:
    """How many runs go side by side unless the user says otherwise."""
    if plan.device == "cuda":
        return min(runs, torch.cuda.device_count())
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
