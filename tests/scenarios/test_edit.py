"""`fmt`, `edit` and `export`: many files at a time, comments kept, nothing written that is wrong."""

from __future__ import annotations

import contextlib
import io
import shutil
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reconciler.cli.app import execute
from reconciler.load import Loaded, workspace
from reconciler.load.editing import Signed
from reconciler.model.property import DIRECT
from reconciler.runtime.importing import Imported
from tests.scenarios.world import Result

ROOT = Path(__file__).resolve().parents[2]
LISBON = "properties/iberia/lisbon-baixa.yaml"
AS_OF = datetime(2026, 11, 26, 9, tzinfo=UTC)
HEADER = "property,room,rate_plan,from,through,days,price\n"


def copied(folder: Path) -> Path:
    for name in ("reconciler.yaml", "properties"):
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
        copy(ROOT / name, folder / name)
    return folder


@pytest.fixture
def group(tmp_path: Path) -> Path:
    return copied(tmp_path)


def run(folder: Path, *arguments: str) -> Result:
    out, err = io.StringIO(), io.StringIO()
    dated = [] if arguments[0] == "fmt" else ["--as-of", AS_OF.isoformat()]
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = execute([*arguments, *dated, "--workspace", str(folder)])
    return Result(code, out.getvalue(), err.getvalue())


def done(folder: Path, *arguments: str) -> Result:
    result = run(folder, *arguments)
    assert result.code == 0, result.out + result.err
    return result


def texts(folder: Path) -> dict[str, str]:
    return {path.relative_to(folder).as_posix(): path.read_text() for path in sorted(folder.rglob("*.yaml"))}


def loaded(folder: Path) -> Loaded:
    found = workspace(folder, now=AS_OF)
    assert [d for d in found.diagnostics if d.severity == "error"] == []
    return found


def price(folder: Path, night: str, room: str = "double", plan: str = "BAR") -> str:
    hotel = next(hotel for hotel in loaded(folder).properties if hotel.slug == "lisbon-baixa")
    found = hotel.rate_plans[plan].prices[room, DIRECT].at(date.fromisoformat(night))
    assert found is not None
    return str(found.amount)


def csv(folder: Path, *rows: str, header: str = HEADER) -> str:
    (folder / "prices.csv").write_text(header + "".join(f"{row}\n" for row in rows), encoding="utf-8")
    return str(folder / "prices.csv")


# --- fmt


def test_the_workspace_of_this_project_is_laid_out_as_fmt_does_it() -> None:
    assert run(ROOT, "fmt", "--check").code == 0


def test_check_names_what_is_not_laid_out_so_and_writes_nothing(group: Path) -> None:
    (group / LISBON).write_text(
        (group / LISBON).read_text().replace("name: Lisbon Baixa", "name:    Lisbon Baixa # ours")
    )
    before = texts(group)
    checked = run(group, "fmt", "--check", "--diff")
    assert (checked.code, texts(group)) == (1, before)
    assert f"{LISBON} is not laid out so" in checked.out
    assert "+name: Lisbon Baixa  # ours" in checked.out
    done(group, "fmt", LISBON)
    assert "name: Lisbon Baixa  # ours\n" in (group / LISBON).read_text()
    assert run(group, "fmt", "--check").code == 0


def test_a_file_that_cannot_be_read_is_told_and_the_others_are_laid_out(group: Path) -> None:
    (group / LISBON).write_text("kind: Property\nname: [\n")
    porto = group / "properties/iberia/porto-ribeira.yaml"
    porto.write_text(porto.read_text().replace("horizon: ", "horizon:   "))
    result = run(group, "fmt")
    assert result.code == 1
    assert "yaml-syntax" in result.out
    assert "horizon:   " not in porto.read_text()
    assert (group / LISBON).read_text() == "kind: Property\nname: [\n"


def test_line_ends_of_other_systems_become_the_usual_ones(group: Path) -> None:
    text = (group / LISBON).read_text()
    (group / LISBON).write_bytes(text.replace("\n", "\r\n").encode())
    done(group, "fmt")
    assert (group / LISBON).read_bytes() == text.encode()


# --- prices from a spreadsheet


def test_what_export_wrote_changes_nothing_when_it_is_read_back(group: Path) -> None:
    before = texts(group)
    done(group, "export", "rates", "--csv", str(group / "prices.csv"))
    result = done(group, "edit", "rates", "--csv", str(group / "prices.csv"))
    assert texts(group) == before
    assert "0 files changed" in result.err
    done(group, "export", "rates", "--derived", "--csv", str(group / "prices.csv"))
    done(group, "edit", "rates", "--csv", str(group / "prices.csv"))
    assert texts(group) == before


