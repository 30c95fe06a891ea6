"""A small Llama: RMSNorm, rotary positions, SwiGLU, tied embeddings.

Weights are laid out as llama.cpp's "llama" architecture wants them, so the exporter copies them as they are:
rotary pairs are neighbours (2i, 2i+1) and every matrix is (out, in).
"""

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F


@dataclass(frozen=True, slots=True)
class Config:
    """The shape of the model. The defaults make 5.3 million parameters."""

    vocab: int = 4096
    dim: int = 256
    layers: int = 5
    heads: int = 4
    hidden: int = 768
    context: int = 2048
    rope_base: float = 100_000.0
    norm_eps: float = 1e-5

    @property
    def head_dim(self) -> int:
        return self.dim // self.heads


def rotary_table(config: Config, length: int) -> tuple[Tensor, Tensor]:
    """Cosines and sines, (length, head_dim / 2) each."""
    rates = config.rope_base ** (-torch.arange(0, config.head_dim, 2, dtype=torch.float32) / config.head_dim)
    angles = torch.outer(torch.arange(length, dtype=torch.float32), rates)
    return angles.cos(), angles.sin()


def rotate(x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    """Rotate neighbouring pairs of the last dimension of (tokens, heads, head_dim)."""
    even, odd = x[..., 0::2], x[..., 1::2]
    cos, sin = cos[:, None, :], sin[:, None, :]
    return torch.stack((even * cos - odd * sin, even * sin + odd * cos), dim=-1).flatten(-2)


class Block(nn.Module):  # type: ignore[misc]  # torch's types are not read
    """Attention, then a gated feed-forward."""

    def __init__(self, config: Config) -> None:
        super().__init__()
        self.heads, self.head_dim = config.heads, config.head_dim
        self.attn_norm = nn.RMSNorm(config.dim, eps=config.norm_eps)
        self.q = nn.Linear(config.dim, config.dim, bias=False)
        self.k = nn.Linear(config.dim, config.dim, bias=False)
        self.v = nn.Linear(config.dim, config.dim, bias=False)
        self.o = nn.Linear(config.dim, config.dim, bias=False)
        self.ffn_norm = nn.RMSNorm(config.dim, eps=config.norm_eps)
        self.gate = nn.Linear(config.dim, config.hidden, bias=False)
        self.up = nn.Linear(config.dim, config.hidden, bias=False)
        self.down = nn.Linear(config.hidden, config.dim, bias=False)

    def forward(self, x: Tensor, rope: tuple[Tensor, Tensor], prefix: int, rows: int, mask: Tensor) -> Tensor:
        x = x + self.o(self.attend(self.attn_norm(x), rope, prefix, rows, mask))
        y = self.ffn_norm(x)
        return x + self.down(F.silu(self.gate(y)) * self.up(y))

    def attend(self, x: Tensor, rope: tuple[Tensor, Tensor], prefix: int, rows: int, mask: Tensor) -> Tensor:
        """Attention of one shared prefix to itself, and of every row to the prefix and to itself."""

        def split(y: Tensor) -> tuple[Tensor, Tensor]:
            y = y.view(-1, self.heads, self.head_dim)
            head = y[:prefix].transpose(0, 1)[None]
            return head, y[prefix:].view(rows, -1, self.heads, self.head_dim).transpose(1, 2)

        shape = (-1, self.heads, self.head_dim)
        q0, q = split(rotate(self.q(x).view(shape), *rope).to(x.dtype))
        k0, k = split(rotate(self.k(x).view(shape), *rope).to(x.dtype))
        v0, v = split(self.v(x))
        shared = (q.transpose(0, 1).reshape(self.heads, -1, self.head_dim) @ k0[0].transpose(1, 2)).view(
            self.heads, rows, -1, prefix
        )
        scores = torch.cat((shared.transpose(0, 1), q @ k.transpose(2, 3) + mask.to(q.dtype)), dim=-1)
        weights = (scores * self.head_dim**-0.5).softmax(dim=-1).to(v.dtype)
        own = weights[..., prefix:] @ v
        shared = weights[..., :prefix].transpose(0, 1).reshape(self.heads, -1, prefix) @ v0[0]
        out = own + shared.view(self.heads, rows, -1, self.head_dim).transpose(0, 1)
        out = out.transpose(1, 2).reshape(-1, x.shape[-1])
        out0 = F.scaled_dot_product_attention(q0, k0, v0, is_causal=True).transpose(1, 2).reshape(-1, x.shape[-1])
        return torch.cat((out0, out))


class Model(nn.Module):  # type: ignore[misc]  # torch's types are not read
    """Tokens in, final hidden states out; `logits` turns the wanted ones into scores."""

    def __init__(self, config: Config) -> None:
        super().__init__()
        self.config = config
        self.embedding = nn.Embedding(config.vocab, config.dim)
        self.blocks = nn.ModuleList(Block(config) for _ in range(config.layers))
        self.norm = nn.RMSNorm(config.dim, eps=config.norm_eps)
        cos, sin = rotary_table(config, config.context)
        self.register_buffer("cos", cos, persistent=False)
        self.register_buffer("sin", sin, persistent=False)
        self.reset()

    def reset(self) -> None:
        """Small normal weights; what writes into the residual stream starts at zero, but for the copying heads."""
        for name, weight in self.named_parameters():
            if weight.ndim < 2:
                continue
            if name.endswith(("o.weight", "down.weight")):
                nn.init.zeros_(weight)
            else:
                nn.init.normal_(weight, std=0.02 if "embedding" in name else weight.shape[1] ** -0.5)
        plant_copying(self)

    def forward(self, prefix: Tensor, rows: Tensor, gap: int = 0) -> Tensor:
        """Hidden states (rows, length, dim) of `rows`, each of which continues the one shared `prefix`.

        The prefix is computed once and its keys and values are shared, which saves most of the work when
        many short conversations stand under one long persona. `gap` moves the rows that many positions on.
        """
        p, (b, s) = prefix.shape[0], rows.shape
        tokens = torch.cat((prefix, rows.reshape(-1)))
        positions = torch.cat((torch.arange(p), (torch.arange(s) + p + gap).repeat(b)))
        rope = (self.cos[positions], self.sin[positions])
        mask = torch.full((s, s), -1e5).triu(1)
        x = self.embedding(tokens)
        for block in self.blocks:
            x = block(x, rope, p, b, mask)
        return self.norm(x[p:]).view(b, s, -1)

    def logits(self, hidden: Tensor) -> Tensor:
        return F.linear(hidden, self.embedding.weight)

    def parameter_count(self) -> int:
        return sum(weight.numel() for weight in self.parameters())


@torch.no_grad()  # type: ignore[untyped-decorator]  # torch's types are not read
def plant_copying(model: Model) -> None:
    """Start the first two layers as a copying circuit: after words that stood together before, repeat what came next.

    A small model finds such a circuit by itself, but only after many millions of tokens, and everything that it is
    to remember hangs on it. In layer 0, heads 0, 1 and 2 look one, two and three tokens back and note what stood
    there. In layer 1, heads 0 and 1 look for the place before which the same words stood as stand here, and repeat
    it. Dimension 0 of every embedding is a constant, which stands in for the bias that a Llama does not have.
    """
    config = model.config
    size, width = config.head_dim, config.head_dim // 2
    basis = torch.linalg.qr(torch.randn(config.dim - 1, config.dim - 1))[0].T
    basis = torch.cat((torch.zeros(config.dim - 1, 1), basis), dim=1)
    notes, names, contents = basis[: 3 * width], basis[3 * width : 4 * width], basis[3 * width :]

    embedding = model.embedding.weight
    embedding -= embedding @ notes.T @ notes
    embedding[:, 0] = 0.0
    embedding *= LOUD / embedding.norm(dim=1, keepdim=True)
    embedding[:, 0] = 0.27 * LOUD
    model.norm.weight.fill_(0.3 / LOUD)

    rates = config.rope_base ** (-torch.arange(0, size, 2, dtype=torch.float32) / size)
    first, second = model.blocks[0], model.blocks[1]
    fast = torch.arange(8) * 2
    for head in range(3):
        # A constant query turned back by some positions meets a constant key: the fast pairs single out one token.
        rows, back = slice(head * size, (head + 1) * size), head + 1
        first.q.weight[rows], first.k.weight[rows], first.v.weight[rows] = 0.0, 0.0, 0.0
        first.k.weight[head * size + fast, 0] = LOOK
        first.q.weight[head * size + fast, 0] = LOOK * (rates[:8] * back).cos()
        first.q.weight[head * size + fast + 1, 0] = -LOOK * (rates[:8] * back).sin()
        first.v.weight[head * size : head * size + width] = names
        first.o.weight[:, head * size : head * size + width] = NOTE * LOUD * notes[head * width : (head + 1) * width].T
    for head in range(2):
        # Only the slow pairs compare, for they hardly turn within a conversation. Each distance is mixed its own way.
        rows, slow = slice(head * size, (head + 1) * size), slice((head + 1) * size - width, (head + 1) * size)
        second.q.weight[rows], second.k.weight[rows] = 0.0, 0.0
        for back, weight in enumerate(MATCH):
            mixing = torch.linalg.qr(torch.randn(width, width))[0] * weight
            noted = notes[back * width : (back + 1) * width]
            here = SCALE * names if back == 0 else notes[(back - 1) * width : back * width]
            second.q.weight[slow] += mixing @ here
            second.k.weight[slow] += mixing @ noted
        part = contents[head * size : (head + 1) * size]
        second.v.weight[rows] = part
        second.o.weight[:, rows] = REPEAT * LOUD * part.T


class Planted:
    """The parts of a planted circuit that training must not wear away: they are put back after every step."""

    def __init__(self, model: Model) -> None:
        size = model.config.head_dim
        first, second = model.blocks[0], model.blocks[1]
        three, two = slice(0, 3 * size), slice(0, 2 * size)
        everything = slice(None)
        self.embedding = model.embedding.weight
        self.writers = [first.o.weight, first.down.weight]
        self.parts = [
            (weight, index, weight.detach()[index].clone())
            for weight, index in (
                (first.q.weight, (three, everything)),
                (first.k.weight, (three, everything)),
                (first.v.weight, (three, everything)),
                (first.o.weight, (everything, three)),
                (second.q.weight, (two, everything)),
                (second.k.weight, (two, everything)),
                (self.embedding, (everything, slice(0, 1))),
                (first.attn_norm.weight, everything),
                (second.attn_norm.weight, everything),
            )
        ]
        noted = first.o.weight.detach()[:, three].unflatten(1, (3, size))[:, :, : size // 2].flatten(1).T
        self.notes = noted / noted.norm(dim=1, keepdim=True)

    @torch.no_grad()  # type: ignore[untyped-decorator]  # torch's types are not read
    def still(self) -> None:
        """Before a step: no gradient for what stays as it is."""
        for weight, index, _ in self.parts:
            weight.grad[index] = 0.0

    @torch.no_grad()  # type: ignore[untyped-decorator]  # torch's types are not read
    def restore(self) -> None:
        """After a step: the parts as they were, words of one length, and nothing else that looks like a note."""
        self.embedding -= self.embedding @ self.notes.T @ self.notes
        self.embedding[:, 0] = 0.0
        self.embedding *= LOUD / self.embedding.norm(dim=1, keepdim=True)
        for weight in self.writers:
            weight -= self.notes.T @ (self.notes @ weight)
        for weight, index, value in self.parts:
            weight[index] = value


# Length of an embedding. It is long beside what the later parts will write, so that these do not drown the notes.
LOUD = 10.0
# Sharpness of looking back, loudness of a note, sharpness of the comparison by distance, loudness of the repetition.
LOOK, NOTE, MATCH, SCALE, REPEAT = 1.7, 0.1, (2.0, 1.5, 1.2), 1.2, 0.33
