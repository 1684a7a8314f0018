"""U.S. immigration enforcement: border, interior arrests, custody, courts, prosecution, removal, re-entry."""
