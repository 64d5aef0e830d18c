"""`/me`: what people see and change of themselves, in one page that works without script."""
