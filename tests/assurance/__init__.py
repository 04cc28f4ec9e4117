"""Tests of predicted findings."""
