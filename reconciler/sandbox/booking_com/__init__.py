"""Booking.com's side: B.XML and OTA messages for rooms, rates, availability, rate plans, products and reservations.

What is only hinted at in the documentation is behind `switches`.
"""
