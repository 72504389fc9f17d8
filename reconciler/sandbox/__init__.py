"""Both extranets on loopback: stateful stand-ins for Expedia and Booking.com that speak the real formats.

Written from the providers' documentation and never from this project's own codecs, so that it can judge them. The state
machines here are pure: no sockets, no files, no clock (`now` is an argument). `server` is the only module that listens.
Where to begin: `server` (serve, running), `admin` (a client), `admin_face` (its paths), `stored` (how a hotel is described),
`switches` (what the documents leave open), `faults`, `routes` (every path that is answered).

It is no emulator of guests or of search: what it keeps is what a hotel can load, sell and read back.
"""
