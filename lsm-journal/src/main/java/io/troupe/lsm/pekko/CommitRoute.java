package io.troupe.lsm.pekko;

import io.troupe.lsm.WriteBatch;
import java.util.concurrent.CompletionStage;

/**
 * Where the changes of some persistence ids are committed: not in this node's store alone. What the
 * ids have is still read from this node's store.
 */
public interface CommitRoute {
  /**
   * Commits a batch that expects nothing. What it rests on was read from this node's store after
   * the route was {@link LsmStores#route looked up}: where somebody else may have committed for the
   * same ids since, the batch has to be refused.
   *
   * @return done, with any number, when this node's store shows the changes. A failure fails the
   *     persist, and its entity stops: whether it was done is known only from what the store shows
   *     later
   */
  CompletionStage<Long> commit(WriteBatch batch);
}
