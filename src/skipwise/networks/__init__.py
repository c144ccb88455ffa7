"""Plain and residual networks, each a value that builds itself."""

from skipwise.networks.along import blocks_of, places
from skipwise.networks.architecture import Architecture, Head, Pyramid, Stage, Stem
from skipwise.networks.blocks import Block, ShortcutBlock
from skipwise.networks.branches import Article, Basic, Bottleneck, OwnBranch, Parallel, Single
from skipwise.networks.build import AnyNetwork, build, check_input, network_from_json, network_to_json
from skipwise.networks.cost import Cost, LayerCost, architecture_cost, cost, layer_costs
from skipwise.networks.detection import Detection, Target
from skipwise.networks.detector import Detector, build_detector
from skipwise.networks.foreign import ForeignNetwork
from skipwise.networks.fuse import fuse, has_shortcuts
from skipwise.networks.masks import key_masks
from skipwise.networks.network import Network, least_size, networks_in
from skipwise.networks.own import OwnNetwork, own_network
from skipwise.networks.preset import Preset
from skipwise.networks.presets import KNOWN, PRESETS, TWINS
from skipwise.networks.shortcuts import (
    SHORTCUTS,
    Arms,
    ConvReLU,
    Dropout,
    Gate,
    NoShortcut,
    OwnShortcut,
    Place,
    Projection,
    Scale,
    ZeroPad,
)
from skipwise.networks.text import TextNetwork, build_text, check_text, shapes_of

__all__ = [
    "KNOWN",
    "PRESETS",
    "SHORTCUTS",
    "TWINS",
    "AnyNetwork",
    "Architecture",
    "Arms",
    "Article",
    "Basic",
    "Block",
    "Bottleneck",
    "ConvReLU",
    "Cost",
    "Detection",
    "Detector",
    "Dropout",
    "ForeignNetwork",
    "Gate",
    "Head",
    "LayerCost",
    "Network",
    "NoShortcut",
    "OwnBranch",
    "OwnNetwork",
    "OwnShortcut",
    "Parallel",
    "Place",
    "Preset",
    "Projection",
    "Pyramid",
    "Scale",
    "ShortcutBlock",
    "Single",
    "Stage",
    "Stem",
    "Target",
    "TextNetwork",
    "ZeroPad",
    "architecture_cost",
    "blocks_of",
    "build",
    "build_detector",
    "build_text",
    "check_input",
    "check_text",
    "cost",
    "fuse",
    "has_shortcuts",
    "key_masks",
    "layer_costs",
    "least_size",
    "network_from_json",
    "network_to_json",
    "networks_in",
    "own_network",
    "places",
    "shapes_of",
]
