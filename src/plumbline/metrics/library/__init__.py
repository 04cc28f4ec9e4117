"""The metrics that come with Plumbline. Importing this package declares them."""

from plumbline.metrics.library import drift, oversight, performance, traffic

__all__ = ["drift", "oversight", "performance", "traffic"]
