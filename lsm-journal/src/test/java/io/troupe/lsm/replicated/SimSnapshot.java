package io.troupe.lsm.replicated;

import java.util.List;

/** The state at a position, as the entries that made it. */
record SimSnapshot(Position position, Membership membership, List<LogEntry> entries) {}
