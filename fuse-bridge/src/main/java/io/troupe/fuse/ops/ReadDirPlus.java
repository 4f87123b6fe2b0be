package io.troupe.fuse.ops;

import io.troupe.fuse.transport.Request;

/** READDIRPLUS: names and attributes, which saves a lookup of each. */
final class ReadDirPlus implements Operation {
  private final Listing listing;

  ReadDirPlus(Session session) {
    listing = new Listing(session, true);
  }

  @Override
  public void handle(Request r) {
    listing.handle(r);
  }
}
