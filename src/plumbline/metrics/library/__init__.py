"""The metrics that come with Plumbline. Importing this package declares them."""

from plumbline.metrics.library import completeness, drift, oversight, performance, traffic

__all__ = ["completeness", "drift", "oversight", "performance", "traffic"]
