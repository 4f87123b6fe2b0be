package io.troupe.fuse.ops;

import io.troupe.actors.fs.Attributes;
import io.troupe.actors.fs.DirectoryEntry;
import io.troupe.actors.fs.FileType;
import io.troupe.actors.volume.DirectoryPage;
import io.troupe.fuse.protocol.Dirent;
import io.troupe.fuse.protocol.EntryOut;
import io.troupe.fuse.protocol.ReadIn;
import io.troupe.fuse.transport.Request;

/**
 * What READDIR and READDIRPLUS have in common. The offset of an entry is its cookie; "." is 1 and
 * ".." is 2, so a listing goes on wherever it was left, whatever has changed meanwhile, and offset
 * 0 starts it again.
 */
final class Listing {
  static final long SELF = 1;
  static final long PARENT = 2;

  private static final int MAX_ENTRIES = 4096;

  // How long names are taken to be when a page is asked for. Entries that do not fit are asked
  // again.
  private static final int TYPICAL_NAME_BYTES = 16;

  private static final byte[] DOT = {'.'};
  private static final byte[] DOT_DOT = {'.', '.'};

  private final Session session;
  private final boolean withAttributes;

  Listing(Session session, boolean withAttributes) {
    this.session = session;
    this.withAttributes = withAttributes;
  }

  void handle(Request r) {
    long offset = ReadIn.offset(r.memory(), r.body());
    int room = Math.min(ReadIn.size(r.memory(), r.body()), Request.MAX_PAYLOAD_BYTES);
    long cookie = offset <= PARENT ? 0 : offset;
    int entries = Math.clamp(room / entryBytes(TYPICAL_NAME_BYTES) + 1, 1, MAX_ENTRIES);
    r.answer(
        session.fs().readDirectory(r.nodeId(), cookie, entries),
        (request, page) -> reply(request, page, offset, room));
  }

  private int entryBytes(int nameLength) {
    return (withAttributes ? EntryOut.BYTES : 0) + Dirent.bytes(nameLength);
  }

  private void reply(Request r, DirectoryPage page, long offset, int room) {
    long inode = r.nodeId();
    int used = 0;
    if (offset < SELF) {
      used = add(r, used, room, inode, SELF, DOT);
    }
    if (offset < PARENT) {
      used = add(r, used, room, page.parent(), PARENT, DOT_DOT);
    }
    for (DirectoryEntry e : page.entries()) {
      Attributes a = e.attributes();
      byte[] name = e.name().bytes();
      if (used + entryBytes(name.length) > room) {
        break;
      }
      long at = (long) Request.REPLY_BODY + used;
      if (withAttributes) {
        session.attributes().given(a);
        EntryOut.write(
            r.memory(), at, a, session.caching().entries(), session.caching().attributes());
        at += EntryOut.BYTES;
      }
      Dirent.write(r.memory(), at, a.inode(), e.cookie(), a.type().direntType(), name);
      used += entryBytes(name.length);
    }
    if (used == 0 && !(page.last() && page.entries().isEmpty())) {
      // An empty reply would end the listing without a word about what is missing.
      throw new IllegalStateException(
          page.entries().isEmpty() ? "empty page before the last" : "no room for an entry");
    }
    r.reply(used);
  }

  private int add(Request r, int used, int room, long inode, long offset, byte[] name) {
    int bytes = entryBytes(name.length);
    if (used + bytes > room) {
      return used;
    }
    long at = (long) Request.REPLY_BODY + used;
    if (withAttributes) {
      EntryOut.writeUncounted(r.memory(), at);
      at += EntryOut.BYTES;
    }
    Dirent.write(r.memory(), at, inode, offset, FileType.DIRECTORY.direntType(), name);
    return used + bytes;
  }
}
