"""Whatever stands in environment variables: it is told by name where it matters, left alone where not, and nothing is changed."""

# ruff: noqa: E501 - a case is a line

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass

import pytest

from reconciler.providers import http
from tests.hostile.place import DONE, FAILED, USAGE, Place, identifiers

ESCAPE = "\x1b[2J\x1b]0;owned\x07\x9b31m"
BYTES = "caf\udce9\udcff"
LONG = "a" * 100_000
SECRET = "hunter2-canary"
CLOSED = "http://127.0.0.1:9"
"""Where nobody listens: whatever goes out through it goes nowhere."""

STATUS = ("status",)
PLAN = ("plan", "--as-of", "2031-01-13T09:00:00+00:00", "--target", "*/expedia/rates/**")
FULL = ("plan", "--as-of", "2031-01-13T09:00:00+00:00")


@dataclass(frozen=True, slots=True)
class Given:
    """Variables, a command, and how it ends. `{url}` is the sandbox's address, `{database}` what to connect with."""

    name: str
    variables: Mapping[str, str]
    says: str
    code: int = USAGE
    line: tuple[str, ...] = STATUS


def given(name: str, variable: str, value: str, says: str, code: int = USAGE, line: tuple[str, ...] = STATUS) -> Given:
    return Given(name, {variable: value}, says, code, line)


def harmless(name: str, variable: str, value: str, line: tuple[str, ...] = STATUS, says: str = "lisbon-baixa") -> Given:
    """The program goes on as without it."""
    return Given(name, {variable: value}, says, DONE, line)


_CHOICES = [
    *(given(f"RECONCILER_ENV is {what}", "RECONCILER_ENV", value, says, code) for what, value, says, code in (
        ("an environment that is not there", "mars", "there is no environment `mars`", USAGE),
        ("a path", "../development", "there is no environment `../development`", USAGE),
        ("an escape sequence", f"dev{ESCAPE}", "there is no environment `dev`", USAGE),
        ("bytes", BYTES, "there is no environment", USAGE),
        ("without end", LONG, "there is no environment", USAGE),
        ("a space", " ", "there is no environment", USAGE),
        ("in capitals", "DEVELOPMENT", "there is no environment `DEVELOPMENT`", USAGE),
        ("a glob", "*", "there is no environment `*`", USAGE),
        ("another one than the database's", "elsewhere", "belongs to environment `development`", FAILED),
    ) if what != "another one than the database's"),
    given("RECONCILER_ENV is another one than the database's", "RECONCILER_ENV", "elsewhere", "belongs to environment `development`", FAILED, FULL),
    *(given(f"{name} is {what}", name, value, f"{name} is true or false") for name in ("OTA_TEST_MODE", "OTA_DEBUG") for what, value in (
        ("a word", "maybe"), ("a number", "2"), ("an escape sequence", ESCAPE), ("bytes", BYTES), ("without end", LONG), ("yes", "yes"),
    )),
    given("OTA_TEST_MODE is what no environment is", "OTA_TEST_MODE", "false", "which environment?"),
    Given("OTA_TEST_MODE does not agree", {"OTA_TEST_MODE": "0", "RECONCILER_ENV": "development"}, "does not agree with environment", FAILED),
    harmless("OTA_TEST_MODE is empty", "OTA_TEST_MODE", ""),
    harmless("RECONCILER_ENV is empty", "RECONCILER_ENV", ""),
]  # fmt: skip

