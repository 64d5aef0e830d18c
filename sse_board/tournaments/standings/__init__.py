"""Who stands where, and why: scores and FIDE tie-breaks. Pure."""
