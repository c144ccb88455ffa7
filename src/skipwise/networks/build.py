"""Building networks: a module with its parameters drawn, from an architecture, a library or a user's own code."""

from collections.abc import Sequence
from typing import Any

from torch import nn

from skipwise.errors import UserError
from skipwise.networks.architecture import Architecture
from skipwise.networks.dotted import check_trusted, programs_in
from skipwise.networks.external.custom import CustomNetwork
from skipwise.networks.external.libraries import ExternalNetwork, external_network
from skipwise.networks.initialisation import initialise
from skipwise.networks.network import Network, least_size

AnyNetwork = Architecture | CustomNetwork | ExternalNetwork


def build(network: AnyNetwork, input_shape: Sequence[int], classes: int, seed: int) -> nn.Module:
    """Build the network for inputs (channels, *space), its parameters drawn from the seed.

    Raises UserError where the input is too small, has not the architecture's number of dimensions, or where the
    architecture contradicts itself.
    """
    if not isinstance(network, Architecture):
        return network.build(input_shape, classes, seed)
    check_input(network, input_shape)
    built = Network(network, input_shape, classes)
    initialise(built, seed, kind=network.initialisation, activation=network.stages[0].block.activation)
    return built


def check_input(network: Architecture, input_shape: Sequence[int]) -> None:
    """Raise UserError where an architecture contradicts itself or cannot take inputs of this shape."""
    network.check()
    if network.embedding:
        raise UserError(
            "This network reads text, and the data are none: take a network without an embedding, as resnet32."
        )
    _, *space = input_shape
    if len(space) != network.dims:
        raise UserError(f"This network has {network.dims} dimensions in space, the data {len(space)}.")
    least = least_size(network)
    if min(space) < least:
        raise UserError(
            f"Images of {'x'.join(map(str, space))} px are too small for this network: it halves them until nothing is "
            f"left and needs at least {least} px a side (take --size {least}, or another stem or network)."
        )


def network_to_json(network: AnyNetwork) -> dict[str, Any]:
    """Write a network as JSON has it."""
    match network:
        case CustomNetwork():
            return {"own": network.path}
        case ExternalNetwork():
            return {"foreign": f"{network.library}/{network.name}"}
        case Architecture():
            return network.to_json()


def network_from_json(data: dict[str, Any]) -> AnyNetwork:
    """Read what network_to_json wrote. Raises UserError where it is no network, or names what is not trusted."""
    for path in programs_in(data):
        check_trusted(path)
    if "own" in data:
        return CustomNetwork(path=data["own"])
    return external_network(data["foreign"]) if "foreign" in data else Architecture.from_json(data)
