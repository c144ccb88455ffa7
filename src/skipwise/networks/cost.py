"""The cost of a network, in all and by layer, found by watching its operators run on shapes alone."""

import copy
import math
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

import torch
from torch import Tensor, nn
from torch.autograd.graph import saved_tensors_hooks
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils.flop_counter import flop_registry

from skipwise.networks.architecture import Architecture
from skipwise.networks.network import networks_in
from skipwise.networks.text.network import shapes_of

WHOLE_IMAGE = math.inf

BYTES_PER_NUMBER = 4
"""In fp32."""


@dataclass(kw_only=True)
class LayerCost:
    """One module's own operators, for one image.

    `multiply_adds`: through convolutions and matrix products, a multiply-add counted once. `activation_bytes`: what
    training in fp32 remembers for the way back. `depth`: convolutions and dense layers with weights on the longest
    way from the image to here. `receptive_field`: the side in pixels of what one number here can see, WHOLE_IMAGE
    where all of it. Gates that multiply maps count in neither of the last two.
    """

    name: str
    module: nn.Module
    output: tuple[int, ...] = ()
    parameters: int = 0
    multiply_adds: int = 0
    activation_bytes: int = 0
    depth: int = 0
    receptive_field: float = 1


@dataclass(frozen=True, kw_only=True)
class Cost:
    """A network's cost for one image; each number as LayerCost has it."""

    parameters: int
    multiply_adds: int
    activation_bytes: int
    depth: int


Example = Callable[[Sequence[int]], Tensor]
"""From an input's shape to a batch of one as a network takes it. A module whose inputs are no numbers has its own."""


@dataclass(frozen=True)
class _Reach:
    """The depth and receptive field of a map, and how many pixels of the image lie between its neighbours."""

    depth: int = 0
    field: float = 1
    jump: float = 1


def cost(network: nn.Module, input_shape: Sequence[int]) -> Cost:
    """Return the cost of a network for one input of this shape; runs shapes alone (meta device), no data."""
    counted = total(layer_costs(network, input_shape))
    return replace(counted, parameters=sum(parameter.numel() for parameter in network.parameters()))


def total(layers: Sequence[LayerCost]) -> Cost:
    return Cost(
        parameters=sum(layer.parameters for layer in layers),
        multiply_adds=sum(layer.multiply_adds for layer in layers),
        activation_bytes=sum(layer.activation_bytes for layer in layers),
        depth=layers[-1].depth,
    )


def architecture_cost(architecture: Architecture, input_shape: Sequence[int], classes: int) -> Cost:
    """Return the cost without building all of a deep network: blocks of a stage after the second cost what it does."""
    first_two = replace(
        architecture, stages=tuple(replace(stage, blocks=min(stage.blocks, 2)) for stage in architecture.stages)
    )
    shapes = shapes_of(first_two, input_shape, classes)
    layers = _watched(shapes, input_shape)
    (network,) = networks_in(shapes)
    inside = next(f"{name}." if name else "" for name, part in shapes.named_modules() if part is network)
    costs = total(layers)
    for number, stage in enumerate(architecture.stages):
        if stage.blocks > 2:
            start = len(list(network.stages[number].children())) - 1
            prefix = f"{inside}stages.{number}.{start}."
            second = [layer for layer in layers if layer.name.startswith(prefix)]
            before = [layer.depth for layer in layers if layer.name.startswith(f"{inside}stages.{number}.{start - 1}.")]
            more = stage.blocks - 2
            costs = Cost(
                parameters=costs.parameters + more * sum(layer.parameters for layer in second),
                multiply_adds=costs.multiply_adds + more * sum(layer.multiply_adds for layer in second),
                activation_bytes=costs.activation_bytes + more * sum(layer.activation_bytes for layer in second),
                depth=costs.depth + more * (max(layer.depth for layer in second) - max(before)),
            )
    return costs


def layer_costs(network: nn.Module, input_shape: Sequence[int]) -> list[LayerCost]:
    """Return the costs of every module that computes something itself, in the order of the computation."""
    return _watched(copy.deepcopy(network).to("meta"), input_shape)


def _watched(shapes: nn.Module, input_shape: Sequence[int]) -> list[LayerCost]:
    """Return the costs of a network on the meta device."""
    shapes.eval()
    own_storages = {tensor.untyped_storage()._cdata for tensor in (*shapes.parameters(), *shapes.buffers())}
    watch = _Watch(shapes, own_storages)
    example: Example = getattr(shapes, "example", _numbers)
    with _module_names(shapes, watch), saved_tensors_hooks(watch.remember, lambda kept: kept), watch:
        shapes(example(input_shape).to("meta"))
    return list(watch.layers.values())


def _numbers(input_shape: Sequence[int]) -> Tensor:
    return torch.empty(1, *input_shape, device="meta")


