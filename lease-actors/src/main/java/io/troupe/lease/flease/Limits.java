package io.troupe.lease.flease;

/**
 * What bounds a node's memory for leases.
 *
 * @param cells open at a time; no more are opened
 * @param unopened messages for cells that are not open yet, one each; older ones are dropped
 * @param queued messages to one node that wait to be sent; more are dropped, as a network might
 * @param batch messages sent to one node in one go
 */
public record Limits(int cells, int unopened, int queued, int batch) {
  public Limits {
    if (cells < 1 || unopened < 1 || batch < 1 || queued < batch) {
      throw new IllegalArgumentException(
          "limits must be positive and a queue hold a batch: "
              + cells
              + ", "
              + unopened
              + ", "
              + queued
              + ", "
              + batch);
    }
  }
}
