"""Clause 9, Performance evaluation: certificates of our own and of suppliers, as they were looked up."""

from __future__ import annotations

from datetime import date

from plumbline.clauses import fields, gates
from plumbline.clauses.fields import parent_link
from plumbline.clauses.kind_data import beside
from plumbline.clauses.validation import FieldErrors
from plumbline.clauses.workflows import LOOKED_UP
from plumbline.kernel import clock
from plumbline.records.computed import Computed
from plumbline.records.kinds import HubSection, Kind, Menu
from plumbline.records.models import Record

CHOICES, EXAMPLE = beside(__file__)
LONGEST, LONGEST_SURVEILLANCE = 42, 15
"""Months that a certificate may run, and that its next surveillance may lie ahead: three years and one year
(ISO/IEC 17021-1), with some to spare."""


class Certificate(Record):
    """A certificate that somebody holds: of which standard, for what, by whom, until when.

    That it is recorded says that somebody looked it up in the register of the body and that somebody else
    did so too; it certifies nothing, and says nothing of whether a requirement is met.
    """

    record_ptr = parent_link()

    holder = fields.choice("held by", "Whose certificate it is.", CHOICES, 16, required=True)
    supplier = fields.reference("clauses.Supplier", "supplier", "The supplier who holds it.", "certificates")
    assessments = fields.references(
        "clauses.SupplierAssessment", "assessments", "Assessments that looked at it.", "certificates"
    )
    standard = fields.line("standard", "With its edition.", 120, required=True)
    scope = fields.text(
        "scope", "Word for word as it stands on the certificate, sites included.", required=True
    )
    body = fields.line("certification body", "Who issued it, or is asked to.", 200, required=True)
    accreditation = fields.line(
        "accreditation",
        "Which body accredited them for this standard, with the number; or that none did.",
        200,
    )
    number = fields.line("number", "As on the certificate.", 80)
    standing = fields.choice("standing", "As the register says.", CHOICES, 16, default="applied for")
    issued_on = fields.day("issued on", "Day of the decision.", done=True)
    valid_until = fields.day("valid until", "Last day on which it holds.", ahead=LONGEST)
    last_surveillance = fields.day("last surveillance", "Day of the last surveillance audit.", done=True)
    next_surveillance = fields.day(
        "next surveillance", "By when the next one takes place.", ahead=LONGEST_SURVEILLANCE
    )
    register = fields.text(
        "where it is looked up", "Register of the body or IAF CertSearch, with address or search word."
    )

    class Meta:
        verbose_name = "certificate"
        verbose_name_plural = "certificates"

    @property
    def status(self) -> str:
        """What it is by what is recorded: as its standing says, and expired once its last day has passed."""
        if self.standing != "issued":
            return self.standing
        return "expired" if clock.passed(self.valid_until) else "valid"

    @property
    def looked_up_on(self) -> date | None:
        """The day on which a second person looked up what it says now; None where nobody has."""
        given = self.approvals.order_by("revision").last()
        if given is None or self.state not in LOOKED_UP.approved:
            return None
        return clock.day_of(given.at)

    def clean(self) -> None:
        """What was issued has number, days and accreditation; a supplier's says which supplier."""
        with FieldErrors(self) as errors:
            if self.holder == "supplier":
                errors.require("supplier", "Say which supplier holds it.")
            if self.holder == "us" and self.supplier is not None:
                errors.add("supplier", "ours", "One of our own names no supplier. Leave this empty.")
            if self.standing != "applied for":
                errors.require("number", "Give the number that stands on it.")
                errors.require("issued_on", "Give the day on which it was issued.")
                errors.require("valid_until", "Give its last day.")
                errors.require("accreditation", "Say who accredited the body, or that nobody did.")
                errors.require("register", "Say where somebody else can look it up.")
            errors.not_before("valid_until", "issued_on", "day on which it was issued")
            errors.not_before("last_surveillance", "issued_on", "day on which it was issued")


STATUS = Computed("status", "standing by its days", dict, lambda certificate: certificate.status)
_LISTED = ("holder", "standard", "body", "valid_until")
_ISSUED = ("standing", ("issued", "suspended", "withdrawn"))
CERTIFICATE = Kind(
    model=Certificate,
    prefix="CRT",
    slug="certificate",
    access="governance",
    clause="9",
    place=14,
    requirements=("iso42001:7.5.3",),
    titles={
        "holder": "Certificate",
        "body": "Who issued it",
        "standing": "Standing",
        "register": "Where it is looked up",
    },
    columns=_LISTED,
    filters=("holder", "standing", "supplier"),
    workflow=LOOKED_UP,
    icon="stamp",
    menu=Menu("Check", 48),
    gates={"submit": (gates.filled(owner="name the person who watches its days"),)},
    due="valid_until",
    shown_when={
        "supplier": ("holder", ("supplier",)),
        "assessments": ("holder", ("supplier",)),
        **dict.fromkeys(
            ("number", "issued_on", "valid_until", "last_surveillance", "next_surveillance"), _ISSUED
        ),
    },
    hubs=(
        HubSection(
            "supplier", "Certificates", 20, ("standard", "scope", "valid_until"), adds="Record a certificate"
        ),
        HubSection("assessments", "Certificates", 30, ("standard", "scope", "valid_until")),
    ),
    example=EXAMPLE,
)
