"""Clause 8, Operation: AI systems, what they are made of, and who supplies it."""

from plumbline.clauses.operation.resources import COMPONENT, DATASET, Component, Dataset
from plumbline.clauses.operation.suppliers import SUPPLIER, Supplier
from plumbline.clauses.operation.systems import AI_SYSTEM, AISystem

__all__ = ["KINDS", "AISystem", "Component", "Dataset", "Supplier"]

KINDS = (AI_SYSTEM, COMPONENT, DATASET, SUPPLIER)
