"""Data sets that are known by name, and the error where torchvision cannot bring one."""

from skipwise.data.images.dataset import open_source
from support.images import refused


def test_a_name_without_a_network_says_so(monkeypatch):
    import torchvision

    def offline(*_, **__):
        raise OSError("no route to host")

    monkeypatch.setattr(torchvision.datasets, "CIFAR10", offline)
    assert "cifar10 is not in" in refused("cifar10")
    assert "cannot be downloaded (OSError: no route to host): connect to a network, or give an .npz" in refused(
        "cifar10"
    )


def test_what_torchvision_brings(monkeypatch):
    import torchvision

    class Small:
        classes = ("0 - zero", "1 - one")

        def __init__(self, root, download, train):
            import torch

            self.data = torch.full((4 if train else 2, 3, 3), 7, dtype=torch.uint8)
            self.targets = torch.arange(4 if train else 2) % 2

    monkeypatch.setattr(torchvision.datasets, "MNIST", Small)
    source = open_source("mnist")
    assert source.arrays.shape == (6, 3, 3, 1)
    assert source.classes == ("0", "1")


def test_digits():
    source = open_source("digits")
    assert source.arrays.shape == (1797, 8, 8, 1)
    assert source.arrays.max() == 255
    assert source.classes == tuple("0123456789")
