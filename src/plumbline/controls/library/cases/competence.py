"""Cases of the checks on competence. Today is 3 March 2026."""

from __future__ import annotations

from plumbline.controls.cases import case
from plumbline.controls.library.cases.samples import draft, in_force, person
from plumbline.controls.library.cases.support_samples import competence, qualification, training

_REVIEWER, _OTHER = person("per_1", "reviewer"), person("per_2", "reviewer")
_GONE = person("per_3", "reviewer", active=False)
COMPETENCE_DETERMINED = (
    case("nothing", "There are none", person("per_1", "viewer", "top-management"), _GONE),
    case("passes", "For 1 of 1 roles it is determined", _REVIEWER, _OTHER, competence()),
    case("fails", "Reviewers need a competence that nobody has determined", _REVIEWER, population=1),
    case("fails", "nobody has determined", _REVIEWER, draft(competence())),
    case("fails", "nobody has determined", _REVIEWER, competence(position="risk-owner")),
    case("fails", "nobody says how it is shown", _REVIEWER, competence(proof="")),
    case("fails", "nobody says how it is shown", _REVIEWER, competence(proof="as usual")),
    case("passes", "1 of 1", _REVIEWER, competence(proof=""), competence("CMT-2")),
)
_ASKED = competence()
PEOPLE_COMPETENT = (
    case("nothing", "There are none", _GONE, _ASKED),
    case("passes", "All holders of 1 of 1 roles", _REVIEWER, _GONE, _ASKED, qualification()),
    case("fails", "nobody has determined", _REVIEWER, qualification(), population=1),
    case("fails", "Reviewers are 1, of whom 1 have no current evidence", _REVIEWER, _ASKED),
    case("fails", "are 2, of whom 1 have", _REVIEWER, _OTHER, _ASKED, qualification()),
    case(
        "passes", "1 of 1", _REVIEWER, _OTHER, _ASKED, qualification(), qualification("QLF-2", person="per_2")
    ),
    case("fails", "of whom 1", _REVIEWER, _ASKED, draft(qualification())),
    case("fails", "of whom 1", _REVIEWER, _ASKED, qualification(competence="CMT-2")),
    case("fails", "of whom 1", _REVIEWER, _ASKED, competence("CMT-2"), qualification()),
    case("passes", "1 of 1", _REVIEWER, _ASKED, qualification(valid_until="2026-03-03")),
    case("fails", "of whom 1", _REVIEWER, _ASKED, qualification(valid_until="2026-03-02")),
    case("passes", "1 of 1", _REVIEWER, _ASKED, qualification(shown_on="2026-03-03")),
    case("fails", "of whom 1", _REVIEWER, _ASKED, qualification(shown_on="2026-03-04")),
    case("fails", "of whom 1", _REVIEWER, _ASKED, qualification(shown_on=None)),
    case("fails", "of whom 1", _REVIEWER, _ASKED, qualification(valid_until=None)),
)
_FAILED = training(result="not effective")
_AGAIN = {"held_on": "2025-12-01", "reference": "TRN-2"}
TRAINING_EVALUATED = (
    case("nothing", "There are none", draft(training(), state="planned")),
    case("passes", "1 of 1 trainings that are due are evaluated and worked", training()),
    case("passes", "1 of 1", training(result="partly")),
    # ninety days from the day that was set, which lies at most as far from the training
    case(
        "fails",
        "TRN-1 is not evaluated, and was to be by 2 Mar 2026",
        draft(training(held_on="2025-11-02", evaluate_on="2025-12-02"), state="held"),
        named=("TRN-1",),
    ),
    case("nothing", "All 1 are excluded", draft(training(evaluate_on="2025-12-03"), state="held")),
    case(
        "fails",
        "was to be by 2 Mar 2026",
        draft(training(held_on="2025-09-03", evaluate_on="2026-09-03"), state="held"),
    ),
    case(
        "fails",
        "is not evaluated",
        draft(training(evaluate_on="2025-12-02"), state="in evaluation"),
        population=1,
    ),
    case("nothing", "excluded", draft(training(held_on="2026-01-01", evaluate_on=None), state="held")),
    # a later version that nobody has approved takes nothing back, and adds nothing
    case("passes", "1 of 1", draft(training(), state="evaluated"), in_force(training())),
    case("fails", "did not work, and nothing followed", _FAILED),
    case("passes", "2 of 2", _FAILED, training(**_AGAIN)),
    case("fails", "nothing followed", _FAILED, training(**{**_AGAIN, "held_on": "2025-11-02"})),
    case("fails", "nothing followed", _FAILED, training(**_AGAIN, competences=["CMT-2"])),
    case("fails", "nothing followed", _FAILED, training(**_AGAIN, person="per_2")),
    case("fails", "nothing followed", _FAILED, training(**_AGAIN, result="not effective")),
    case("fails", "nothing followed", training(result="")),
)
