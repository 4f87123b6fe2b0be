package io.troupe.actors.volume;

import io.troupe.actors.fs.DirectoryEntry;
import java.util.List;

/**
 * A part of a listing, without "." and "..".
 *
 * @param parent inode number of the directory's own parent, for ".."
 * @param last no entry follows
 */
public record DirectoryPage(List<DirectoryEntry> entries, long parent, boolean last) {
  public DirectoryPage {
    entries = List.copyOf(entries);
  }
}
