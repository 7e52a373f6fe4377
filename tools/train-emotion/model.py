"""The classifier. Everything from a call's raw features to the logits is in it, so that nothing is left for the caller to get wrong."""
import torch
from torch import nn

from functionals import Functionals


class Experts(nn.Module):
    """Some small networks side by side on the same statistics."""

    def __init__(self, mean, deviation, experts, hidden, classes, dropout):
        super().__init__()
        self.register_buffer("mean", mean)
        self.register_buffer("deviation", deviation)
        inputs = len(mean)
        self.dropout = dropout
        self.first = nn.Parameter(torch.randn(experts, inputs, hidden) / inputs ** 0.5)
        self.bias = nn.Parameter(torch.zeros(experts, 1, hidden))
        self.norm = nn.BatchNorm1d(experts * hidden)
        self.second = nn.Parameter(torch.randn(experts, hidden, classes) / hidden ** 0.5)
        self.offset = nn.Parameter(torch.zeros(experts, 1, classes))

    def forward(self, statistics):
        """[batch, statistics], or [experts, batch, statistics] where each has its own; gives [experts, batch, classes]."""
        x = torch.clamp((statistics - self.mean) / self.deviation, -5, 5)
        x = nn.functional.dropout(x, self.dropout / 2, self.training)
        x = torch.matmul(x, self.first) + self.bias
        experts, batch, hidden = x.shape
        x = self.norm(x.transpose(0, 1).reshape(batch, experts * hidden)).reshape(batch, experts, hidden).transpose(0, 1)
        x = nn.functional.dropout(torch.relu(x), self.dropout, self.training)
        return torch.matmul(x, self.second) + self.offset


class EmotionModel(nn.Module):
    """What is shipped: a call's features in, the mean of the experts' logits out."""

    def __init__(self, experts):
        super().__init__()
        self.functionals = Functionals()
        self.experts = experts

    def forward(self, features):
        return self.experts(self.functionals(features)).mean(0)
