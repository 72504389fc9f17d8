"""Secrets that are recognised wherever they turn up: planted in every world, looked for in all that is left of it."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from pathlib import Path

import psycopg

from reconciler.wiring import LOCAL_ACCOUNT

EXPEDIA_ACCOUNT = ("canary.expedia.key.Kq7", "canary.expedia.secret.Wm3")
BOOKING_ACCOUNT = ("canary.booking.partner.Ht9", "canary.booking.key.Zr5")
ACCOUNTS = [
    {"username": user, "password": password}
    for user, password in (EXPEDIA_ACCOUNT, BOOKING_ACCOUNT, (LOCAL_ACCOUNT, LOCAL_ACCOUNT))
]
ENVIRON = {
    "EXPEDIA_SANDBOX_API_KEY": EXPEDIA_ACCOUNT[0],
    "EXPEDIA_SANDBOX_API_SECRET": EXPEDIA_ACCOUNT[1],
    "BOOKING_COM_SANDBOX_PARTNER_ID": BOOKING_ACCOUNT[0],
    "BOOKING_COM_SANDBOX_API_KEY": BOOKING_ACCOUNT[1],
}


def _forms(user: str, password: str) -> tuple[str, ...]:
    return user, password, base64.b64encode(f"{user}:{password}".encode()).decode()


CANARIES = (*_forms(*EXPEDIA_ACCOUNT), *_forms(*BOOKING_ACCOUNT))
"""The secrets, and the form in which they are sent."""


def in_text(text: str, canaries: tuple[str, ...] = CANARIES) -> list[str]:
    """Those that a text holds."""
    return [canary for canary in canaries if canary in text]


def in_files(folder: Path, canaries: tuple[str, ...] = CANARIES) -> Iterator[str]:
    """Those in the files below a folder, as `file: canary`."""
    for file in sorted(folder.rglob("*")):
        if file.is_file() and not file.is_symlink():
            content = file.read_bytes()
            yield from (f"{file}: {canary}" for canary in canaries if canary.encode() in content)


def in_tables(
    url: str, canaries: tuple[str, ...] = CANARIES, schemas: tuple[str, ...] = ("reconciler", "public")
) -> list[str]:
    """Those in any row of any table, as `table: canary`."""
    with psycopg.connect(url) as connection:
        tables = connection.execute(
            "SELECT format('%%I.%%I', schemaname, tablename) FROM pg_tables WHERE schemaname = ANY(%s)",
            (list(schemas),),
        ).fetchall()
        looks = (f"SELECT '{table}', t::text FROM {table} t WHERE t::text ~ %(any)s" for (table,) in tables)
        pattern = "|".join(re.escape(canary) for canary in canaries)
        found = connection.execute(" UNION ALL ".join(looks).encode(), {"any": pattern}).fetchall()
        return [f"{table}: {row[:200]}" for table, row in found]
