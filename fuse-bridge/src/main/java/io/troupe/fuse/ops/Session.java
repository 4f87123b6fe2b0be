package io.troupe.fuse.ops;

import io.troupe.gateway.fs.InodeFileSystem;
import java.time.InstantSource;

/** What the operations of one mount share. */
final class Session {
  private final InodeFileSystem fs;
  private final Caching caching;
  private final InstantSource clock;
  private final OpenFiles openFiles = new OpenFiles();
  private final PageHistory pages = new PageHistory();
  private final AttributeHistory attributes = new AttributeHistory();

  Session(InodeFileSystem fs, Caching caching, InstantSource clock) {
    this.fs = fs;
    this.caching = caching;
    this.clock = clock;
  }

  InodeFileSystem fs() {
    return fs;
  }

  Caching caching() {
    return caching;
  }

  /** For times that the kernel leaves to the server. */
  InstantSource clock() {
    return clock;
  }

  OpenFiles openFiles() {
    return openFiles;
  }

  PageHistory pages() {
    return pages;
  }

  AttributeHistory attributes() {
    return attributes;
  }
}
