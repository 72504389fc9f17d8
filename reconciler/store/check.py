"""Compares the database that is there with the one that is needed, and says precisely what is off.

Reads catalogues and, for keys that are missing, the rows that prevent them; changes nothing. Each finding stands for itself, so that
one look shows all of them. Also prints the rights that the two least-privileged roles need.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import psycopg
from psycopg import sql
from psycopg.rows import TupleRow

from reconciler.errors import DatabaseError
from reconciler.model.diagnostics import Diagnostic, Severity, in_order
from reconciler.store.connect import TRANSACTION_POOLER_PORT, is_transaction_pooled
from reconciler.store.expected import CALENDARS, FITTING, KEYS, OLDEST_SERVER, TABLES, Key
from reconciler.store.faults import told
from reconciler.store.migrate import applied, pending, unfit
from reconciler.store.statements import statements

Connection = psycopg.Connection[TupleRow]
_MIGRATE = "run `reconciler db migrate`"
_SHOWN = 10
"""Groups of duplicate rows listed; the rest is counted."""


@dataclass(frozen=True, slots=True)
class _Duplicates:
    """Rows that share a key which has to be unique. `key`: (column, value) pairs; values and `ids` as text."""

    key: tuple[tuple[str, str], ...]
    ids: tuple[str, ...]


@told()
def check(connection: Connection, url: str = "") -> tuple[Diagnostic, ...]:
    """Everything that is off, in a fixed order; empty when the database is as needed.

    `url`: what the connection was made with, where known; then a pooler is looked for with a second connection.
    """
    columns = _columns(connection)
    return in_order(
        (
            *_server(connection, url),
            *_migrations(connection),
            *_tables(columns),
            *_keys(connection, columns),
            *_overlaps(connection, columns),
            *_hidden(connection),
        )
    )


def _server(connection: Connection, url: str) -> Iterator[Diagnostic]:
    version = connection.info.server_version
    if version < OLDEST_SERVER:
        yield Diagnostic(
            "db-server-version",
            f"the server is PostgreSQL {version // 10000}, and {OLDEST_SERVER // 10000} or newer is needed",
        )
    if str(connection.info.port) == TRANSACTION_POOLER_PORT or (url and is_transaction_pooled(connection, url)):
        yield Diagnostic(
            "db-transaction-pooler",
            "the connection goes through a transaction pooler, where session locks do not hold",
            hint="use port 5432 (Supabase: direct connection, or the pooler in session mode)",
        )


def _migrations(connection: Connection) -> Iterator[Diagnostic]:
    present = applied(connection)
    for text in unfit(present):
        yield Diagnostic("db-migration-unfit", text, hint="use the version of reconciler that migrated this database")
    for migration in pending(present):
        yield Diagnostic("db-migration-missing", f"migration {migration.name} was not applied", hint=_MIGRATE)


def _columns(connection: Connection) -> dict[str, dict[str, tuple[str, str]]]:
    """Table -> column -> (type, type with modifier), for those that exist."""
    found: dict[str, dict[str, tuple[str, str]]] = {}
    for table, column, kind, exact in _rows(connection, "columns"):
        found.setdefault(table, {})[column] = (kind, exact)
    return found


def _rows(connection: Connection, name: str) -> list[TupleRow]:
    return connection.execute(statements("check.sql")[name], {"tables": list(TABLES)}).fetchall()


def _tables(columns: dict[str, dict[str, tuple[str, str]]]) -> Iterator[Diagnostic]:
    for table, expected in TABLES.items():
        present = columns.get(table)
        if present is None:
            yield Diagnostic("db-table-missing", f"table {table} does not exist", hint=_MIGRATE)
            continue
        for column, kind in expected.items():
            yield from _column(f"{table}.{column}", kind, present.get(column))


def _column(name: str, expected: str, present: tuple[str, str] | None) -> Iterator[Diagnostic]:
    if present is None:
        yield Diagnostic(
            "db-column-missing",
            f"column {name} ({expected}) does not exist",
            hint="the table is left as it is; add the column yourself",
        )
    elif present[0] not in FITTING.get(expected, {expected}) or not _keeps_cents(*present):
        yield Diagnostic("db-column-type", f"column {name} is {present[1]}, and {expected} is needed")


def _keeps_cents(kind: str, exact: str) -> bool:
    """A numeric column with a scale below two cannot hold an amount in most currencies."""
    return kind != "numeric" or "(" not in exact or int(exact.rstrip(")").rpartition(",")[2]) >= 2


def _keys(connection: Connection, columns: dict[str, dict[str, tuple[str, str]]]) -> Iterator[Diagnostic]:
    for key in _missing_keys(connection, columns):
        groups = _duplicates_of(connection, key)
        named = ", ".join(key.columns)
        hint = f"CREATE UNIQUE INDEX ON {key.table} ({named});"
        yield Diagnostic(
            "db-unique-missing",
            f"{key.table} has no unique index on ({named})",
            hint=f"resolve the duplicate rows, then {hint}" if groups else hint,
        )
        for group in groups[:_SHOWN]:
            what = ", ".join(f"{column} {value}" for column, value in group.key)
            yield Diagnostic(
                "db-duplicate-rows",
                f"{key.table} has {len(group.ids)} rows for {what}: {', '.join(group.ids)}",
                hint="keep one of them; until then no run changes this property",
            )
        if len(groups) > _SHOWN:
            yield Diagnostic(
                "db-duplicate-rows", f"{key.table} has {len(groups) - _SHOWN} more groups of duplicate rows"
            )


def _missing_keys(connection: Connection, columns: dict[str, dict[str, tuple[str, str]]]) -> list[Key]:
    present = {(table, frozenset(names)) for table, names in _rows(connection, "unique_keys")}
    judged = [key for key in KEYS if {"id", *key.columns} <= set(columns.get(key.table, {}))]
    return [key for key in judged if (key.table, frozenset(key.columns)) not in present]


def _duplicates_of(connection: Connection, key: Key) -> list[_Duplicates]:
    query = sql.SQL(
        "SELECT array_agg(id::text ORDER BY id::text), {texts} FROM {table} WHERE {known} GROUP BY {columns}"
        " HAVING count(*) > 1 ORDER BY {columns}"
    ).format(
        texts=sql.SQL(", ").join(sql.SQL("{}::text").format(sql.Identifier(column)) for column in key.columns),
        known=sql.SQL(" AND ").join(sql.SQL("{} IS NOT NULL").format(sql.Identifier(column)) for column in key.columns),
        table=sql.Identifier(*key.table.split(".")),
        columns=sql.SQL(", ").join(map(sql.Identifier, key.columns)),
    )
    return [
        _Duplicates(tuple(zip(key.columns, values, strict=True)), tuple(ids))
        for ids, *values in connection.execute(query).fetchall()
    ]


def _overlaps(connection: Connection, columns: Iterable[str]) -> Iterator[Diagnostic]:
    guarded = {
        name if "." in name else f"public.{name}" for (name,) in connection.execute(statements("check.sql")["guarded"])
    }
    for table in (*CALENDARS, "reconciler.applied"):
        if table in columns and table not in guarded:
            yield Diagnostic(
                "db-overlap-unguarded",
                f"nothing in {table} refuses overlapping nights",
                Severity.WARNING,
                hint=f"its constraint or trigger {table.rpartition('.')[2]}_no_overlap was dropped",
            )


def _hidden(connection: Connection) -> Iterator[Diagnostic]:
    for (table,) in _rows(connection, "hidden"):
        yield Diagnostic(
            "db-rows-hidden",
            f"row level security may hide rows of {table} from this role, and what is hidden would be created again",
            hint="connect as a role with BYPASSRLS or as the owner, or add a policy for this role and let it bypass",
        )


# ---------------------------------------------------------------- roles

PLAN_ROLE = "reconciler_plan"
APPLY_ROLE = "reconciler_apply"
HOTEL_ROLE = "reconciler_hotel"
_SALES = (
    "reconciler.free_units(uuid, uuid, date)",
    "reconciler.sell_direct(uuid, uuid, date, date, integer, text)",
    "reconciler.cancel_direct(uuid, text)",
)
"""What the hotel's own system calls."""
_WRITTEN = (
    "public.third_party_integrations",
    "public.integration_credential_history",
    "public.ota_property_mappings",
    "public.ota_rate_plans",
    "public.ota_inventory_allocation",
    "public.ota_sync_schedules",
    "public.ota_config_alerts",
    *CALENDARS,
)


