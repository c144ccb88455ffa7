"""Networks of texts by the papers that describe them."""

import pytest
import torch
import torch.nn.functional as F
from torch import nn

from skipwise.networks import PRESETS, build_text, has_shortcuts, shapes_of


@pytest.mark.parametrize(
    ("depth", "blocks", "published"),
    [(9, (1, 1, 1, 1), 2.2), (17, (2, 2, 2, 2), 4.3), (29, (5, 5, 2, 2), 4.6), (49, (8, 8, 5, 3), 7.8)],
)
def test_vdcnn_by_hand(depth, blocks, published):
    """Convolutions of 3 tokens, from 16 to 64 and then two a block, the first of a stage from half the channels.

    Conneau et al. 2017, Table 2, has 0.6 million parameters more at every depth, for which its text gives no reason;
    what more depth adds is the same within the table's rounding.
    """
    widths = (64, 128, 256, 512)
    weights = 3 * 16 * 64 + 3 * sum(
        (2 * count - 1) * width**2 + width * (width if width == 64 else width // 2)
        for count, width in zip(blocks, widths, strict=True)
    )
    network = shapes_of(PRESETS[f"vdcnn{depth}"], (256, 1024), 4)
    convolutions = [parameter for parameter in network.parameters() if parameter.ndim == 3]
    assert len(convolutions) == depth
    assert sum(parameter.numel() for parameter in convolutions) == weights
    assert published - weights / 1e6 == pytest.approx(0.62, abs=0.06)
    dense = [(layer.in_features, layer.out_features) for layer in network.modules() if isinstance(layer, nn.Linear)]
    assert dense == [(4096, 2048), (2048, 2048), (2048, 4)]
    assert not has_shortcuts(network)
    assert has_shortcuts(shapes_of(PRESETS[f"res-vdcnn{depth}"], (256, 1024), 4))


def test_textcnn_is_kims():
    """The three convolutions, ReLU, the maximum over time and the dense layer, with torch's own functions."""
    network = build_text(PRESETS["textcnn"], 30, 20, 3, seed=0).eval()
    weights = network.state_dict()
    tokens = torch.randint(1, 30, (2, 20))
    x = weights["embedding.weight"][tokens].transpose(1, 2)
    pooled = []
    for kernel in (3, 4, 5):
        name = f"network.stages.0.0.branch.conv1.kernel{kernel}"
        padded = F.pad(x, (kernel // 2, (kernel - 1) // 2))
        pooled.append(F.conv1d(padded, weights[f"{name}.weight"], weights[f"{name}.bias"]).relu().amax(2))
        assert weights[f"{name}.weight"].shape == (100, 128, kernel)
    expected = F.linear(torch.cat(pooled, 1), weights["network.head.dense.weight"], weights["network.head.dense.bias"])
    torch.testing.assert_close(network(tokens), expected)
    assert PRESETS["textcnn"].head.dropout == 0.5
