"""Plain and residual networks, each a value that builds itself."""

from skipwise.networks.architecture import Architecture, Head, Pyramid, Stage, Stem
from skipwise.networks.blocks import Block, ShortcutBlock
from skipwise.networks.branches import (
    Article,
    Basic,
    Bottleneck,
    ConvNeXt,
    Convolution,
    CustomBranch,
    InvertedBottleneck,
    Parallel,
    Single,
)
from skipwise.networks.build import AnyNetwork, build, check_input, network_from_json, network_to_json
from skipwise.networks.cost import Cost, LayerCost, architecture_cost, cost, layer_costs
from skipwise.networks.detection.detector import Detector, build_detector
from skipwise.networks.detection.targets import Detection, Target
from skipwise.networks.external.custom import CustomNetwork, custom_network
from skipwise.networks.external.libraries import ExternalNetwork
from skipwise.networks.fuse import fuse, has_shortcuts
from skipwise.networks.layer_order import blocks_of, layers_in_order
from skipwise.networks.masks import key_masks
from skipwise.networks.network import Network, least_size, networks_in
from skipwise.networks.presets import CATALOGUE, PRESETS, TWINS, Preset
from skipwise.networks.shortcuts import (
    SHORTCUTS,
    Arms,
    BlockContext,
    ConvReLU,
    CustomShortcut,
    Dropout,
    Gate,
    Identity,
    NoShortcut,
    Projection,
    Scale,
    ZeroPad,
)
from skipwise.networks.text.network import TextNetwork, build_text, check_text, shapes_of

__all__ = [
    "CATALOGUE",
    "PRESETS",
    "SHORTCUTS",
    "TWINS",
    "AnyNetwork",
    "Architecture",
    "Arms",
    "Article",
    "Basic",
    "Block",
    "BlockContext",
    "Bottleneck",
    "ConvNeXt",
    "ConvReLU",
    "Convolution",
    "Cost",
    "CustomBranch",
    "CustomNetwork",
    "CustomShortcut",
    "Detection",
    "Detector",
    "Dropout",
    "ExternalNetwork",
    "Gate",
    "Head",
    "Identity",
    "InvertedBottleneck",
    "LayerCost",
    "Network",
    "NoShortcut",
    "Parallel",
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
    "custom_network",
    "fuse",
    "has_shortcuts",
    "key_masks",
    "layer_costs",
    "layers_in_order",
    "least_size",
    "network_from_json",
    "network_to_json",
    "networks_in",
    "shapes_of",
]
