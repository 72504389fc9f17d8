"""Booking.com: availability, prices and restrictions by B.XML, rate plans and their conditions by OTA messages."""
