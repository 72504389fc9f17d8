"""Somebody who may open pull requests, but no more, tries to send secrets away, to vote for himself, or to have something else applied."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from reconciler.engine import plan_file
from reconciler.engine.review_file import sealed
from reconciler.model.review import Record
from reconciler.model.secret import Secret
from tests.report.test_hostile_text import no_markup_but_ours
from tests.scenarios.test_rules_of_the_base import elsewhere
from tests.workflows.conftest import FILE, Repository
from tests.workflows.standin import REPOSITORY, Run

__all__ = ["elsewhere"]
STEEP = ("default: 120.00", "default: 160.00")
"""More than the policy lets through."""
FAIR = ("default: 120.00", "default: 125.00")


def artefact(repository: Repository, number: int) -> Path:
    """The folder that the host keeps of the plan of a pull request's last commit."""
    name = f"reconciler-plan-production-{repository.host.pulls[number].head}"
    return next(run.artefacts[name] for run in reversed(repository.host.runs) if name in run.artefacts)


def refused(repository: Repository, number: int, said: str) -> None:
    """The apply ends without a change, and says why on the pull request."""
    before = repository.world.sandbox.admin.log()
    ran = repository.apply()
    assert [step.code for step in ran.steps if step.name == "Apply"] == [4], ran.log
    assert said in repository.comment(number, "apply")
    assert (
        repository.host.check(repository.host.pulls[number].merged, "reconciler/production/apply")["state"] == "failure"
    )
    sent = [entry for entry in repository.world.sandbox.admin.log()[len(before) :] if entry["operation"] == "ar"]
    assert sent == []


def test_secrets_are_sent_nowhere_else(repository: Repository, elsewhere: tuple[str, list[bytes]]) -> None:
    url, heard = elsewhere
    known = f'expedia: {{endpoints: {{local: "{repository.world.sandbox.url}"'
    repository.propose(7, known, known.replace(repository.world.sandbox.url, url), "reconciler.yaml")
    ran = repository.plan(7)
    assert ran.ok, ran.log
    assert heard == []
    assert "providers.expedia is changed" in repository.comment(7)


@pytest.mark.parametrize(
    "other", ["env:GITHUB_TOKEN", "env:RECONCILER_REVIEW_KEY", "exec:env", "file:/proc/self/environ"]
)
def test_a_reference_leads_to_no_other_secret(repository: Repository, other: str) -> None:
    repository.propose(7, "api_secret: env:EXPEDIA_SANDBOX_API_SECRET", f"api_secret: {other}", "reconciler.yaml")
    ran = repository.plan(7)
    assert ran.ok, ran.log
    assert "credentials.expedia-group is changed" in repository.comment(7)


def test_a_change_does_not_weaken_the_policy_that_judges_it(repository: Repository) -> None:
    repository.propose(7, "rate_step: {percent: 10}", "rate_step: {percent: 90}", "reconciler.yaml")
    one = repository.propose(7, *STEEP)
    ran = repository.plan(7)
    assert [step.code for step in ran.steps if step.name == "Plan"] == [3], ran.log
    assert "Refused by rate\\_step" in repository.comment(7).replace("rate_step", "rate\\_step")
    assert repository.host.check(one.head, "reconciler/production")["state"] == "failure"


def test_what_was_refused_and_merged_all_the_same_is_not_applied(repository: Repository) -> None:
    """The change weakens the policy as well, so by the rules that hold after the merge it would pass."""
    repository.propose(7, "rate_step: {percent: 10}", "rate_step: {percent: 90}", "reconciler.yaml")
    repository.propose(7, *STEEP)
    assert not repository.plan(7).ok
    repository.merge(7)
    ran = repository.apply()
    assert [step.code for step in ran.steps if step.name == "Apply"] == [3], ran.log
    assert "was refused by rate\\_step" in repository.comment(7, "apply").replace("rate_step", "rate\\_step")
    assert repository.world.addresses() != []


def test_consent_is_somebody_elses_for_this_commit_and_unedited(repository: Repository) -> None:
    one = repository.propose(7, *STEEP, commits_by=("boris",))
    repository.host.writers.add("boris")
    line = f"/reconciler consent rate_step {one.head[:12]}"
    for author in ("maria", "boris", "mallory"):
        repository.host.say(7, author, line)
    edited = repository.host.say(7, "anna", line)
    edited["updated_at"] = repository.host.now()
    assert not repository.plan(7).ok
    comment = repository.comment(7)
    assert line in comment
    for why in (
        "maria consents to rate_step, which does not count: who made a change does not consent to it",
        "boris consents to rate_step, which does not count: who made a change does not consent to it",
        "only those count who may write",
        "the comment was edited",
    ):
        assert why in comment

    ran = repository.say(7, "anna", f"{line}\n\nBlack Friday, agreed with revenue.")
    assert ran.ok, ran.log
    assert "Consent given to: rate_step." in repository.comment(7)
    repository.merge(7)
    ran = repository.apply()
    assert ran.ok, ran.log
    (summary,) = repository.world.rows("SELECT summary FROM reconciler.runs ORDER BY started_at DESC LIMIT 1")
    assert summary[0]["consented"] == {"rate_step": "anna"}


def test_consent_to_a_commit_is_none_to_the_next(repository: Repository) -> None:
    one = repository.propose(7, *STEEP)
    assert repository.say(7, "anna", f"/reconciler consent rate_step {one.head[:12]}").ok
    repository.propose(7, "default: 160.00", "default: 190.00")
    assert not repository.plan(7).ok
    assert "Refused by" in repository.comment(7)


