"""Expedia's side: availability and rates, their retrieval, bookings, and the Product API.

Each module takes the world and a request and answers a reply; the codes are those of the official documentation.
"""
