package io.troupe.lease.flease;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Timers of very many things, each of which has one: setting and taking costs the same however many
 * there are, and allocates nothing. Coarse: a timer goes off at its time, or at the first {@link
 * #advance} after it.
 */
final class Wheel {
  /** A thing that has a timer. */
  abstract static class Timer {
    private @Nullable Timer before;
    private @Nullable Timer after;
    private int slot = -1;
    private long at;
  }

  private final long tick;
  private final @Nullable Timer[] slots;
  private long current;

  /**
   * @param tick width of a slot
   * @param count of slots; what is further away goes round more than once
   */
  Wheel(long tick, int count, long now) {
    this.tick = tick;
    this.slots = new Timer[count];
    this.current = now / tick;
  }

  /** Sets the timer anew. */
  void set(Timer timer, long at) {
    cancel(timer);
    timer.at = at;
    // What is due goes into the slot that the next advance begins with.
    long turn = Math.min(Math.max(at / tick, current), current + slots.length - 1);
    int slot = (int) (turn % slots.length);
    Timer first = slots[slot];
    timer.after = first;
    if (first != null) {
      first.before = timer;
    }
    slots[slot] = timer;
    timer.slot = slot;
  }

  void cancel(Timer timer) {
    if (timer.slot < 0) {
      return;
    }
    Timer before = timer.before;
    Timer after = timer.after;
    if (before == null) {
      slots[timer.slot] = after;
    } else {
      before.after = after;
    }
    if (after != null) {
      after.before = before;
    }
    timer.before = null;
    timer.after = null;
    timer.slot = -1;
  }

  /** Takes all timers whose time has come; the action may set them anew, for later than now. */
  void advance(long now, Consumer<Timer> action) {
    long target = Math.max(now / tick, current);
    long from = Math.max(current, target - slots.length + 1);
    for (long turn = from; turn <= target; turn++) {
      current = turn;
      int slot = (int) (turn % slots.length);
      Timer timer = slots[slot];
      slots[slot] = null;
      // Taken off as a whole, so that what is set meanwhile is not met again.
      while (timer != null) {
        Timer next = timer.after;
        timer.before = null;
        timer.after = null;
        timer.slot = -1;
        if (next != null) {
          next.before = null;
        }
        if (timer.at <= now) {
          action.accept(timer);
        } else {
          set(timer, timer.at);
        }
        timer = next;
      }
    }
  }
}
