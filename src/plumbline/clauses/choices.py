"""Lists of words that more than one kind uses. The stored word is the label in lower case, or nearly so."""

from __future__ import annotations

from django.db import models

from plumbline import catalogs
from plumbline.clauses import rules
from plumbline.identity.roles import ROLES


class Direction(models.TextChoices):
    """Which side of a figure is good."""

    AT_MOST = "at most", "At most"
    AT_LEAST = "at least", "At least"


class Cadence(models.TextChoices):
    """How often something is done."""

    CONTINUOUS = "continuous", "Continuous"
    DAILY = "daily", "Daily"
    WEEKLY = "weekly", "Weekly"
    MONTHLY = "monthly", "Monthly"
    QUARTERLY = "quarterly", "Quarterly"
    YEARLY = "yearly", "Yearly"
    ON_EVENT = "on event", "When something happens"


class RiskOption(models.TextChoices):
    """What can be done about a risk."""

    AVOID = "avoid", "Avoid: do not do it, or stop"
    REDUCE = "reduce", "Reduce: make it rarer or milder"
    SHARE = "share", "Share: contract or insure"
    RETAIN = "retain", "Retain: accept it as it is"


class Stage(models.TextChoices):
    """The stages in the life of an AI system, as far as they ask for different people and means (A.4)."""

    DESIGN = "design", "Requirements and design"
    BUILDING = "building", "Data, building and training"
    TESTING = "testing", "Verification and validation"
    RELEASE = "release", "Release and handing over"
    OPERATION = "operation", "Operation, oversight and monitoring"
    IMPROVEMENT = "improvement", "Change and improvement"
    RETIREMENT = "retirement", "Retirement"


class People(models.TextChoices):
    """Groups of people that an AI system may touch (ISO/IEC 42001 A.5.4 asks to look at some with care)."""

    CUSTOMERS = "customers", "Customers"
    APPLICANTS = "applicants", "Applicants"
    EMPLOYEES = "employees", "Employees and other workers"
    PATIENTS = "patients", "Patients"
    PUPILS = "pupils", "Pupils and students"
    CHILDREN = "children", "Children"
    ELDERLY = "elderly people", "Elderly people"
    IMPAIRED = "people with impairments", "People with impairments"
    MINORITIES = "minorities", "Minorities and protected groups"
    CITIZENS = "citizens", "Citizens dealing with an authority"
    PUBLIC = "general public", "General public"


class DataClass(models.TextChoices):
    """What sort of data is handled."""

    PUBLIC = "public", "Public"
    INTERNAL = "internal", "Internal"
    CONFIDENTIAL = "confidential", "Confidential"
    PERSONAL = "personal", "Personal data"
    SPECIAL = "special category", "Special category of personal data"
    PSEUDONYMOUS = "pseudonymous", "Pseudonymous"
    ANONYMOUS = "anonymous", "Anonymous"
    SYNTHETIC = "synthetic", "Synthetic"


class Region(models.TextChoices):
    """Where something is used or takes effect."""

    EU = "european union", "European Union and EEA"
    UK = "united kingdom", "United Kingdom"
    SWITZERLAND = "switzerland", "Switzerland"
    EUROPE = "other europe", "Other Europe"
    US = "united states", "United States"
    CANADA = "canada", "Canada"
    LATIN_AMERICA = "latin america", "Latin America"
    AFRICA = "africa", "Africa"
    MIDDLE_EAST = "middle east", "Middle East"
    ASIA = "asia", "Asia"
    OCEANIA = "oceania", "Oceania"
    WORLD = "world", "Worldwide"


def likelihoods() -> list[tuple[int, str]]:
    """The scale of likelihood, 1 to 5."""
    return list(rules.LIKELIHOODS.items())


def severities() -> list[tuple[int, str]]:
    """The scale of severity, 1 to 5."""
    return list(rules.SEVERITIES.items())


def positions() -> list[tuple[str, str]]:
    """The roles that somebody can be given here."""
    return [(role.slug, role.title) for role in ROLES.values()]


def _named(rows: tuple[catalogs.Requirement, ...]) -> list[tuple[str, str]]:
    return [(row.id, row.label) for row in rows]


def controls() -> list[tuple[str, str]]:
    """The 38 controls of Annex A of ISO/IEC 42001."""
    return _named(catalogs.controls())


def requirements() -> list[tuple[str, str]]:
    """The 32 sub-clauses and 38 controls of ISO/IEC 42001."""
    return _named(catalogs.subclauses()) + controls()


def risk_sources() -> list[tuple[str, str]]:
    """The seven risk sources of ISO/IEC 42001 C.3."""
    return _named(catalogs.requirements("iso42001", "risk-source"))


def ai_objectives() -> list[tuple[str, str]]:
    """The eleven objectives of ISO/IEC 42001 C.2."""
    return _named(catalogs.requirements("iso42001", "ai-objective"))


def families() -> list[tuple[str, str]]:
    """The families of the risk seeds."""
    return [(one, one) for one in dict.fromkeys(seed.family for seed in catalogs.risk_seeds())]
