"""Every code that loading gives: from a file that is wrong in one way, with the place (marked §) and the hint."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.load.writing import BAR, FILE, HEAD, HOTEL, ROOMS, WORKSPACE, loaded

CREDENTIALS = """\
kind: Workspace
credentials:
  group: {provider: expedia, sandbox: {api_key: env:KEY}}
"""
LINKS = """\
providers:
  expedia: {property_id: "1"}
  booking.com: {hotel_id: "2"}
"""
SOLD = HOTEL + LINKS + BAR

# code, the file with the place marked, a part of the hint
IN_A_PROPERTY = [
    ("unknown-key", HOTEL + "§seasns: {}\n", "did you mean `seasons`?"),
    ("unknown-key", HEAD + ROOMS.replace("units: 40", "§unit: 40"), "did you mean `units`?"),
    ("unknown-key", SOLD + "    restrictions: {default: {§min_stays: 2}}\n", "did you mean `min_stay`?"),
    ("unknown-key", SOLD + "    restrictions: {§defualt: {min_stay: 2}}\n", "did you mean `default`?"),
    ("unknown-value", HOTEL + "manage: {rates: §maybe}\n", ""),
    ("unknown-value", HOTEL + "manage: {rates: §no}\n", "write false"),
    ("missing-key", HOTEL + "rate_plans:\n  §BAR: {rates: {double: 100.00}}\n", ""),
    ("wrong-type", HOTEL.replace("name: Lisbon Baixa", "name: §5"), "put quotes around it"),
    ("wrong-type", SOLD + "    restrictions: {default: {closed: §yes}}\n", "write true"),
    ("wrong-type", SOLD.replace("100.00", '§"100.00"'), "remove the quotes"),
    ("wrong-type", SOLD.replace("100.00", '§"100,50"'), "after a point: 100.50"),
    ("wrong-type", HOTEL + "rate_plans: §5\n", ""),
    ("unknown-value", SOLD.replace("type: bar", "type: §barr"), "did you mean `bar`?"),
    ("unknown-value", SOLD.replace("kind: Property", "kind: §Propert"), ""),
    ("bad-key", HOTEL + "rate_plans:\n  §B&B: {type: bar}\n", "letters"),
    ("bad-text", HOTEL.replace("name: Lisbon Baixa", 'name: §"a\\nb"'), ""),
    ("bad-uuid", HOTEL.replace("id: 0b9f6a5e-5d0e-4a53-8f8e-2f6d1d0c7a11", "id: §lisbon"), "for instance"),
    ("bad-id", SOLD.replace('property_id: "1"', 'property_id: §"1 2"'), ""),
    ("unquoted-id", SOLD.replace('property_id: "1"', "property_id: §16636843"), '"16636843"'),
    ("unknown-country", HOTEL.replace("country: PT", "country: §pt"), "did you mean `PT`?"),
    ("unknown-currency", HOTEL.replace("currency: EUR", "currency: §eur"), "did you mean `EUR`?"),
    ("unknown-timezone", HOTEL.replace("Europe/Lisbon", "§Europe/Lisbo"), "did you mean `Europe/Lisbon`?"),
    ("unknown-day", HOTEL + "weekend: §[fri, saturday]\n", "sat"),
    ("unknown-day", SOLD.replace("double: 100.00", "double: {default: 100.00, days: {§frid: 120.00}}"), "`fri`"),
    ("out-of-range", HOTEL + "horizon: §5000\n", ""),
    ("out-of-range", HOTEL.replace("units: 40", "units: §-1"), ""),
    ("stay-below-one", SOLD + "    restrictions: {default: {min_stay: §0}}\n", "leave it out"),
    ("bad-guests", SOLD + "    occupancy: {§0: -10%}\n", "1 or more"),
    ("bad-guests", SOLD + "    occupancy: {§9: +10.00}\n", ""),
    ("bad-guests", HEAD + ROOMS.replace("base: 2", "base: §4"), ""),
    ("bad-nights", HEAD + "seasons: {summer: §summer}\n", "2027-06-15"),
    ("no-such-night", HEAD + "seasons: {summer: §2027-02-30}\n", ""),
    ("nights-backwards", HEAD + "seasons: {summer: §2027-06-15..2027-06-14}\n", ""),
    ("nights-or-season", SOLD.replace("double: 100.00", "double: {overrides: {§x: {set: 9.00}}}"), ""),
    ("bad-time", HOTEL + "suspend: {reason: fire, until: §tomorrow}\n", "without an offset"),
    ("unknown-season", SOLD.replace("double: 100.00", "double: {seasons: {§sumer: 9.00}}"), "did you mean `summer`?"),
    (
        "unknown-season",
        SOLD.replace("double: 100.00", "double: {overrides: {x: {season: §sumer, set: 9.00}}}"),
        "summer",
    ),
    (
        "seasons-disagree",
        HEAD
        + ROOMS
        + "seasons: {a: 2027-01-01..2027-01-09, b: 2027-01-09..2027-01-20}\n"
        + "rate_plans: {BAR: {type: bar, rates: {double: {default: 9.00, seasons: {a: 1.00, §b: 2.00}}}}}\n",
        "priority",
    ),
    ("unknown-room", SOLD.replace("suite: 200.00", "§suit: 200.00"), "did you mean `suite`?"),
    ("unknown-room", SOLD.replace("suite: 200.00", "suite: {derive: {from: §doubl}}"), "did you mean `double`?"),
    ("unknown-room", SOLD + "allocation: {§suit: {direct: 1}}\n", "did you mean `suite`?"),
    ("unknown-room", SOLD + "    room_restrictions: {§suit: {min_stay: 2}}\n", "did you mean `suite`?"),
    ("unknown-rate-plan", SOLD + "  NREF: {type: non_refundable, derive: {from: §BAZ}}\n", "did you mean `BAR`?"),
    ("unknown-rate-plan", SOLD + 'mappings: {booking.com: {rate_plans: {§BAZ: "1"}}}\n', "did you mean `BAR`?"),
    ("unknown-cancellation-policy", SOLD + "    cancellation: §flexible\n", "no cancellation policy is named"),
    (
        "unknown-credentials",
        HOTEL + 'providers: {expedia: {property_id: "1", credentials: §groop}}\n',
        "no credentials",
    ),
    (
        "derivation-cycle",
        HOTEL + "rate_plans:\n  A: {type: bar, derive: {from: §B}}\n  B: {type: bar, derive: {from: A}}\n",
        "",
    ),
    (
        "derivation-cycle",
        SOLD.replace(
            "double: 100.00, suite: 200.00", "double: {derive: {from: §suite}}, suite: {derive: {from: double}}"
        ),
        "",
    ),
    ("room-without-price", SOLD.replace(", suite: 200.00", "") + "    rooms: [double, §suite]\n", "add rates"),
    ("room-not-in-plan", SOLD + "    rooms: [double]\n    room_restrictions: {§suite: {min_stay: 2}}\n", ""),
    (
        "room-not-in-plan",
        SOLD + '    rooms: [double]\nmappings: {expedia: {rooms: {suite: "1"}, rate_plans: {BAR: {§suite: "2"}}}}\n',
        "",
    ),
    ("room-not-mapped", SOLD + 'mappings: {expedia: {rate_plans: {BAR: {§suite: "2"}}}}\n', "map the room"),
    ("room-never-created", SOLD + "mappings: {expedia: {rooms: {suite: §create}}}\n", "write its id"),
    ("unknown-provider", HOTEL + '§mappings: {booking.com: {rooms: {suite: "1"}}}\n'.replace("§", ""), ""),
    (
        "id-used-twice",
        HEAD + ROOMS.replace("11e2ab0d-3e7c-4d0e-9a59-0a4f6f6d2202", "§7d3b1f0c-8f0a-4f60-a7a7-0f4d9a7be201"),
        "",
    ),
    ("id-used-twice", SOLD + 'mappings: {expedia: {rooms: {suite: "1", double: §"1"}}}\n', ""),
    (
        "expedia-rate-plan-shared",
        SOLD
        + 'mappings: {expedia: {rooms: {suite: "1", double: "2"}, rate_plans: {BAR: {suite: "3", double: §"3"}}}}\n',
        "providers.expedia.manage",
    ),
    (
        "two-base-plans",
        HOTEL
        + LINKS
        + "rate_plans:\n  A: {type: bar, base: true, rates: {suite: 9.00}}\n  B: {type: bar, base: §true, rates: {suite: 9.00}}\n"
        + 'mappings: {booking.com: {rooms: {suite: "1"}, rate_plans: {A: "2", B: "3"}}}\n',
        "keep one",
    ),
    ("price-not-positive", SOLD.replace("100.00", "§0"), ""),
    ("price-not-positive", SOLD + "  X: {type: bar, derive: §{from: BAR, change: -150.00}}\n", "floor"),
    ("price-not-positive", SOLD + "    occupancy: {1: §-150.00}\n", ""),
    (
        "price-under-floor",
        SOLD + "  X: {type: bar, derive: {from: BAR, floor: 90.00}, rates: {double: §{default: 80.00}}}\n",
        "floor",
    ),
    (
        "price-above-ceiling",
        SOLD + "  X: {type: bar, derive: {from: BAR, ceiling: 300.00}, providers: {expedia: {change: §+110%}}}\n",
        "ceiling",
    ),
    ("floor-above-ceiling", SOLD + "  X: {type: bar, derive: {from: BAR, floor: §90.00, ceiling: 80.00}}\n", ""),
    ("too-many-decimals", SOLD.replace("100.00", "§100.005"), ""),
    ("amount-not-in-currency", SOLD.replace("100.00", "§{USD: 100.00}"), "EUR"),
    ("least-above-most", SOLD + "    §restrictions: {default: {min_stay: 5, max_stay: 4}}\n", ""),
    ("over-allotted", SOLD + "allocation: {§suite: {direct: 3, expedia: 2, booking.com: 2}}\n", "overbooking"),
    (
        "no-units",
        HEAD + "rooms: {§suite: {id: 11e2ab0d-3e7c-4d0e-9a59-0a4f6f6d2202}}\nallocation: {suite: {direct: 1}}\n",
        "",
    ),
    (
        "start-outside-bounds",
        SOLD + "allocation: {suite: {default: {direct: 1, expedia: 1}, mode: dynamic, bounds: {expedia: §2..4}}}\n",
        "widen the bounds, or change the allotment",
    ),
    (
        "least-above-most",
        SOLD + "allocation: {suite: {default: {direct: 1}, mode: dynamic, bounds: {direct: §3..1}}}\n",
        "write 1..3",
    ),
    ("bounds-without-dynamic", SOLD + "allocation: {suite: {default: {direct: 1}, §bounds: {expedia: 1..2}}}\n", ""),
    ("moved-from-itself", SOLD + "  X: {type: bar, moved: {from: §X}, rates: {suite: 1.00}}\n", "leave it out"),
    ("moved-from-another", SOLD + "  X: {type: bar, moved: {from: §BAR}, rates: {suite: 1.00}}\n", "rename it too"),
    (
        "moved-twice",
        SOLD + "  X: {type: bar, moved: {from: Z}, rates: {suite: 1.00}}\n"
        "  Y: {type: bar, moved: {from: §Z}, rates: {suite: 1.00}}\n",
        "",
    ),
    ("odd-number", SOLD.replace("100.00", "§1e2"), "1200.50"),
    ("odd-number", SOLD.replace("100.00", "§0100"), "1200.50"),
    ("odd-number", SOLD.replace("100.00", "§0.1234567890123456"), "15 digits"),
    ("odd-key", SOLD + "  §true: {}\n", "quotes"),
    ("duplicate-key", SOLD + "§name: Other\n", "keep one"),
    ("tag", SOLD.replace("100.00", "§!!float 100.00"), ""),
    ("merge-key", SOLD + "    §<<: {}\n", "_defaults.yaml"),
    ("unknown-alias", SOLD.replace("100.00", "§*nowhere"), "quote"),
    ("multiple-documents", SOLD + "§---\nkind: Property\n", "---"),
    ("directive", "%YAML 1.1\n§---\n" + SOLD, ""),
    ("tab", SOLD + "a:\n§\tb: 1\n", "spaces"),
    ("control-character", SOLD + "# §\u202e\n", "remove"),
    ("yaml-syntax", SOLD + "a: b§: c\n", "colon"),
    ("too-deep", HEAD + "rooms: " + "{a: " * 23 + "{§a: {}}" + "}" * 23 + "\n", ""),
    ("not-a-document", "§", "kind"),
    ("not-a-document", "§- 1\n", "kind"),
]

IN_THE_WORKSPACE = [
    ("plaintext-secret", CREDENTIALS.replace("env:KEY", "§hunter2"), "env:"),
    ("plaintext-secret", "kind: Workspace\nenvironments: {x: {database: §postgresql://me:pw@db/x}}\n", "env:"),
    (
        "plaintext-secret",
        "kind: Workspace\nproviders: {expedia: {endpoints: {local: §http://me:pw@localhost}}}\n",
        "remove",
    ),
    ("bad-reference", CREDENTIALS.replace("env:KEY", "§env:NOT A NAME"), "env:"),
    ("unknown-key", CREDENTIALS.replace("api_key", "§partner_id"), "api_key"),
    ("unknown-value", CREDENTIALS.replace("expedia", "§expdia"), "did you mean `expedia`?"),
    ("bad-cron", 'kind: Workspace\nschedules: {rate_sync: {cron: §"61 * * * *"}}\n', "*/15"),
    ("bad-url", "kind: Workspace\nproviders: {expedia: {endpoints: {local: §localhost}}}\n", ""),
    ("unknown-value", "kind: Workspace\nschedules: {§rates_sync: {cron: '* * * * *'}}\n", "rate_sync"),
    ("unknown-key", "kind: Workspace\npolicies: {§rate_stap: {}}\n", "rate_step"),
    (
        "unknown-key",
        "kind: Workspace\npolicies: {freeze: {a: {from: 2027-01-01, until: 2027-01-02, §kind: [rates]}}}\n",
        "`kinds`",
    ),
    ("unknown-value", "kind: Workspace\npolicies: {rate_parity: {scope: §wild}}\n", "`wide`"),
    ("unknown-value", "kind: Workspace\npolicies: {rate_parity: {markets: {DE: §narow}}}\n", "`narrow`"),
    ("unknown-key", "kind: Workspace\npolicies: {rate_parity: {markets: {DE: {§expdia: none}}}}\n", "`expedia`"),
    ("unknown-country", "kind: Workspace\npolicies: {rate_parity: {markets: {§de: none}}}\n", "`DE`"),
    ("unknown-currency", "kind: Workspace\npolicies: {rate_bounds: {floor: {§eur: 60}}}\n", "`EUR`"),
    ("too-many-decimals", "kind: Workspace\npolicies: {rate_bounds: {floor: {JPY: §60.50}}}\n", ""),
    (
        "floor-above-ceiling",
        "kind: Workspace\npolicies: {rate_bounds: {overrides: {a: {floor: {EUR: §9.00}, ceiling: {EUR: 8.00}}}}}\n",
        "",
    ),
    ("unknown-value", "kind: Workspace\npolicies: {blast_radius: {allow: [§booked]}}\n", "booked_nights"),
    ("wrong-type", "kind: Workspace\npolicies: {rate_step: {percent: §40%}}\n", "write 40"),
    ("out-of-range", "kind: Workspace\npolicies: {rate_step: {percent: §0}}\n", ""),
    ("unknown-value", "kind: Workspace\npolicies: {coverage: {severity: §fatal}}\n", ""),
    (
        "window-backwards",
        "kind: Workspace\npolicies: {freeze: {a: {from: 2027-01-02T00:00, until: §2027-01-02T00:00}}}\n",
        "",
    ),
    (
        "bad-expression",
        'kind: Workspace\npolicies: {custom: {a: {when: §"rom == 1", message: m}}}\n',
        "did you mean `room`?",
    ),
    ("missing-key", 'kind: Workspace\npolicies: {custom: {§a: {when: "true"}}}\n', ""),
    ("wrong-type", "kind: Workspace\ntransport: {timeout: §30}\n", ""),
]


def marked(text: str) -> tuple[str, int, int]:
    """The text without its mark, and line and column of the mark."""
    before, _, behind = text.partition("§")
    return before + behind, before.count("\n") + 1, len(before) - before.rfind("\n")


@pytest.mark.parametrize(("code", "text", "hint"), IN_A_PROPERTY)
def test_a_property_that_is_wrong_is_told_so_at_its_place(tmp_path: Path, code: str, text: str, hint: str) -> None:
    clean, line, column = marked(text)
    found = loaded(tmp_path, {FILE: clean}).diagnostics
    errors = [one for one in found if one.severity == "error"]
    assert [one.code for one in errors] == [code]
    if "§" in text:
        assert (errors[0].file, errors[0].line, errors[0].column) == (FILE, line, column)
    assert hint in errors[0].hint


@pytest.mark.parametrize(("code", "text", "hint"), IN_THE_WORKSPACE)
def test_a_workspace_that_is_wrong_is_told_so_at_its_place(tmp_path: Path, code: str, text: str, hint: str) -> None:
    clean, line, column = marked(text)
    (error,) = loaded(tmp_path, {"reconciler.yaml": clean}).diagnostics
    assert (error.code, error.file, error.line, error.column) == (code, "reconciler.yaml", line, column)
    assert hint in error.hint


def test_a_plaintext_secret_is_never_repeated(tmp_path: Path) -> None:
    text = CREDENTIALS.replace("env:KEY", "hunter2")
    assert "hunter2" not in str(loaded(tmp_path, {"reconciler.yaml": text}).diagnostics)


def test_all_problems_of_all_files_come_in_one_go(tmp_path: Path) -> None:
    wrong = SOLD.replace("100.00", "1e2").replace("country: PT", "country: PX").replace("units: 40", "unit: 40")
    wrong += "    restrictions: {seasons: {winter: {min_stay: 2}}}\nname: Twice\n"
    found = loaded(
        tmp_path,
        {FILE: wrong, "properties/other.yaml": "kind: Property\n", "reconciler.yaml": WORKSPACE + "plan_ttl: 5\n"},
    )
    assert [(one.file, one.code) for one in found.diagnostics] == [
        ("properties/lisbon.yaml", "unknown-country"),
        ("properties/lisbon.yaml", "unknown-key"),
        ("properties/lisbon.yaml", "odd-number"),
        ("properties/lisbon.yaml", "unknown-season"),
        ("properties/lisbon.yaml", "duplicate-key"),
        *[("properties/other.yaml", "missing-key")] * 5,
        ("reconciler.yaml", "wrong-type"),
    ]
    assert found.properties == ()


FILES: list[tuple[str, dict[str, str], str]] = [
    ("file-name", {"properties/Lisbon.yaml": SOLD}, "properties/Lisbon.yaml"),
    ("file-name", {"properties/lisbon.yml": SOLD}, "properties/lisbon.yml"),
    (
        "slug-used-twice",
        {"properties/a/lisbon.yaml": SOLD, "properties/b/lisbon.yaml": SOLD},
        "properties/b/lisbon.yaml",
    ),
]


@pytest.mark.parametrize(("code", "files", "where"), FILES)
def test_files_that_cannot_be_properties_are_told_so(
    tmp_path: Path, code: str, files: dict[str, str], where: str
) -> None:
    assert [(one.code, one.file) for one in loaded(tmp_path, files).diagnostics] == [(code, where)]


def test_a_symbolic_link_is_not_followed(tmp_path: Path) -> None:
    outside = tmp_path / "outside.yaml"
    outside.write_text(SOLD)
    (tmp_path / "properties").mkdir()
    (tmp_path / FILE).symlink_to(outside)
    found = loaded(tmp_path, {})
    assert [one.code for one in found.diagnostics] == ["symlink"]
    assert found.properties == ()


def test_bytes_that_are_no_text_and_files_that_are_too_large_are_refused(tmp_path: Path) -> None:
    loaded(tmp_path, {"properties/large.yaml": "# " + "x" * 1024 * 1024})
    (tmp_path / "properties/latin.yaml").write_bytes(b"kind: Property\nname: M\xfcnchen\n")
    found = loaded(tmp_path, {})
    assert [(one.code, one.line, one.column) for one in found.diagnostics] == [("too-large", 1, 1), ("not-utf-8", 2, 8)]


def test_a_folder_without_a_workspace_is_none(tmp_path: Path) -> None:
    write_only = tmp_path / "empty"
    write_only.mkdir()
    found = loaded(tmp_path, {"reconciler.yaml": WORKSPACE})
    assert found.diagnostics == ()
    (tmp_path / "reconciler.yaml").unlink()
    from reconciler import load
    from tests.load.writing import NOW

    assert [one.code for one in load.workspace(tmp_path, now=NOW).diagnostics] == ["no-workspace"]


def test_alias_bombs_stop_before_they_go_off(tmp_path: Path) -> None:
    lines = ["a0: &a0 [1, 1, 1, 1, 1, 1, 1, 1, 1, 1]"]
    lines += [f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 10)}]" for i in range(1, 9)]
    assert [one.code for one in loaded(tmp_path, {FILE: "\n".join(lines)}).diagnostics] == ["too-many-values"]
    anchors = "\n".join(f"a{i}: &a{i} 1" for i in range(101))
    assert [one.code for one in loaded(tmp_path, {FILE: anchors}).diagnostics] == ["too-many-anchors"]


def test_credentials_for_another_provider_are_refused(tmp_path: Path) -> None:
    text = HOTEL + 'providers: {booking.com: {hotel_id: "1", credentials: group}}\n'
    (error,) = loaded(tmp_path, {FILE: text, "reconciler.yaml": CREDENTIALS}).diagnostics
    assert (error.code, error.line) == ("wrong-credentials", text.count("\n"))


def test_amounts_above_hotels_of_two_currencies_need_one_each(tmp_path: Path) -> None:
    files = {
        "properties/_defaults.yaml": "kind: Defaults\nrate_plans: {BB: {derive: {change: 25.00}}}\n",
        "properties/one.yaml": HEAD,
        "properties/two.yaml": HEAD.replace("EUR", "USD").replace("0b9f6a5e", "1b9f6a5e"),
    }
    found = [one for one in loaded(tmp_path, files).diagnostics if one.code != "missing-key"]
    assert [(one.code, one.file, one.line, one.column) for one in found] == [
        ("amount-without-currency", "properties/_defaults.yaml", 2, 36)
    ]
    assert found[0].hint == "write {EUR: ..., USD: ...}"


def test_a_hotel_at_bookingcom_is_in_one_environment(tmp_path: Path) -> None:
    workspace = (
        "kind: Workspace\nenvironments:\n  staging: {endpoints: sandbox}\n"
        "  production: {endpoints: production, test_mode: false}\n"
    )
    text = HEAD + 'providers: {booking.com: {hotel_id: "1"}}\n'
    (error,) = loaded(tmp_path, {FILE: text, "reconciler.yaml": workspace}).diagnostics
    assert (error.code, error.line, error.column) == ("hotel-in-two-environments", 7, 37)


def test_an_override_with_wrong_nights_is_told_once(tmp_path: Path) -> None:
    calendar = "{default: 100.00, overrides: {fair: {nights: 2027-02-30, set: 9.00}}}"
    found = loaded(tmp_path, {FILE: SOLD.replace("100.00", calendar)}).diagnostics
    assert [one.code for one in found] == ["no-such-night"]


def test_names_that_are_asked_for_and_unknown_are_told(tmp_path: Path) -> None:
    from reconciler import load
    from tests.load.writing import NOW, write

    root = write(tmp_path, {FILE: HEAD})
    found = load.workspace(root, now=NOW, environment="prodution", only=["lisbn"])
    assert {one.code for one in found.diagnostics} == {"unknown-environment", "unknown-property"}
    assert any("did you mean `lisbon`?" in one.hint for one in found.diagnostics)


def test_a_plan_without_prices_is_a_warning(tmp_path: Path) -> None:
    found = loaded(tmp_path, {FILE: HOTEL + "rate_plans: {BAR: {type: bar}}\n"})
    assert [(one.code, one.severity) for one in found.diagnostics] == [("plan-without-prices", "warning")]
    assert len(found.properties) == 1
