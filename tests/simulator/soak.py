"""Walks for as long as is wanted: `python -m tests.simulator.soak --steps 1000000`. Says what was tried; fails on a violation."""

from __future__ import annotations

import argparse
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor

from tests.simulator.walk import walk

RUNS = 20
BATCH = 20


def batch(first: int) -> Counter[str]:
    """What happened in the walks of some seeds."""
    counts: Counter[str] = Counter()
    for seed in range(first, first + BATCH):
        counts += walk(seed, RUNS).counts
    return counts


def main() -> None:
    """Runs batches on all processors until there were enough steps."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--steps", type=int, default=1_000_000, help="boundaries to pass at least")
    parser.add_argument("--seed", type=int, default=100_000, help="the first seed")
    wanted = parser.parse_args()
    counts: Counter[str] = Counter()
    begun, seed = time.monotonic(), wanted.seed
    with ProcessPoolExecutor() as pool:
        while counts["boundaries"] < wanted.steps:
            firsts = range(seed, seed + 8 * BATCH, BATCH)
            for found in pool.map(batch, firsts):
                counts += found
            seed += 8 * BATCH
            print(f"{counts['boundaries']} steps, seeds {wanted.seed} to {seed - 1}, no violation", flush=True)
    for name, count in sorted(counts.items()):
        print(f"{name:28} {count}")
    print(f"{time.monotonic() - begun:.0f} s")


if __name__ == "__main__":
    main()
