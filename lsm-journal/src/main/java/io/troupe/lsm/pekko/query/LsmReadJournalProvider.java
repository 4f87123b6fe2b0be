package io.troupe.lsm.pekko.query;

import com.typesafe.config.Config;
import org.apache.pekko.actor.ExtendedActorSystem;
import org.apache.pekko.persistence.query.ReadJournalProvider;

/** The read journal, as Pekko looks it up by {@link LsmReadJournal#IDENTIFIER}. */
public final class LsmReadJournalProvider implements ReadJournalProvider {
  private final LsmReadJournal journal;

  /**
   * @param config of the plugin
   */
  public LsmReadJournalProvider(ExtendedActorSystem system, Config config) {
    this.journal = new LsmReadJournal(system, config);
  }

  @Override
  public LsmScalaReadJournal scaladslReadJournal() {
    return new LsmScalaReadJournal(journal);
  }

  @Override
  public LsmReadJournal javadslReadJournal() {
    return journal;
  }
}
