"""Where the reconciler keeps what it knows: the database, our own embedded one or a given one, its schema and its checks."""
