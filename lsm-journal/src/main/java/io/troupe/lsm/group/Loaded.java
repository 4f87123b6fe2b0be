package io.troupe.lsm.group;

import io.troupe.lsm.replicated.Outline;
import java.util.Optional;

/**
 * What a member finds on its disk.
 *
 * @param promised the newest epoch that it promised; 0 if none
 * @param applied up to where the group's ranges have the entries
 * @param installing when present the ranges are no state yet: what is staged has to replace them
 */
record Loaded(Outline outline, long promised, StateAt applied, Optional<StateAt> installing) {}