_KEPT = ("reconciler.runs", "reconciler.operations", "reconciler.booking_versions", "reconciler.completed_plans")
"""What happened is never deleted, not even by the role that applies."""


def grants() -> str:
    """SQL that gives three roles what they need and no more: one plans (reads), one applies, one sells for the hotel itself.

    Creating tables is nobody's business.
    """
    own = [table for table in TABLES if table.startswith("reconciler.") and table != "reconciler.migrations"]
    removable = ", ".join(table for table in own if table not in _KEPT)
    return "\n".join(
        (
            *(
                f"DO $$ BEGIN CREATE ROLE {role} NOLOGIN; EXCEPTION WHEN duplicate_object THEN NULL; END $$;"
                for role in (PLAN_ROLE, APPLY_ROLE, HOTEL_ROLE)
            ),
            f"GRANT USAGE ON SCHEMA public, reconciler TO {PLAN_ROLE}, {APPLY_ROLE};",
            f"GRANT SELECT ON {', '.join(TABLES)} TO {PLAN_ROLE}, {APPLY_ROLE};",
            f"GRANT INSERT, UPDATE, DELETE ON {', '.join(_WRITTEN)} TO {APPLY_ROLE};",
            f"GRANT INSERT, UPDATE ON {', '.join(_KEPT)} TO {APPLY_ROLE};",
            f"GRANT INSERT, UPDATE, DELETE ON {removable} TO {APPLY_ROLE};",
            f"GRANT EXECUTE ON FUNCTION reconciler.take_turn(uuid), {', '.join(_SALES)} TO {APPLY_ROLE};",
            f"GRANT USAGE ON SCHEMA reconciler TO {HOTEL_ROLE};",
            f"GRANT EXECUTE ON FUNCTION {', '.join(_SALES)} TO {HOTEL_ROLE};",
            "",
        )
    )


def require(connection: Connection) -> None:
    """Raise DatabaseError unless the schema is up to date: for commands that cannot work otherwise."""
    present = applied(connection)
    lacking = unfit(present) or [f"migration {migration.name} was not applied" for migration in pending(present)]
    if lacking:
        raise DatabaseError(f"the database is not ready: {lacking[0]}", hint=_MIGRATE)
