"""Book to History: every metric of every customer, as of any date."""