def test_a_row_is_the_price_of_exactly_its_nights_and_what_follows_follows(group: Path) -> None:
    (group / LISBON).write_text(
        (group / LISBON).read_text().replace("  NREF:\n    name", "  # Prepaid.\n  NREF:\n    name")
    )
    done(group, "edit", "rates", "--csv", csv(group, "lisbon-baixa,double,BAR,2027-01-11,2027-01-17,fri sat,222.00"))
    assert [price(group, f"2027-01-{day}") for day in (14, 15, 16, 17)] == ["99.00", "222.00", "222.00", "99.00"]
    assert price(group, "2027-01-15", plan="NREF") == "188.00"
    assert price(group, "2027-01-15", room="family") == "267.00"
    text = (group / LISBON).read_text()
    assert "csv-2027-01-15: {nights: 2027-01-15..2027-01-16, set: 222.00}" in text
    assert "  # Prepaid.\n  NREF:\n" in text


def test_a_later_spreadsheet_takes_the_place_of_an_earlier_one(group: Path) -> None:
    done(group, "edit", "rates", "--csv", csv(group, "lisbon-baixa,double,BAR,2027-01-11,2027-01-17,,222.00"))
    done(group, "edit", "rates", "--csv", csv(group, "lisbon-baixa,double,BAR,2027-01-11,2027-01-31,,230.00"))
    text = (group / LISBON).read_text()
    assert text.count("csv-") == 1
    assert "222.00" not in text
    assert [price(group, f"2027-01-{day}") for day in (11, 31)] == ["230.00", "230.00"]


def test_rows_for_a_plan_and_for_one_made_from_it_both_hold(group: Path) -> None:
    rows = (
        "lisbon-baixa,double,BAR,2027-01-11,2027-01-12,,222.00",
        "lisbon-baixa,double,NREF,2027-01-11,2027-01-11,,150.00",
    )
    done(group, "edit", "rates", "--csv", csv(group, *rows))
    assert (price(group, "2027-01-11"), price(group, "2027-01-11", plan="NREF")) == ("222.00", "150.00")
    assert price(group, "2027-01-12", plan="NREF") == "188.00"


NIGHTS = st.integers(0, 450).map(lambda after: AS_OF.date() + timedelta(days=after))
ROWS = st.lists(
    st.tuples(
        st.sampled_from([("double", "BAR"), ("family", "BAR"), ("suite", "BAR"), ("double", "NREF"), ("suite", "BB")]),
        NIGHTS,
        st.integers(1, 40),
        st.sampled_from(["", "fri sat", "mon", "tue wed thu"]),
        st.integers(8000, 99900).map(lambda cents: Decimal(cents) / 100),
    ),
    min_size=1,
    max_size=4,
    unique_by=lambda row: row[0],
)


@settings(max_examples=8, deadline=None)
@given(ROWS)
def test_any_price_of_a_spreadsheet_comes_out_as_exactly_that_price(
    rows: list[tuple[tuple[str, str], date, int, str, Decimal]],
) -> None:
    with TemporaryDirectory() as name:
        folder = copied(Path(name))
        for other in (folder / "properties").rglob("*.yaml"):
            if other.name != Path(LISBON).name:
                other.unlink()
        lines = [
            f"lisbon-baixa,{room},{plan},{start},{start + timedelta(days=nights - 1)},{days},{amount}"
            for (room, plan), start, nights, days, amount in rows
        ]
        done(folder, "edit", "rates", "--csv", csv(folder, *lines))
        hotel = next(hotel for hotel in loaded(folder).properties if hotel.slug == "lisbon-baixa")
        for (room, plan), start, nights, days, amount in rows:
            prices = hotel.rate_plans[plan].prices[room, DIRECT]
            for after in range(nights):
                night = start + timedelta(days=after)
                if not days or night.strftime("%a").lower() in days:
                    found = prices.at(night)
                    assert found is not None and found.amount == amount
        written = texts(folder)
        done(folder, "edit", "rates", "--csv", csv(folder, *lines))
        assert texts(folder) == written
        assert run(folder, "fmt", "--check").code == 0


