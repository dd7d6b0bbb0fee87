"""How alike two sets of moments are: Khattab & Zaharia, "ColBERT", SIGIR 2020."""

from torch import Tensor


def late_interaction(moments: Tensor) -> Tensor:
    """[n, t, d] to [n, n]: the mean over the row's moments of the best of the column's."""
    return cross_likeness(moments, moments)


def cross_likeness(queries: Tensor, candidates: Tensor) -> Tensor:
    """The same of [n, t, d] and [m, u, d], to [n, m]."""
    n, t, d = queries.shape
    m, u, _ = candidates.shape
    # max rather than amax: its gradient needs no second look at all the products.
    products = queries.reshape(n * t, d) @ candidates.reshape(m * u, d).T
    return products.reshape(n, t, m, u).max(dim=3).values.mean(dim=1)
