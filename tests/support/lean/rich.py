"""Not here, as where only the product is installed: structlog imports it if it can, which takes each program
that tests start a tenth of a second; a tool for developers brings it along."""

raise ImportError("no program of ours uses it", name="rich")
