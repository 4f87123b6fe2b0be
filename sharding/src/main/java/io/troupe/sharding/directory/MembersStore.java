package io.troupe.sharding.directory;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.troupe.lsm.Durability;
import io.troupe.lsm.Index;
import io.troupe.lsm.Store;
import io.troupe.lsm.WriteBatch;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/** Who keeps the directory, as it lies in this node's store. */
final class MembersStore {
  private static final byte[] KEY = "members".getBytes(UTF_8);

  private final Store store;
  private final Index index;

  MembersStore(Store store) {
    this.store = store;
    this.index = store.index("directory");
  }

  /** May wait for the disk. */
  Optional<DirectoryMembers> read() {
    return store.get(index, KEY).map(DirectoryMembers::decoded);
  }

  /** Done when it is on the disk. */
  CompletionStage<Long> write(DirectoryMembers members) {
    return store.commit(new WriteBatch().put(index, KEY, members.encoded()), Durability.SYNC);
  }
}
