"""Deliverables without their destination's limits.

A clip that is too long or too small can be reviewed all the same.
"""

from __future__ import annotations

from dataclasses import replace

from finish.model import Deliverable, DeliveryLimits


def without_limits(deliverable: Deliverable) -> Deliverable:
    """The same deliverable for a destination that accepts any length, size, and rate."""
    delivery = deliverable.delivery.model_copy(update={"limits": DeliveryLimits()})
    return replace(deliverable, delivery=delivery)
