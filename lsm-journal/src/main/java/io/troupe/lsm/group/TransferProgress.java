package io.troupe.lsm.group;

import io.troupe.lsm.replicated.MemberId;

/**
 * How far a snapshot has come.
 *
 * @param from who sends it
 * @param bytes on disk here
 * @param of bytes that there are
 * @param installing whether all is there, and replaces the state
 */
public record TransferProgress(MemberId from, long bytes, long of, boolean installing) {}
