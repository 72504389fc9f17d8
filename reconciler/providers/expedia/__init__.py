"""Expedia: availability and rates (AR), their reading back (PARR), and rate plans (Product API)."""
