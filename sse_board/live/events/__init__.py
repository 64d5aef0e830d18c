"""What happened: the event log, written, followed, replayed and kept for a while."""
