"""Any court that has a table: filings, dispositions and pending cases by month or by quarter."""