_DATABASES = [
    given(f"DATABASE_URL is {what}", "DATABASE_URL", value, says, code) for what, value, says, code in (
        ("of another make", "mysql://root@127.0.0.1/x", "neither `embedded`", USAGE),
        ("a file", "/etc/passwd", "neither `embedded`", USAGE),
        ("a word", "database", "neither `embedded`", USAGE),
        ("an escape sequence", ESCAPE, "neither `embedded`", USAGE),
        ("bytes", BYTES, "neither `embedded`", USAGE),
        ("without end", LONG, "neither `embedded`", USAGE),
        ("a space", " ", "neither `embedded`", USAGE),
        ("a URL and nothing else", "postgresql://", "cannot connect", FAILED),
        ("a URL of bytes", f"postgresql://127.0.0.1:1/{BYTES}", "cannot be read", USAGE),
        ("a URL with an escape sequence", f"postgresql://127.0.0.1:1/{ESCAPE}", "cannot connect", FAILED),
        ("a URL with half an address", f"postgresql://u:{SECRET}@[::1/x", "cannot be read", USAGE),
        ("a URL with a bad escape", f"postgresql://u:{SECRET}%zz@127.0.0.1/x", "cannot be read", USAGE),
        ("a URL with a NUL in it", "postgresql://127.0.0.1/a%00b", "cannot be read", USAGE),
        ("a URL with two at signs", f"postgresql://u:{SECRET}@x@127.0.0.1:1/x", "more than one `@`", FAILED),
        ("a URL with a port of nobody", f"postgresql://u:{SECRET}@127.0.0.1:1/x", "cannot connect", FAILED),
        ("a URL with a port out of range", f"postgresql://u:{SECRET}@127.0.0.1:99999/x", "cannot connect", FAILED),
        ("a URL with a port below zero", f"postgresql://u:{SECRET}@127.0.0.1:-1/x", "cannot connect", FAILED),
        ("a URL with a port of letters", f"postgresql://u:{SECRET}@127.0.0.1:port/x", "cannot connect", FAILED),
        ("a URL of a pooler", f"postgresql://u:{SECRET}@127.0.0.1:6543/x", "transaction pooler", FAILED),
        ("a URL of a pooler among others", "postgresql://127.0.0.1:1,127.0.0.1:6543/x", "transaction pooler", FAILED),
        ("a URL with a setting of nobody", "postgresql://127.0.0.1:1/x?colour=red", "cannot be read", USAGE),
        ("a URL with a bad way to encrypt", "postgresql://127.0.0.1:1/x?sslmode=perhaps", "cannot connect", FAILED),
        ("a URL with a bad wait", "postgresql://127.0.0.1:1/x?connect_timeout=soon", "cannot connect", FAILED),
        ("a URL with a wait without end", "postgresql://127.0.0.1:1/x?connect_timeout=99999999999", "cannot connect", FAILED),
        ("a URL with a certificate that is not there", "postgresql://127.0.0.1:1/x?sslmode=verify-full&sslrootcert=/nowhere", "cannot connect", FAILED),
        ("a socket that is not there", "host=/nowhere dbname=x", "cannot connect", FAILED),
        ("a service that is not there", "service=nobody", "cannot connect", FAILED),
        ("settings with half a quote", f"host=127.0.0.1 password='{SECRET}", "cannot be read", USAGE),
        ("a role that is not there", "{database} user=nobody-at-all", "cannot connect", FAILED),
        ("a database that is not there", "{database} dbname=nothing-at-all", "cannot connect", FAILED),
        ("a database without our tables", "{database} dbname=template1", "0001_hotel_tables was not applied", FAILED),
        ("a variable that is not there", "env:NOT_THERE", "env:NOT_THERE is not set", FAILED),
        ("a variable of no name", "env:", "not a reference", FAILED),
        ("a variable of an odd name", f"env:{ESCAPE}", "is not set", FAILED),
        ("a variable that is itself", "env:DATABASE_URL", "neither `embedded`", USAGE),
        ("a file that is not there", "file:/nowhere", "file:/nowhere cannot be read", FAILED),
        ("a folder", "file:/tmp", "is not a file", FAILED),
        ("a device", "file:/dev/zero", "is not a file", FAILED),
        ("a file with a name of bytes", f"file:/nowhere/{BYTES}", "cannot be read", FAILED),
        ("a file in nobody's home", "file:~nobody-at-all/x", "its path cannot be one", FAILED),
        ("a file with a name without end", f"file:/{'a' * 300}", "cannot be read", FAILED),
        ("an embedded one of no name", "embedded:", "names no folder", USAGE),
        ("an embedded one below a file", "embedded:reconciler.yaml", "reconciler.yaml", FAILED),
        ("an embedded one in a device", "embedded:/dev/null", "/dev/null", FAILED),
        ("an embedded one in the kernel", "embedded:/proc/1/x", "/proc/1/x", FAILED),
        ("an embedded one in nobody's home", "embedded:~nobody-at-all/x", "a home that nobody has", USAGE),
        ("an embedded one of bytes", f"embedded:/proc/{BYTES}", "/proc/", FAILED),
        ("an embedded one with an escape sequence", f"embedded:/proc/{ESCAPE}", "/proc/", FAILED),
        ("an embedded one without end", f"embedded:/proc/{LONG}", "/proc/", FAILED),
    )
]  # fmt: skip

