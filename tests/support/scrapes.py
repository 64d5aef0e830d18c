"""What `/metrics` said, to be asked by name and labels."""

import re
from collections.abc import Iterator

import httpx
from prometheus_client.parser import text_string_to_metric_families
from prometheus_client.samples import Sample


class Scrape:
    def __init__(self, text: str) -> None:
        self.text = text
        self.families = list(text_string_to_metric_families(text))

    @property
    def names(self) -> set[str]:
        """Of all families, as their `# TYPE` lines have them."""
        return set(re.findall(r"^# TYPE (\S+) ", self.text, re.MULTILINE))

    def samples(self, name: str, **labels: str) -> Iterator[Sample]:
        """Those of this name whose labels include these."""
        found = (sample for family in self.families for sample in family.samples)
        return (one for one in found if one.name == name and labels.items() <= one.labels.items())

    def value(self, name: str, **labels: str) -> float:
        """All of them together: 0 where there is none yet."""
        return sum(sample.value for sample in self.samples(name, **labels))


async def scrape(http: httpx.AsyncClient, **options: object) -> Scrape:
    answer = await http.get("/metrics", **options)  # type: ignore[arg-type]
    assert answer.status_code == 200, answer.text
    return Scrape(answer.text)
