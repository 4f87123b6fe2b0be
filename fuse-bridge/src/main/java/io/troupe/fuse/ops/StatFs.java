package io.troupe.fuse.ops;

import io.troupe.fuse.protocol.StatFsOut;
import io.troupe.fuse.transport.Request;
import io.troupe.gateway.fs.VolumeStatistics;

/** STATFS: what df(1) shows. */
final class StatFs implements Operation {
  private final Session session;

  StatFs(Session session) {
    this.session = session;
  }

  @Override
  public void handle(Request r) {
    r.answer(session.fs().statistics(), StatFs::reply);
  }

  private static void reply(Request r, VolumeStatistics s) {
    // Inodes are limited by space alone: as many are free as blocks.
    long free = s.freeBytes() / StatFsOut.BLOCK_BYTES;
    StatFsOut.write(
        r.memory(), Request.REPLY_BODY, s.totalBytes(), s.freeBytes(), s.inodes() + free, free);
    r.reply(StatFsOut.BYTES);
  }
}
