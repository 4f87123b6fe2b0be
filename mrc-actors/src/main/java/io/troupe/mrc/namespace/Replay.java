package io.troupe.mrc.namespace;

import io.troupe.actors.errors.Done;
import io.troupe.actors.errors.Errno;
import io.troupe.actors.errors.Result;
import io.troupe.actors.fs.Attributes;
import io.troupe.actors.volume.CreatedFile;
import java.util.function.BiFunction;
import java.util.function.Function;

/**
 * How answers of one kind are remembered and given again. What is answered again is as it is now:
 * others may have changed the inode since.
 */
public final class Replay<T> {
  public static final Replay<Done> DONE =
      new Replay<>(done -> Outcome.Value.DONE, (tree, value) -> Namespace.done());

  public static final Replay<Attributes> ATTRIBUTES =
      new Replay<>(
          attributes -> new Outcome.Value(attributes.inode(), false),
          (tree, value) -> inode(tree, value).map(InodeRecord::attributes));

  public static final Replay<CreatedFile> CREATED =
      new Replay<>(
          file -> new Outcome.Value(file.file().attributes().inode(), file.created()),
          (tree, value) ->
              inode(tree, value).map(i -> new CreatedFile(i.describe(), value.created())));

  private final Function<T, Outcome.Value> remember;
  private final BiFunction<Tree, Outcome.Value, Result<T>> recall;

  private Replay(
      Function<T, Outcome.Value> remember, BiFunction<Tree, Outcome.Value, Result<T>> recall) {
    this.remember = remember;
    this.recall = recall;
  }

  Outcome.Value remember(T answer) {
    return remember.apply(answer);
  }

  Result<T> recall(Tree tree, Outcome.Value value) {
    return recall.apply(tree, value);
  }

  private static Result<InodeRecord> inode(Tree tree, Outcome.Value value) {
    return tree.inode(value.inode())
        .<Result<InodeRecord>>map(Result::ok)
        .orElse(
            Result.failed(
                Errno.ENOENT,
                "the change was carried out, and inode " + value.inode() + " removed since"));
  }
}