_SANDBOXES = [
    given(f"RECONCILER_SANDBOX is {what}", "RECONCILER_SANDBOX", value, says, FAILED, PLAN) for what, value, says in (
        ("a host out there", "https://evil.example", "is not a host that may be spoken to"),
        ("a host out there without encryption", "http://evil.example", "may only be spoken to by https"),
        ("a host that looks like this machine", "http://127.0.0.1.evil.example", "may only be spoken to by https"),
        ("a user at this machine", f"http://u:{SECRET}@127.0.0.1:1", "neither user nor query"),
        ("a question", f"http://127.0.0.1:1/?token={SECRET}", "neither user nor query"),
        ("of another protocol", "ftp://127.0.0.1:1", "is not a host that may be spoken to"),
        ("a file", "file:///etc/passwd", "is not one"),
        ("a word", "sandbox", "is not one"),
        ("an escape sequence", f"http://127.0.0.1:1/{ESCAPE}", "the address of a provider is not one"),
        ("bytes", f"http://127.0.0.1:1/{BYTES}", "the address of a provider is not one"),
        ("half an address", "http://[::1", "the address of a provider is not one"),
        ("a port out of range", "http://127.0.0.1:99999", "the address of a provider is not one"),
        ("a port below zero", "http://127.0.0.1:-1", "the address of a provider is not one"),
        ("a port of letters", "http://127.0.0.1:port", "the address of a provider is not one"),
        ("a port of nobody", "http://127.0.0.1:1", "cannot be reached"),
        ("a port of nobody, by name", "http://localhost:1", "cannot be reached"),
        ("without end", f"http://127.0.0.1:1/{LONG}", "the address of a provider is not one"),
        ("another path", "{url}/admin", "404"),
        ("a line break", "http://127.0.0.1:1/\r\nHost: evil.example", "the address of a provider is not one"),
    )
]  # fmt: skip

_CREDENTIALS = [
    given("a secret of bytes", "EXPEDIA_SANDBOX_API_KEY", f"{SECRET}{BYTES}", "Nothing has been changed", DONE, PLAN),
    given("a secret with an escape sequence", "EXPEDIA_SANDBOX_API_KEY", f"{SECRET}{ESCAPE}", "refuses the credentials", FAILED, PLAN),
    given("a secret that is not accepted", "EXPEDIA_SANDBOX_API_SECRET", SECRET, "refuses the credentials", FAILED, PLAN),
    given("a secret without end", "EXPEDIA_SANDBOX_API_SECRET", f"{SECRET}{LONG}", "expedia", FAILED, PLAN),
    given("a secret with a line break", "EXPEDIA_SANDBOX_API_SECRET", f"{SECRET}\r\nHost: evil", "refuses the credentials", FAILED, PLAN),
    given("a secret at the other one that is not accepted", "BOOKING_COM_SANDBOX_API_KEY", SECRET, "gives no token", FAILED, FULL),
    given("a partner of bytes", "BOOKING_COM_SANDBOX_PARTNER_ID", f"{SECRET}{BYTES}", "Nothing has been changed", DONE, FULL),
    given("a partner with an escape sequence", "BOOKING_COM_SANDBOX_PARTNER_ID", f"{SECRET}{ESCAPE}", "gives no token", FAILED, FULL),
    given("a general name for a secret that is not accepted", "EXPEDIA_API_SECRET", SECRET, "refuses the credentials", FAILED, PLAN),
    harmless("an empty secret", "EXPEDIA_SANDBOX_API_KEY", "", PLAN, "Plan"),
    harmless("a secret of spaces", "EXPEDIA_SANDBOX_API_KEY", "  \t ", PLAN, "Plan"),
    harmless("hosts that are allowed, in an odd spelling", "RECONCILER_ALLOWED_HOSTS", f",, ,{ESCAPE},*", PLAN, "Plan"),
    harmless("hosts that are allowed, of bytes", "RECONCILER_ALLOWED_HOSTS", BYTES, PLAN, "Plan"),
]  # fmt: skip

