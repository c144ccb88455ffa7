"""The layers of one-dimensional networks that mix positions: torch's own, but that they see no padding."""

import torch
import torch.nn.functional as F
from jaxtyping import Float, Int
from torch import Tensor, nn

from skipwise.networks.lengths import FollowsLengths, Sequences

Shorter = Float[Tensor, "batch channels shorter"]


class Conv1d(FollowsLengths, nn.Conv1d):
    """Zeros stand behind a text's end, as they do behind the longest's."""

    def forward(self, x: Sequences) -> Float[Tensor, "batch out_channels out_length"]:
        if self.lengths is None:
            return super().forward(x)
        length = x.shape[2]
        y = super().forward(self.lengths.fill(x, 0) if self.kernel_size[0] > 1 else x)
        if self.stride[0] > 1:
            self.lengths.shrink(length, y.shape[2], self.stride[0])
        return y


class BatchNorm1d(FollowsLengths, nn.BatchNorm1d):
    """Statistics are taken over what is text in the batch; padding comes out as zero in training."""

    def forward(self, x: Sequences) -> Sequences:
        if self.lengths is None or not self.training:
            return super().forward(x)
        text = self.lengths.mask(x)[:, 0]
        normalised = super().forward(x.transpose(1, 2)[text])
        y = normalised.new_zeros(len(x), x.shape[2], x.shape[1])
        y[text] = normalised
        return y.transpose(1, 2)


class GroupNorm1d(FollowsLengths, nn.GroupNorm):
    """Mean and variance of each group of channels over what is text."""

    def forward(self, x: Sequences) -> Sequences:
        if self.lengths is None:
            return super().forward(x)
        mask = self.lengths.mask(x)[:, None]
        grouped = x.reshape(len(x), self.num_groups, -1, x.shape[2]).to(torch.promote_types(x.dtype, torch.float32))
        count = (self.lengths.of(x) * grouped.shape[2])[:, None, None, None]
        mean = grouped.masked_fill(~mask, 0).sum((2, 3), keepdim=True) / count
        centred = (grouped - mean).masked_fill(~mask, 0)
        variance = (centred * centred).sum((2, 3), keepdim=True) / count
        normalised: Tensor = (centred * (variance + self.eps).rsqrt()).flatten(1, 2)
        return (normalised * self.weight[:, None] + self.bias[:, None]).to(x.dtype)


class MaxPool1d(FollowsLengths, nn.MaxPool1d):
    """The maximum of each window's text. Without a margin windows are whole ones, and there are as many as fit."""

    def forward(self, x: Sequences) -> Shorter:
        if self.lengths is None:
            pooled: Tensor = super().forward(x)
            return pooled
        length, whole = x.shape[2], not self.padding
        pooled = super().forward(x if whole else self.lengths.fill(x, -torch.inf))
        assert isinstance(self.stride, int)
        self.lengths.shrink(length, pooled.shape[2], self.stride, whole=whole)
        return pooled


class AvgPool1d(FollowsLengths, nn.AvgPool1d):
    """The mean of each window's text; windows are whole ones unless `ceil_mode` adds what is left at the end."""

    def forward(self, x: Sequences) -> Shorter:
        if self.lengths is None:
            return super().forward(x)
        length, whole = x.shape[2], not self.ceil_mode
        if whole:
            y = super().forward(x)
        else:
            share = super().forward(self.lengths.mask(x).to(x.dtype))
            y = super().forward(self.lengths.fill(x, 0)) / share.masked_fill(share == 0, 1)
        stride = self.stride if isinstance(self.stride, int) else self.stride[0]
        self.lengths.shrink(length, y.shape[2], stride, whole=whole)
        return y


class OnlyText(FollowsLengths):
    """Zeros in place of padding, in front of what cannot see where texts end."""

    def forward(self, x: Sequences) -> Sequences:
        return x if self.lengths is None else self.lengths.fill(x, 0)


class LargestHalf(FollowsLengths):
    """The larger half of each channel's numbers, rounded up, in their order (Conneau et al. 2017, arXiv 1606.01781)."""

    def forward(self, x: Sequences) -> Shorter:
        length = x.shape[2]
        half = -(-length // 2)
        if self.lengths is None:
            return largest(x, torch.full((len(x),), half, device=x.device), half)
        y = largest(self.lengths.fill(x, -torch.inf), (self.lengths.of(x) + 1) // 2, half)
        self.lengths.shrink(length, half, 2)
        return y


class LargestFew(FollowsLengths):
    """The `k` largest numbers of each channel in their order, zeros where a text has fewer, all in one row."""

    def __init__(self, k: int) -> None:
        super().__init__()
        self.k = k

    def forward(self, x: Sequences) -> Float[Tensor, "batch features"]:
        shorter = max(self.k - x.shape[2], 0)
        if self.lengths is None:
            count = torch.full((len(x),), self.k - shorter, device=x.device)
        else:
            x, count = self.lengths.fill(x, -torch.inf), self.lengths.of(x).clamp(max=self.k)
        return F.pad(largest(x, count, self.k - shorter), (0, shorter)).flatten(1)


def largest(x: Sequences, counts: Int[Tensor, "batch"], most: int) -> Float[Tensor, "batch channels most"]:
    """The `counts` largest numbers of each row's channels in their order, the earliest of equals, then zeros."""
    least = x.detach().topk(most, dim=2).values.gather(2, (counts - 1)[:, None, None].expand(-1, x.shape[1], 1))
    above, level = x > least, x == least
    wanted = counts[:, None, None] - above.sum(2, keepdim=True)
    taken = above | (level & (level.cumsum(2) <= wanted))
    position = torch.where(taken, taken.cumsum(2) - 1, most)
    return x.new_zeros(*x.shape[:2], most + 1).scatter(2, position, x)[..., :most]
