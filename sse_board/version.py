"""The name of one state of one thing that has ranks."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Version:
    """`epoch-seq`, given by PostgreSQL's commit order; the epoch changes only with the rules."""

    epoch: int
    seq: int

    def __str__(self) -> str:
        return f"{self.epoch}-{self.seq}"