_POSTGRES = [
    *(harmless(f"{name} is {value!a}", name, value) for name, value in (
        ("PGHOST", "evil.example"), ("PGUSER", "nobody"), ("PGDATABASE", "nothing"), ("PGPASSWORD", SECRET),
        ("PGPASSFILE", "/dev/zero"), ("PGSERVICEFILE", "/dev/null"), ("PGOPTIONS", "-c search_path=evil"), ("PGOPTIONS", "-c statement_timeout=60s"),
        ("PGOPTIONS", "-c datestyle=German"), ("PGOPTIONS", "-c default_transaction_isolation=serializable"), ("PGDATESTYLE", "SQL, DMY"),
        ("PGTZ", "Pacific/Kiritimati"), ("PGAPPNAME", ESCAPE), ("PGCONNECT_TIMEOUT", "1"), ("PGCLIENTENCODING", "LATIN1"), ("PGCLIENTENCODING", "SQL_ASCII"),
    )),
    given("PGPORT is nobody's", "PGPORT", "1", "cannot connect", FAILED),
    given("PGPORT is no number", "PGPORT", f"one{ESCAPE}", "cannot connect", FAILED),
    given("PGOPTIONS is no options", "PGOPTIONS", "--evil", "cannot connect", FAILED),
    given("PGOPTIONS sets what is not there", "PGOPTIONS", "-c evil_setting=1 -c nothing=2", "cannot connect", FAILED),
    given("PGOPTIONS is another role", "PGOPTIONS", "-c role=nobody-at-all", "cannot connect", FAILED),
    given("PGSSLMODE is no mode", "PGSSLMODE", "perhaps", "cannot connect", FAILED),
    given("PGSERVICE is nobody", "PGSERVICE", "nobody", "cannot connect", FAILED),
    given("PGCLIENTENCODING is no encoding", "PGCLIENTENCODING", "klingon", "cannot connect", FAILED),
    given("PGTZ is no zone", "PGTZ", f"Mars/{ESCAPE}", "cannot connect", FAILED),
    given("PGDATESTYLE is no style", "PGDATESTYLE", "backwards", "cannot connect", FAILED),
    given("PGTARGETSESSIONATTRS asks for a standby", "PGTARGETSESSIONATTRS", "standby", "cannot connect", FAILED),
    given("PGCHANNELBINDING is no word", "PGCHANNELBINDING", "often", "cannot connect", FAILED),
]  # fmt: skip