class _Watch(TorchDispatchMode):  # type: ignore[no-untyped-call]
    """Sees every operator, and books it to the innermost module that is running."""

    def __init__(self, network: nn.Module, own_storages: set[int]) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.running: list[tuple[str, nn.Module]] = [("", network)]
        self.layers: dict[str, LayerCost] = {}
        self.remembered = set(own_storages)
        self.booked: set[int] = set()

    @classmethod
    def _should_skip_dynamo(cls) -> bool:
        """Nothing is compiled here, and the compiler takes seconds to import."""
        return False

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        kwargs = kwargs or {}
        out = _run(func, args, kwargs)
        if not isinstance(out, Tensor | tuple | list):
            return out
        result = out if isinstance(out, Tensor) else next((part for part in out if isinstance(part, Tensor)), None)
        if result is None:
            return out
        reach = _step(func, args, result)
        for part in [out] if isinstance(out, Tensor) else out:
            if isinstance(part, Tensor):
                part.reach = reach  # type: ignore[attr-defined]
        layer = self.layer()
        layer.output = tuple(result.shape[1:])
        layer.depth, layer.receptive_field = reach.depth, reach.field
        count = flop_registry.get(func.overloadpacket)
        if count is not None:
            layer.multiply_adds += count(*args, **kwargs, out_val=out) // 2
        return out

    def layer(self) -> LayerCost:
        """Return the row of the module that is running."""
        name, module = self.running[-1]
        if name not in self.layers:
            fresh = [p for p in module.parameters(recurse=False) if id(p) not in self.booked]
            self.booked |= {id(p) for p in fresh}
            self.layers[name] = LayerCost(name=name, module=module, parameters=sum(p.numel() for p in fresh))
        return self.layers[name]

    def remember(self, tensor: Tensor) -> Tensor:
        """Something is kept for the way back: counted once, however many operators want it."""
        storage = tensor.untyped_storage()
        if storage._cdata not in self.remembered:
            self.remembered.add(storage._cdata)
            self.layer().activation_bytes += BYTES_PER_NUMBER * tensor.numel()
        return tensor


@contextmanager
def _module_names(network: nn.Module, watch: _Watch) -> Iterator[None]:
    """Tells the watch which module is running."""
    handles = []

    def entering(name: str) -> Callable[..., None]:
        return lambda module, _: watch.running.append((name, module))

    def leaving(*_: object) -> None:
        watch.running.pop()

    for name, module in network.named_modules():
        handles += [module.register_forward_pre_hook(entering(name)), module.register_forward_hook(leaving)]
    try:
        yield
    finally:
        for handle in handles:
            handle.remove()


def _run(func: Any, args: Sequence[Any], kwargs: dict[str, Any]) -> Any:
    """Run an operator on the meta device.

    The commonest operators are not run, but only their shapes told: there they are slow, and import torch's compiler.
    """
    aten = torch.ops.aten
    x: Any = args[0] if args else None
    if func is aten.native_batch_norm.default:
        return torch.empty_like(x), x.new_empty(0), x.new_empty(0)
    if func is aten.relu.default:
        return torch.empty_like(x)
    if func in (aten.add.Tensor, aten.mul.Tensor) and isinstance(args[1], Tensor):
        return x.new_empty(torch.broadcast_shapes(x.shape, args[1].shape))  # type: ignore[no-untyped-call]
    if func is aten.mean.dim:
        return aten.sum.dim_IntList(*args, **kwargs)
    if func is aten.addmm.default:
        return x.new_empty(len(args[1]), args[2].shape[1])
    return func(*args, **kwargs)


def _step(func: Any, args: Sequence[Any], result: Tensor) -> _Reach:
    """Return the reach of what an operator gives, from that of what it is given."""
    tensors = [arg for arg in _flat(args) if isinstance(arg, Tensor) and hasattr(arg, "reach")]
    reaches: list[_Reach] = [tensor.reach for tensor in tensors]
    name = func.overloadpacket.__name__
    if name == "mul":
        reaches = reaches[:1]
    reach = _Reach(
        max((r.depth for r in reaches), default=0),
        max((r.field for r in reaches), default=1),
        max((r.jump for r in reaches), default=1),
    )
    if name == "convolution":
        weight, stride, dilation = args[1], args[3], args[5]
        learned = isinstance(weight, nn.Parameter)
        return _windowed(reach, weight.shape[-1], stride[-1], dilation[-1], depth=int(learned))
    if "pool" in name and "adaptive" not in name:
        kernel, stride = args[1], args[2] if len(args) > 2 and args[2] else args[1]
        return _windowed(reach, kernel[-1], stride[-1], 1, depth=0)
    if name.startswith("upsample"):
        return replace(reach, jump=reach.jump * tensors[0].shape[-1] / result.shape[-1])
    if name in ("addmm", "mm", "bmm"):
        return replace(reach, depth=reach.depth + 1, field=WHOLE_IMAGE)
    if name in ("mean", "amax", "topk", "_adaptive_avg_pool2d", "_adaptive_avg_pool3d", "adaptive_avg_pool1d"):
        return replace(reach, field=WHOLE_IMAGE)
    return reach


def _windowed(reach: _Reach, kernel: int, stride: int, dilation: int, *, depth: int) -> _Reach:
    return _Reach(reach.depth + depth, reach.field + (kernel - 1) * dilation * reach.jump, reach.jump * stride)


def _flat(values: Sequence[Any]) -> Iterator[Any]:
    for value in values:
        if isinstance(value, list | tuple):
            yield from _flat(value)
        else:
            yield value
