"""Pull request, comment, merge, apply, drift: with the workflow files themselves, every step run for real."""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from tests.workflows.conftest import FILE, PLAIN, Repository
from tests.workflows.standin import Run

CHEAPER = ("default: 120.00", "default: 125.00")


def loop(repository: Repository) -> None:
    repository.forge.installs = True
    one = repository.propose(7, *CHEAPER)
    ran = repository.plan(7)
    assert ran.ok, ran.log
    assert ran.names == [
        "Check out the default branch", "Set up Python", "Install", "Plan", "Keep the plan and its report", "Show findings in the files",
    ]  # fmt: skip
    comment = repository.comment(7)
    assert "120.00 → 125.00" in comment
    assert "prices rise on" in comment
    assert repository.host.check(one.head, "reconciler/production")["state"] == "success"

    merged = repository.merge(7)
    ran = repository.apply()
    assert ran.ok, ran.log
    assert "Bring the plan that was reviewed" in ran.names
    assert "applied." in repository.comment(7, "apply")
    assert repository.host.check(merged, "reconciler/production/apply")["state"] == "success"
    assert repository.world.addresses() == []
    (summary,) = repository.world.rows("SELECT summary FROM reconciler.runs ORDER BY started_at DESC LIMIT 1")
    assert summary[0]["change"] == "acme/hotels#7"

    ran = repository.run("drift", "schedule")
    assert ran.ok, ran.log
    assert "No drift." in ran.summary
    assert "Keep the snapshot" in ran.names


def test_from_pull_request_to_drift_as_init_lays_it_out(repository: Repository) -> None:
    loop(repository)


def test_from_pull_request_to_drift_as_this_repository_does_it(own_repository: Repository) -> None:
    loop(own_repository)


def test_five_updates_leave_one_comment(repository: Repository) -> None:
    for number, price in enumerate(("121.00", "122.00", "123.00", "124.00", "125.00")):
        before = "120.00" if number == 0 else f"12{number}.00"
        repository.propose(7, f"default: {before}", f"default: {price}")
        assert repository.plan(7).ok
    assert "120.00 → 125.00" in repository.comment(7)
    assert len(repository.host.comments) == 1


def test_bad_files_are_told_with_their_lines(repository: Repository) -> None:
    one = repository.propose(7, "type: bar", "type: baar")
    ran = repository.plan(7)
    assert [step.code for step in ran.steps if step.name == "Plan"] == [1]
    assert f"`{FILE}:" in repository.comment(7)
    assert repository.host.check(one.head, "reconciler/production")["state"] == "failure"
    repository.merge(7)
    ran = repository.apply()
    assert "no plan could be made of the change" in ran.log


def test_what_was_merged_and_changed_again_is_not_brought_back_by_a_run_that_is_made_again(
    repository: Repository,
) -> None:
    repository.propose(7, *CHEAPER)
    assert repository.plan(7).ok
    older = repository.merge(7)
    repository.propose(8, "default: 125.00", "default: 120.00")
    repository.merge(8)  # takes it back before it was ever applied
    repository.git("checkout", "--quiet", older)
    payload: dict[str, object] = {}
    ran = repository.forge.run(repository.folder / ".github/workflows/apply.yml", "push", payload, older)
    assert not ran.ok
    assert "main says otherwise by now" in repository.comment(7, "apply")
    repository.git("checkout", "--quiet", "main")
    assert repository.world.addresses() == []


def test_two_that_were_merged_one_after_the_other_are_applied_each_by_its_own_run(repository: Repository) -> None:
    repository.propose(7, *CHEAPER)
    repository.propose(8, "min_stay: 1", "min_stay: 2")
    assert repository.plan(7).ok
    assert repository.plan(8).ok
    older, newer = repository.merge(7), repository.merge(8)
    for commit in (older, newer):
        ran = repository.forge.run(repository.folder / ".github/workflows/apply.yml", "push", {}, commit)
        assert ran.ok, ran.log
    assert repository.world.addresses() == []


def test_what_anybody_comments_after_the_merge_changes_nothing_of_what_was_reviewed(repository: Repository) -> None:
    repository.propose(7, *CHEAPER)
    assert repository.plan(7).ok
    comment = repository.comment(7)
    repository.merge(7)
    ran = repository.say(7, "mallory", "/reconciler plan")
    assert "#7 is decided on" in ran.log
    assert repository.comment(7) == comment
    assert repository.apply().ok


def test_a_pull_request_for_another_branch_is_left_alone(repository: Repository) -> None:
    repository.propose(7, *CHEAPER, onto="next")
    ran = repository.plan(7)
    assert ran.ok, ran.log
    assert "is for another branch than main" in ran.log
    assert repository.host.comments == []


def test_a_change_that_concerns_no_hotel_is_no_noise(repository: Repository) -> None:
    one = repository.propose(7)
    assert repository.plan(7).ok
    assert repository.host.comments == []
    assert repository.host.check(one.head, "reconciler/production")["state"] == "success"
    repository.merge(7)
    assert repository.apply().ok
    assert repository.host.comments == []


def test_a_commit_without_a_pull_request_applies_nothing(repository: Repository) -> None:
    repository.world.edit(FILE, *CHEAPER)
    repository.git("commit", "--quiet", "--all", "--message=straight to main")
    repository.git("push", "--quiet", "origin", "main")
    ran = repository.apply()
    assert ran.ok, ran.log
    assert "nothing was reviewed, so nothing is applied" in ran.log
    assert repository.world.addresses() != []


