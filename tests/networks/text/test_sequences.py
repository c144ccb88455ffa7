"""Layers of sequences by hand, of which only the text counts, and the padding behind it does not."""

import torch
import torch.nn.functional as F
from torch import nn

from skipwise.networks.lengths import Lengths, following
from skipwise.networks.text.sequences import BatchNorm1d, GroupNorm1d, LargestFew, LargestHalf


def on_text(layer, x, valid):
    with following(layer, Lengths(torch.tensor(valid), x.shape[2])):
        return layer(x)


def test_the_larger_half_by_hand():
    """Of 5 numbers 3, in their order; of equal ones the earliest."""
    x = torch.tensor([[[1.0, 5, 2, 9, 3], [0, 0, 7, 0, 0]]])
    assert LargestHalf()(x).tolist() == [[[5, 9, 3], [0, 0, 7]]]
    padded = torch.tensor([[[1.0, 5, 2, 9, 3]], [[4, -1, -3, 99, 99]]])
    assert on_text(LargestHalf(), padded, [5, 3])[1, 0, :2].tolist() == [4, -1]
    assert on_text(LargestHalf(), padded, [5, 3])[0].tolist() == [[5, 9, 3]]


def test_gradients_of_the_larger_half_go_where_its_numbers_came_from():
    x = torch.tensor([[[1.0, 5, 2, 9, 3]]], requires_grad=True)
    (LargestHalf()(x) * torch.tensor([10.0, 20, 30])).sum().backward()
    assert x.grad.tolist() == [[[0, 10, 0, 20, 30]]]


def test_the_largest_few_by_hand():
    x = torch.tensor([[[1.0, 5, 2, 9, 3], [5, 4, 3, 2, 1]]])
    assert LargestFew(2)(x).tolist() == [[5, 9, 5, 4]]
    assert LargestFew(7)(x).tolist() == [[1, 5, 2, 9, 3, 0, 0, 5, 4, 3, 2, 1, 0, 0]]
    assert on_text(LargestFew(3), torch.cat([x, x]), [5, 2])[1].tolist() == [1, 5, 0, 5, 4, 0]


def test_batch_normalisation_is_that_of_the_rows_that_are_text():
    """Answers, gradients and running statistics of nn.BatchNorm1d on the positions put one after the other."""
    ours, theirs = BatchNorm1d(3), nn.BatchNorm1d(3)
    x = torch.randn(2, 3, 5)
    valid = [5, 2]
    rows = torch.cat([row[:, :length].T for row, length in zip(x, valid, strict=True)]).requires_grad_()
    expected = theirs(rows)
    x.requires_grad_()
    y = on_text(ours, x, valid)
    got = torch.cat([row[:, :length].T for row, length in zip(y, valid, strict=True)])
    torch.testing.assert_close(got, expected)
    assert y[1, :, 2:].eq(0).all()
    weights = torch.randn(7, 3)
    (got * weights).sum().backward()
    (expected * weights).sum().backward()
    assert x.grad[1, :, 2:].eq(0).all()
    torch.testing.assert_close(torch.cat([x.grad[0].T, x.grad[1, :, :2].T]), rows.grad)
    torch.testing.assert_close(ours.weight.grad, theirs.weight.grad)
    for name, value in theirs.state_dict().items():
        torch.testing.assert_close(ours.state_dict()[name], value)


def test_group_normalisation_is_that_of_each_text_alone():
    ours = GroupNorm1d(2, 6)
    with torch.no_grad():
        ours.weight.copy_(torch.randn(6))
        ours.bias.copy_(torch.randn(6))
    x, valid = torch.randn(2, 6, 5), [5, 3]
    y = on_text(ours, x, valid)
    for row, one, length in zip(y, x, valid, strict=True):
        torch.testing.assert_close(row[:, :length], F.group_norm(one[None, :, :length], 2, ours.weight, ours.bias)[0])
