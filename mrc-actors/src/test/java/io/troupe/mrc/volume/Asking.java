package io.troupe.mrc.volume;

import static org.assertj.core.api.Assertions.assertThat;

import io.troupe.actors.errors.Errno;
import io.troupe.actors.errors.Result;
import io.troupe.actors.fs.Attributes;
import io.troupe.actors.fs.Caller;
import io.troupe.actors.fs.Name;
import io.troupe.actors.id.FileId;
import io.troupe.actors.volume.CreatedFile;
import io.troupe.actors.volume.VolumeCommand;
import io.troupe.mrc.TestNode;
import java.util.Optional;
import java.util.function.Function;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.actor.typed.ActorRef;

/** Asks a Volume and waits for its one answer. */
record Asking(TestNode node, ActorRef<VolumeCommand> volume) {
  static final long ROOT = FileId.ROOT_INODE;

  <T> Result<T> ask(Function<ActorRef<Result<T>>, VolumeCommand> command) {
    TestProbe<Result<T>> probe = node.probe();
    volume.tell(command.apply(probe.ref()));
    return probe.receiveMessage(TestNode.LIMIT);
  }

  <T> T done(Function<ActorRef<Result<T>>, VolumeCommand> command) {
    return ask(command).orThrow();
  }

  <T> void refused(Errno errno, Function<ActorRef<Result<T>>, VolumeCommand> command) {
    failed(errno, ask(command));
  }

  static void failed(Errno errno, Result<?> result) {
    assertThat(result)
        .isInstanceOfSatisfying(Result.Failed.class, f -> assertThat(f.errno()).isEqualTo(errno));
  }

  static VolumeCommand create(String name, ActorRef<Result<CreatedFile>> replyTo) {
    return new VolumeCommand.CreateFile(
        ROOT, Name.of(name), 0644, Caller.ROOT, true, Optional.empty(), replyTo);
  }

  long file(String name) {
    return this.<CreatedFile>done(r -> create(name, r)).file().attributes().inode();
  }

  Result<Attributes> lookup(String name) {
    return ask(r -> new VolumeCommand.Lookup(ROOT, Name.of(name), r));
  }
}
