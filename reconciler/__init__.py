"""A declarative reconciler for hotel distribution: what git says, compared with what is, and put right by a reviewed plan."""

__version__ = "0.1.0"
