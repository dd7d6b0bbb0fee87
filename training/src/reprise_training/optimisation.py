"""How weights are moved, as a run says."""

import numpy as np
import torch

from reprise_training.config import Optimisation


def optimiser(model: torch.nn.Module, wanted: Optimisation) -> torch.optim.Optimizer:
    """SGD or AdamW, over all weights alike."""
    if wanted.optimiser == "sgd":
        return torch.optim.SGD(
            model.parameters(), lr=wanted.learning_rate, momentum=wanted.momentum, weight_decay=wanted.weight_decay
        )
    if wanted.optimiser == "adamw":
        return torch.optim.AdamW(model.parameters(), lr=wanted.learning_rate, weight_decay=wanted.weight_decay)
    raise ValueError(f"there is no optimiser {wanted.optimiser}; there are sgd and adamw")


def rate(step: int, wanted: Optimisation) -> float:
    """Warm-up, then half a cosine down to nothing."""
    if step < wanted.warmup_steps:
        return (step + 1) / wanted.warmup_steps
    share = (step - wanted.warmup_steps) / max(1, wanted.steps - wanted.warmup_steps)
    return 0.5 * (1 + float(np.cos(np.pi * min(1.0, share))))