def test_a_failed_apply_stays_visible_and_is_made_again_without_a_new_pull_request(repository: Repository) -> None:
    repository.propose(7, *CHEAPER)
    assert repository.plan(7).ok
    merged = repository.merge(7)
    admin = repository.world.sandbox.admin
    admin.fault("status", {"provider": "booking.com", "operation": "ota_rates", "times": 0}, status=500)
    admin.fault("status", {"provider": "expedia", "operation": "ar", "times": 0}, status=500)
    ran = repository.apply()
    assert not ran.ok
    assert "failed" in repository.comment(7, "apply")
    assert repository.host.check(merged, "reconciler/production/apply")["state"] == "failure"
    admin.clear_faults()
    ran = repository.run("drift", "schedule")
    assert "changed in git, not applied yet" in ran.log

    ran = repository.run("apply", "workflow_dispatch", inputs={"change": "7"})
    assert ran.ok, ran.log
    assert "applied." in repository.comment(7, "apply")
    assert repository.host.check(merged, "reconciler/production/apply")["state"] == "success"
    assert repository.world.addresses() == []


def test_a_change_from_a_fork_gets_no_secrets_and_a_plan_of_the_last_snapshot(repository: Repository) -> None:
    repository.propose(7, *CHEAPER, origin="mallory/hotels", author="mallory")
    ran = repository.plan(7)
    assert ran.ok, ran.log
    assert {step.job for step in ran.steps} == {"fork"}
    assert "only the files were checked" in repository.comment(7)

    assert repository.run("drift", "schedule").ok
    kept = next(run.artefacts for run in repository.host.runs if "reconciler-snapshot-production" in run.artefacts)
    repository.host.runs.append(Run(98, "push", "topic", dict(kept)))
    looked = len(repository.world.sandbox.admin.log())
    ran = repository.plan(7)
    assert ran.ok, ran.log
    assert "of run 98" not in ran.log, "a snapshot that a branch left is not believed"
    assert "Planned offline" in repository.comment(7)
    assert "120.00 → 125.00" in repository.comment(7)
    assert len(repository.world.sandbox.admin.log()) == looked, "nobody was asked"
    # What anybody comments there starts nothing that has secrets.
    ran = repository.say(7, "mallory", "/reconciler plan")
    assert "A change from a fork gets no secrets" in ran.log
    repository.merge(7)
    ran = repository.apply()
    assert not ran.ok
    assert "no reviewed plan of #7 is there any more" in ran.log or "cannot be read" in ran.log


def test_drift_is_told_to_people_and_proposed_to_be_adopted(repository: Repository, tmp_path: Path) -> None:
    told: list[dict[str, object]] = []

    class Service(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            told.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Nothing."""

    service = HTTPServer(("127.0.0.1", 0), Service)
    thread = threading.Thread(target=service.serve_forever, args=(0.05,))
    thread.start()
    held = dict(repository.forge.secrets["production-plan"])
    held["RECONCILER_NOTIFY"] = f"json://127.0.0.1:{service.server_address[1]}/canary.of.the.service"
    repository.forge.secrets = {"production-plan": held}
    repository.forge.variables = {"RECONCILER_ADOPT": "true"}
    world = repository.world
    nights = {"from": world.night(3), "until": world.night(5)}
    world.sandbox.admin.change("expedia", "16636843", {"rate_plan": "880011A", **nights, "set": {"price": "99.00"}})
    try:
        ran = repository.run("drift", "schedule")
    finally:
        service.shutdown()
        thread.join()
        service.server_close()
    assert ran.ok, ran.log
    assert "99.00" in ran.summary
    assert "canary.of.the.service" not in ran.log
    assert [str(one["title"]).startswith("production: 1 difference at Expedia") for one in told][:1] == [True]
    (proposed,) = [pull for pull in repository.host.pulls.values() if pull.author.endswith("[bot]")]
    assert proposed.number == 1
    repository.git("fetch", "--quiet", "origin", "reconciler/adopt-production")
    adopted = repository.git("show", f"FETCH_HEAD:{FILE}")
    assert "99.00" in adopted
    assert "99.00" not in PLAIN
    assert repository.git("rev-parse", "FETCH_HEAD^") == repository.git("rev-parse", "origin/main")


def test_an_outage_of_the_host_fails_and_changes_nothing(repository: Repository) -> None:
    repository.propose(7, *CHEAPER)
    assert repository.plan(7).ok
    repository.merge(7)
    repository.host.down = True
    ran = repository.apply()
    assert not ran.ok
    assert "Traceback" not in ran.log
    repository.host.down = False
    assert repository.world.addresses() != []


@pytest.mark.parametrize("key", ["", "short"])
def test_without_a_key_that_nobody_guesses_nothing_is_planned(repository: Repository, key: str) -> None:
    repository.forge.secrets = {
        "production-plan": {**repository.forge.secrets["production-plan"], "RECONCILER_REVIEW_KEY": key}
    }
    repository.propose(7, *CHEAPER)
    ran = repository.plan(7)
    assert [step.code for step in ran.steps if step.name == "Plan"] == [64], ran.log