@pytest.mark.parametrize(
    ("rows", "header", "told"),
    [
        (
            ["lisbn,double,BAR,2027-01-11,2027-01-12,,1"],
            HEADER,
            "prices.csv:2:1: error[bad-csv]: there is no property `lisbn`",
        ),
        (["lisbon-baixa,double,BRA,2027-01-11,2027-01-12,,1"], HEADER, "did you mean `BAR`?"),
        (["lisbon-baixa,family,BB,2027-01-11,2027-01-12,,1"], HEADER, "`BB` is not for room `family`"),
        (
            ["lisbon-baixa,double,BAR,2027-02-30,2027-03-12,,1"],
            HEADER,
            "prices.csv:2:25: error[bad-csv]: from: `2027-02-30`",
        ),
        (["lisbon-baixa,double,BAR,11/01/2027,2027-03-12,,1"], HEADER, "write it as 2027-06-15"),
        (["lisbon-baixa,double,BAR,2027-01-12,2027-01-11,,1"], HEADER, "2027-01-11 is before 2027-01-12"),
        (["lisbon-baixa,double,BAR,2027-01-12,2037-01-11,,1"], HEADER, "more than 1,100 nights"),
        (["lisbon-baixa,double,BAR,2027-01-11,2027-01-12,fr,1"], HEADER, "`fr` is not a day"),
        (["lisbon-baixa,double,BAR,2027-01-11,2027-01-12,,0.00"], HEADER, "`0.00` is not a price"),
        (["lisbon-baixa,double,BAR,2027-01-11,2027-01-12,,1.234"], HEADER, "more decimals than EUR"),
        (['lisbon-baixa,double,BAR,2027-01-11,2027-01-12,,"1,234.00"'], HEADER, "nothing between thousands"),
        (["lisbon-baixa,double,BAR,2027-01-11,2027-01-12,,185,00"], HEADER, "more cells than columns"),
        (["lisbon-baixa,double,,2027-01-11,2027-01-12,,1"], HEADER, "rate_plan: nothing is written here"),
        (
            ["lisbon-baixa,double,BAR,2027-01-11,2027-01-12,,1"] * 1,
            HEADER.replace("price", "prize"),
            "did you mean `price`?",
        ),
        ([], HEADER.replace(",price", ""), "no column `price`"),
        ([], HEADER.replace("days", "room"), "two columns are called `room`"),
        (
            [
                "lisbon-baixa,double,BAR,2027-01-11,2027-01-12,,150",
                "lisbon-baixa,double,BAR,2027-01-12,2027-01-13,,160",
            ],
            HEADER,
            "2027-01-12 has the price 160 here and 150 in line 2",
        ),
        (["lisbon-baixa,double,LONG,2027-01-11,2027-01-12,,60.00"], HEADER, "error[price-under-floor]"),
    ],
)
def test_a_bad_spreadsheet_is_refused_whole_with_line_and_reason(
    group: Path, rows: list[str], header: str, told: str
) -> None:
    before = texts(group)
    good = "porto-ribeira,queen,BAR,2027-01-11,2027-01-12,,150.00"
    result = run(group, "edit", "rates", "--csv", csv(group, *rows, good, header=header))
    assert result.code == 1
    assert told in result.err, result.err
    assert texts(group) == before


def test_a_spreadsheet_with_semicolons_has_decimal_commas_and_a_byte_order_mark(group: Path) -> None:
    row = "lisbon-baixa;double;BAR;2027-01-11 00:00:00;2027-01-11;222,50\n"
    (group / "p.csv").write_text("\ufeffProperty;Room;Rate_Plan;From;Through;Price\n" + row, encoding="utf-8")
    done(group, "edit", "rates", "--csv", str(group / "p.csv"))
    assert price(group, "2027-01-11") == "222.50"


def test_a_dry_run_shows_the_lines_and_writes_nothing(group: Path) -> None:
    before = texts(group)
    shown = done(
        group,
        "edit",
        "rates",
        "--dry-run",
        "--csv",
        csv(group, "lisbon-baixa,double,BAR,2027-01-11,2027-01-11,,222.00"),
    )
    assert "+          csv-2027-01-11: {nights: 2027-01-11, set: 222.00}" in shown.out
    assert texts(group) == before


# --- other edits


FLASH = """
# A weekend offer.
rate_plans:
  FLASH:
    name: Flash Sale
    type: last_minute
    derive: {from: BAR, change: -20%}
    on_unsupported: skip
"""


