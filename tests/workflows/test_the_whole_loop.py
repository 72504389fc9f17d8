"""Pull request, comment, merge, apply, drift: with the workflow files themselves, every step run for real."""

from __future__ import annotations

from tests.workflows.conftest import FILE, Repository


def test_from_pull_request_to_drift(repository: Repository) -> None:
    one = repository.propose(7, "default: 120.00", "default: 125.00")
    ran = repository.plan(7)
    assert ran.ok, ran.log
    assert ran.names == [
        "Check out the default branch", "Set up Python", "Install", "Plan", "Keep the plan and its report", "Show findings in the files",
    ]  # fmt: skip
    comment = repository.comment(7)
    assert "120.00 → 125.00" in comment
    assert repository.host.check(one.head, "reconciler/production")["state"] == "success"

    merged = repository.merge(7)
    ran = repository.apply()
    assert ran.ok, ran.log
    assert "Find the plan that was reviewed" in ran.names
    assert "applied." in repository.comment(7, "apply")
    assert repository.host.check(merged, "reconciler/production/apply")["state"] == "success"
    assert repository.world.addresses() == []
    (summary,) = repository.world.rows("SELECT summary FROM reconciler.runs ORDER BY started_at DESC LIMIT 1")
    assert summary[0]["change"] == "acme/hotels#7"

    ran = repository.run("drift", "schedule")
    assert ran.ok, ran.log
    assert "No drift." in ran.summary


def test_five_updates_leave_one_comment(repository: Repository) -> None:
    for number, price in enumerate(("121.00", "122.00", "123.00", "124.00", "125.00")):
        before = "120.00" if number == 0 else f"12{number}.00"
        repository.propose(7, f"default: {before}", f"default: {price}")
        assert repository.plan(7).ok
    assert "120.00 → 125.00" in repository.comment(7)
    assert len(repository.host.comments) == 1
    assert FILE
