"""Plain and residual networks, each a value that builds itself."""

from skipwise.networks.architecture import Architecture, Head, Stage, Stem
from skipwise.networks.blocks import Article, Basic, Block, Single
from skipwise.networks.cost import Cost, cost
from skipwise.networks.layers import Place, key_masks
from skipwise.networks.network import Network, build, least_size
from skipwise.networks.own import OwnNetwork, network_from_json, network_to_json, own_network
from skipwise.networks.presets import PRESETS
from skipwise.networks.shortcuts import SHORTCUTS, ConvReLU, NoShortcut, OwnShortcut, Projection, ZeroPad

__all__ = [
    "PRESETS",
    "SHORTCUTS",
    "Architecture",
    "Article",
    "Basic",
    "Block",
    "ConvReLU",
    "Cost",
    "Head",
    "Network",
    "NoShortcut",
    "OwnNetwork",
    "OwnShortcut",
    "Place",
    "Projection",
    "Single",
    "Stage",
    "Stem",
    "ZeroPad",
    "build",
    "cost",
    "key_masks",
    "least_size",
    "network_from_json",
    "network_to_json",
    "own_network",
]
