package io.troupe.fuse.ops;

import io.troupe.fuse.transport.Request;

/** READDIR: names of a directory. */
final class ReadDir implements Operation {
  private final Listing listing;

  ReadDir(Session session) {
    listing = new Listing(session, false);
  }

  @Override
  public void handle(Request r) {
    listing.handle(r);
  }
}