def test_a_plan_goes_to_every_hotel_of_a_group_and_is_mapped_to_be_made(group: Path) -> None:
    (group / "flash.yaml").write_text(FLASH)
    done(
        group,
        "edit",
        "add",
        str(group / "flash.yaml"),
        "--create",
        "--property",
        "iberia/lisbon*",
        "--property",
        "porto-ribeira",
    )
    found = {hotel.slug: hotel for hotel in loaded(group).properties}
    assert {slug for slug, hotel in found.items() if "FLASH" in hotel.rate_plans} == {"lisbon-baixa", "porto-ribeira"}
    plans = found["lisbon-baixa"].mappings["booking.com"].plans
    assert {id_ for (_, plan), id_ in plans.items() if plan == "FLASH"} == {"create"}
    assert price(group, "2027-04-14", plan="FLASH") == "96.00"


def test_what_says_something_else_is_replaced_only_on_purpose(group: Path) -> None:
    (group / "flash.yaml").write_text("rate_plans: {LONG: {type: long_stay, derive: {from: BAR, change: -30%}}}\n")
    before = texts(group)
    refused = run(group, "edit", "add", str(group / "flash.yaml"), "--property", "lisbon-baixa")
    assert (refused.code, texts(group)) == (64, before)
    assert "--replace" in refused.err
    done(group, "edit", "add", str(group / "flash.yaml"), "--property", "lisbon-baixa", "--replace")
    assert price(group, "2027-04-14", plan="LONG") == "84.00"


def test_a_value_is_set_and_taken_away_for_many(group: Path) -> None:
    done(group, "edit", "set", "providers/booking.com/commission", "16.5%", "--property", "iberia/**")
    found = {hotel.slug: hotel.providers for hotel in loaded(group).properties}
    assert found["lisbon-baixa"]["booking.com"].commission == Decimal("16.5")
    assert found["edinburgh-old-town"]["booking.com"].commission == Decimal(16)
    done(group, "edit", "remove", "providers/booking.com/commission", "--property", "lisbon-baixa")
    assert {h.slug: h for h in loaded(group).properties}["lisbon-baixa"].providers["booking.com"].commission is None


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        (["set", "rate_plans/BAR/restrictions/default/min_stay", "0"], 1, "stay-below-one"),
        (["remove", "rate_plans/BAR"], 1, "unknown-rate-plan"),
        (["set", "name/first", "x"], 64, "`name` is a value"),
        (["set", "horizon", "[1"], 64, "is not a value"),
        (["set", "/", "1"], 64, "is not a path"),
        (["set", "horizon", "365", "--property", "lisbon-baixo"], 64, "did you mean"),
        (["set", "rate_plans/BAR/nmae", "x"], 1, "did you mean `name`?"),
    ],
)
def test_an_edit_that_would_bring_an_error_writes_nothing(
    group: Path, arguments: list[str], code: int, told: str
) -> None:
    before = texts(group)
    result = run(group, "edit", *arguments)
    assert (result.code, texts(group)) == (code, before)
    assert told in result.err


def test_what_import_writes_is_laid_out_so(tmp_path: Path) -> None:
    """A document of an import, with its comments and changes of prices by guests."""
    document = {
        "kind": "Property",
        "id": "0b9f6a5e-5d0e-4a53-8f8e-2f6d1d0c7a11",
        "name": "Bed & Breakfast, 2nd floor",
        "country": "NO",
        "currency": "NOK",
        "timezone": "Europe/Oslo",
        "providers": {"expedia": {"property_id": "16636843"}},
        "rooms": {
            "double": {
                "id": "7d3b1f0c-8f0a-4f60-a7a7-0f4d9a7be201",
                "name": "Double: sea",
                "units": 3,
                "occupancy": {"base": 2, "max": 3},
            }
        },
        "rate_plans": {
            "BAR": {
                "type": "bar",
                "occupancy": {"1": "-10%", "3": Signed("25.00")},
                "rates": {"double": Decimal("99.50")},
            }
        },
    }
    text = Imported("x", document, {("expedia", "rates"): "cannot be read there"}).text("properties/x.yaml")
    (tmp_path / "reconciler.yaml").write_text(
        "# yaml-language-server: $schema=schemas/workspace.json\nkind: Workspace\n"
    )
    (tmp_path / "properties").mkdir()
    (tmp_path / "properties" / "x.yaml").write_text(text)
    assert run(tmp_path, "fmt", "--check").code == 0
    assert "# rates: cannot be read there" in text
    assert 'country: "NO"' in text or "country: NO" in text
    assert "3: +25.00" in text
    assert loaded(tmp_path).properties[0].name == "Bed & Breakfast, 2nd floor"