def test_an_artefact_that_was_exchanged_is_not_what_was_reviewed(repository: Repository) -> None:
    repository.propose(7, *FAIR)
    assert repository.plan(7).ok
    kept = artefact(repository, 7)
    plan, _ = plan_file.loads((kept / "plan.json").read_text("utf-8"))
    half = plan_file.dumps(
        type(plan)(**{**{f: getattr(plan, f) for f in plan.__slots__}, "operations": plan.operations[:3]})
    )
    (kept / "plan.json").write_text(half, "utf-8")
    repository.merge(7)
    refused(repository, 7, "this is not the plan that was reviewed: plan")


def test_a_record_made_without_the_key_is_none(repository: Repository) -> None:
    one = repository.propose(7, *FAIR)
    assert repository.plan(7).ok
    kept = artefact(repository, 7)
    digest = json.loads((kept / "plan.json").read_text("utf-8"))["digest"]
    forged = Record(REPOSITORY, 7, "0" * 40, one.head, "production", digest, "2031-01-13T09:00:00+00:00")
    (kept / "review.json").write_text(sealed(forged, Secret("x" * 32)), "utf-8")
    repository.merge(7)
    refused(repository, 7, "the seal does not fit")


def test_an_older_plan_of_the_same_pull_request_is_not_replayed(repository: Repository) -> None:
    repository.propose(7, *FAIR)
    assert repository.plan(7).ok
    older = artefact(repository, 7)
    one = repository.propose(7, "default: 125.00", "default: 126.00")
    assert repository.plan(7).ok
    newer = artefact(repository, 7)
    shutil.rmtree(newer)
    shutil.copytree(older, newer)
    repository.merge(7)
    refused(repository, 7, f"instead of {one.head}")


def test_a_run_that_a_branch_started_leaves_nothing_that_is_believed(repository: Repository) -> None:
    one = repository.propose(7, *FAIR)
    assert repository.plan(7).ok
    kept = artefact(repository, 7)
    for run in repository.host.runs:
        run.artefacts.clear()
    name = f"reconciler-plan-production-{one.head}"
    repository.host.runs.append(Run(99, "push", "topic", {name: kept}))
    repository.merge(7)
    ran = repository.apply()
    assert [step.code for step in ran.steps] == [0, 0, 4], ran.log
    assert "no reviewed plan of #7 is there any more" in ran.log


def test_where_main_moved_after_the_review_nothing_starts_and_the_difference_is_told(repository: Repository) -> None:
    repository.propose(7, *FAIR)
    assert repository.plan(7).ok
    repository.propose(8, "min_stay: 1", "min_stay: 2")
    repository.merge(8)  # and never applied
    repository.merge(7)
    refused(repository, 7, "restrictions/double/BAR")
    assert "Nothing was applied" in repository.comment(7, "apply")


def test_what_is_already_so_is_left_out_and_the_rest_goes_on(repository: Repository) -> None:
    repository.propose(7, *FAIR)
    assert repository.plan(7).ok
    repository.merge(7)
    repository.world.apply("--target", "*/database/**")
    ran = repository.apply()
    assert ran.ok, ran.log
    assert repository.world.addresses() == []
    ran = repository.apply()
    assert ran.ok, ran.log
    assert "Nothing is left to apply" in repository.comment(7, "apply")


def test_nothing_of_a_pull_request_is_checked_out_or_run(repository: Repository) -> None:
    repository.git("checkout", "--quiet", "-B", "change-7", "main")
    evil = {
        "sitecustomize.py": "raise SystemExit('owned')",
        ".github/workflows/plan.yml": "on: push",
        ".gitattributes": "* filter=owned",
    }
    for name, text in evil.items():
        repository.world.write(name, text)
    (repository.folder / "properties/passwd.yaml").symlink_to("/etc/passwd")
    repository.git("add", "--all")
    repository.git("commit", "--quiet", "--message=evil")
    repository.git("checkout", "--quiet", "main")
    repository.propose(7, *FAIR)
    repository.git("checkout", "--quiet", "change-7")
    repository.git("checkout", "--quiet", "main")
    ran = repository.plan(7)
    assert ran.ok, ran.log
    assert "owned" not in ran.log


def test_a_comment_that_pretends_to_be_ours_is_left_alone(repository: Repository) -> None:
    repository.propose(7, *FAIR)
    forged = repository.host.say(7, "mallory", "<!-- reconciler:plan-production -->\n**No changes.**")
    assert repository.plan(7).ok
    assert forged["body"].endswith("**No changes.**")
    assert "120.00 → 125.00" in repository.comment(7)


HOSTILE = "@anna ![x](https://evil.example/?a) <img src=x onerror=alert(1)> `` ` #12 ${{ secrets.DATABASE_URL }} ::set-output name=run::1"


def test_hostile_text_of_files_and_providers_is_shown_as_text(repository: Repository) -> None:
    admin = repository.world.sandbox.admin
    hotel = admin.hotel("expedia", "16636843")
    hotel["rooms"].append({**hotel["rooms"][0], "id": "30099", "name": HOSTILE})
    admin.load_hotel("expedia", hotel)
    name = HOSTILE.replace("`` ` ", "")
    repository.propose(7, "name: Best Available Rate", f"name: '{name}'")
    ran = repository.plan(7)
    assert ran.ok, ran.log
    comment = repository.comment(7)
    body, _, link = comment.rstrip().rpartition("\n")
    assert link == "[Report with calendars, plan, log](https://github.example/acme/hotels/actions/runs/1)"
    no_markup_but_ours(body)
    assert "evil.example" in body, "it is shown"
    fence, *rest = [line for line in ran.said("Plan").splitlines() if line.startswith("::")]
    assert fence.startswith("::stop-commands::")
    assert rest == [f"::{fence.rpartition('::')[2]}::"], "nothing that was printed is a command"
    assert FILE
