"""Plain numbers as Prometheus has them: counters, gauges and histograms, with or without labels."""

from collections.abc import Mapping
from itertools import accumulate

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily

from sse_board.tally import Tally

#: Label values by which numbers are told apart; () where there are no labels.
Labels = tuple[str, ...]


def counter(name: str, help: str, labels: Labels, values: Mapping[Labels, float]) -> CounterMetricFamily:
    """`name` without `_total`, which Prometheus wants and the client library adds."""
    family = CounterMetricFamily(name, help, labels=labels)
    for key, value in values.items():
        family.add_metric(key, value)
    return family


def gauge(name: str, help: str, labels: Labels, values: Mapping[Labels, float]) -> GaugeMetricFamily:
    family = GaugeMetricFamily(name, help, labels=labels)
    for key, value in values.items():
        family.add_metric(key, value)
    return family


def histogram(name: str, help: str, labels: Labels, tallies: Mapping[Labels, Tally]) -> HistogramMetricFamily:
    family = HistogramMetricFamily(name, help, labels=labels)
    for key, tally in tallies.items():
        family.add_metric(key, _buckets(tally), tally.total)
    return family


def _buckets(tally: Tally) -> list[tuple[str, float]]:
    """How many values are not above each bound, as Prometheus counts them."""
    bounds = [*(str(float(bound)) for bound in tally.bounds), "+Inf"]
    return list(zip(bounds, accumulate(tally.counts), strict=True))
