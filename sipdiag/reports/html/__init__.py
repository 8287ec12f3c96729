"""The report as one HTML file: no script needed to read it, nothing fetched, nothing of the input is markup."""

from sipdiag.reports.html.document import render

__all__ = ["render"]
