"""Expedia: codecs, normal forms, messages, and the target against the extranet on this machine."""