_SURROUNDINGS = [
    *(harmless(f"{name} is {what}", name, value) for name, what, value in (
        ("NO_COLOR", "an escape sequence", ESCAPE), ("FORCE_COLOR", "set", "1"), ("TERM", "an escape sequence", ESCAPE), ("TERM", "nothing known", "klingon"),
        ("COLUMNS", "no number", "wide"), ("COLUMNS", "below zero", "-5"), ("COLUMNS", "zero", "0"), ("COLUMNS", "out of range", "9" * 30), ("LINES", "below zero", "-1"),
        ("LANG", "nothing known", "xx_YY.UTF-99"), ("LC_ALL", "an escape sequence", ESCAPE), ("LANGUAGE", "a path", "../../etc"), ("TZ", "nothing known", "Mars/Phobos"),
        ("TZ", "a file", ":/etc/passwd"), ("HOME", "nowhere", "/nowhere"), ("HOME", "a device", "/dev/null"), ("HOME", "bytes", BYTES), ("HOME", "relative", "x/y"),
        ("XDG_CACHE_HOME", "relative", "cache"), ("USER", "an escape sequence", ESCAPE), ("LOGNAME", "bytes", BYTES), ("PATH", "empty", ""), ("PATH", "nowhere", "/nowhere"),
        ("EDITOR", "a command", "rm -rf /"), ("PYTHONHASHSEED", "no number", "x"), ("http_proxy", "somebody", CLOSED),
    )),
    *(harmless(f"XDG_CACHE_HOME is {what}", "XDG_CACHE_HOME", value, ("validate",), "No findings") for what, value in (
        ("a file", "/dev/null"), ("in the kernel", "/proc/x"), ("bytes", f"/proc/{BYTES}"), ("without end", f"/{LONG}"), ("an escape sequence", f"/proc/{ESCAPE}"),
    )),
    *(harmless(f"{name} is {what}", name, value, PLAN, "Plan:") for name, what, value in (
        ("HTTP_PROXY", "somebody", CLOSED), ("HTTPS_PROXY", "somebody", CLOSED), ("ALL_PROXY", "somebody", CLOSED), ("ALL_PROXY", "no address", "::::"),
        ("HTTP_PROXY", "an escape sequence", ESCAPE), ("NO_PROXY", "an escape sequence", ESCAPE), ("SSL_CERT_DIR", "a file", "/dev/null"),
        ("SSLKEYLOGFILE", "a folder", "/"), ("REQUESTS_CA_BUNDLE", "nowhere", "/nowhere"), ("GIT_DIR", "nowhere", "/nowhere"), ("GIT_DIR", "a file", "/dev/null"),
        ("GIT_WORK_TREE", "nowhere", "/nowhere"), ("GIT_CONFIG_COUNT", "no number", "x"), ("GIT_CONFIG_GLOBAL", "a folder", "/"), ("GIT_INDEX_FILE", "nowhere", "/nowhere/x"),
        ("GIT_EXEC_PATH", "nowhere", "/nowhere"), ("CI", "set", "true"), ("TMPDIR", "nowhere", "/nowhere"),
    )),
    given("SSL_CERT_FILE is nowhere", "SSL_CERT_FILE", "/nowhere", "certificates that are trusted cannot be read", FAILED, PLAN),
    given("SSL_CERT_FILE is a folder", "SSL_CERT_FILE", "/", "certificates that are trusted cannot be read", FAILED, PLAN),
    given("GIT_DIR is nowhere and a revision is asked for", "GIT_DIR", "/nowhere", "git knows no revision", USAGE, ("plan", "--changed-since", "HEAD")),
    given("PATH is empty and a revision is asked for", "PATH", "", "git knows no revision", USAGE, ("plan", "--changed-since", "HEAD")),
    Given("CI with a database that would be lost", {"CI": "1", "DATABASE_URL": "embedded", "RECONCILER_SANDBOX": "https://evil.example"}, "in CI the embedded database would be lost", FAILED, ("apply", "--auto-approve")),
]  # fmt: skip

