"""Both extranets, the ledger, the clock and the network in one process under a seed that replays exactly; every boundary can fail."""
