"""What this process counts, for Prometheus."""
