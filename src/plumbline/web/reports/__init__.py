"""Pages of documents that go out: statement of applicability, review inputs, evidence packs."""
