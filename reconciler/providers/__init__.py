"""Targets: where state lives. One contract (`contract.py`), one folder for each: the hotel's database, Expedia, Booking.com."""