_KEYS = {"EXPEDIA_SANDBOX_API_KEY": "key", "EXPEDIA_SANDBOX_API_SECRET": SECRET}
_OUTSIDE = [
    Given(f"out there, {what}", {"HTTPS_PROXY": CLOSED, **_KEYS, **variables}, says, FAILED, ("import", "--env", "outside", "--property", "new", "--expedia", "1", "--credentials", "expedia-group"))
    for what, variables, says in (
        ("a proxy of nobody", {}, "cannot be reached"),
        ("a proxy that is no address", {"HTTPS_PROXY": "::::"}, "proxy"),
        ("a proxy with an escape sequence", {"HTTPS_PROXY": f"http://{ESCAPE}"}, "proxy"),
        ("a proxy of bytes", {"HTTPS_PROXY": f"http://{BYTES}"}, "proxy"),
        ("a proxy of another protocol", {"HTTPS_PROXY": "gopher://127.0.0.1"}, "proxy"),
        ("a proxy with a port out of range", {"HTTPS_PROXY": "http://127.0.0.1:99999"}, "cannot be reached"),
        ("a proxy for everything that is no address", {"ALL_PROXY": "::::"}, "proxy"),
        ("a proxy with a password", {"HTTPS_PROXY": f"http://u:{SECRET}@127.0.0.1:9"}, "cannot be reached"),
        ("certificates that are nowhere", {"SSL_CERT_FILE": "/nowhere"}, "SSL_CERT_FILE"),
        ("certificates that are none", {"SSL_CERT_FILE": "/dev/null"}, "certificates that are trusted"),
        ("no credentials", {"EXPEDIA_SANDBOX_API_KEY": ""}, "env:EXPEDIA_SANDBOX_API_KEY is not set"),
        ("a secret of bytes", {"EXPEDIA_SANDBOX_API_KEY": f"{SECRET}{BYTES}"}, "does not hold text in UTF-8"),
    )
]  # fmt: skip

CASES = [*_OUTSIDE, *_CHOICES, *_DATABASES, *_SANDBOXES, *_CREDENTIALS, *_POSTGRES, *_SURROUNDINGS]


def test_there_are_a_hundred_cases_and_more() -> None:
    assert len(identifiers(CASES)) >= 100


@pytest.mark.parametrize("case", CASES, ids=identifiers(CASES))
def test_what_stands_in_a_variable_is_told_or_left_alone_and_nothing_is_changed(place: Place, case: Given) -> None:
    if "SSL_CERT_FILE" in case.variables:
        http._trusted.cache_clear()  # read once in a process, and before any of these
    known = {"{url}": place.world.sandbox.url, "{database}": place.world.database}
    variables = dict(case.variables)
    for mark, value in known.items():
        variables = {name: text.replace(mark, value) for name, text in variables.items()}
    with place.unchanged():
        ended = place.run(*case.line, environ=place.environ(**variables))
    ended.told(case.code, case.says)
    assert SECRET not in ended.said


@pytest.mark.parametrize(
    ("variables", "line", "code", "says"),
    [
        ({"TMPDIR": "/nowhere", "LANG": "xx"}, ("validate",), DONE, "No findings"),
        ({"PYTHONIOENCODING": "ascii"}, FULL, DONE, "Plan:"),
        ({"PYTHONIOENCODING": "latin-1", "COLUMNS": "-1"}, FULL, DONE, "Plan:"),
        ({"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}, FULL, DONE, "Plan:"),
        ({"DATABASE_URL": f"postgresql://{ESCAPE}"}, STATUS, FAILED, "cannot connect"),
    ],
    ids=["no folder for what is temporary", "ASCII alone", "Latin alone", "no language at all", "an escape sequence"],
)
def test_a_process_of_its_own_says_the_same(
    place: Place, variables: dict[str, str], line: tuple[str, ...], code: int, says: str
) -> None:
    with place.unchanged():
        ended = subprocess.run(
            [sys.executable, "-m", "reconciler", *line],
            env=place.environ(**variables),
            cwd=place.folder,
            capture_output=True,
            timeout=60,
        )
    said = (ended.stdout + ended.stderr).decode("utf-8", "replace")
    assert "Traceback" not in said
    assert (ended.returncode, says in said, "\x1b" in said) == (code, True, False), said
