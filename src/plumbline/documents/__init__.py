"""Documents as files: one small model of a document, and what writes it as PDF, DOCX and XLSX.

The room knows nothing of records; whoever has something to say builds a `Document` of it
(`plumbline.documents.model`) and hands it to a writer. Every writer shows the same parts in the same order.
"""
