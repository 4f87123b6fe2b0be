package io.troupe.actors.lease;

import io.troupe.actors.id.NodeId;
import java.util.List;

/**
 * Who takes part in a cell.
 *
 * @param version raised at each change; of a set of replicas its own version
 * @param members empty: the node that is asked, alone
 */
public record CellView(long version, List<NodeId> members) {
  /** Of a cell that has never had another participant than the node that is asked. */
  public static final CellView ALONE = new CellView(0, List.of());

  public CellView {
    members = List.copyOf(members);
  }

  public boolean isAlone() {
    return members.size() <= 1;
  }
}
