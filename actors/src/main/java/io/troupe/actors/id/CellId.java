package io.troupe.actors.id;

/**
 * One lease's group of participants, named after the resource that the lease protects: {@code
 * partition/<partition id>}, {@code file/<file id>}.
 */
public record CellId(String name) {
  public static CellId ofPartition(PartitionId partition) {
    return new CellId("partition/" + partition);
  }

  @Override
  public String toString() {
    return name;
  }
}
