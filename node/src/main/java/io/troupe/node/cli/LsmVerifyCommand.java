package io.troupe.node.cli;

import io.troupe.lsm.tool.Verify;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code troupe lsm verify DIR}. */
@Command(
    name = "verify",
    description =
        "Read every byte of a store and tell what does not hold; exit status 1 when anything is"
            + " wrong. Notes are what a crash leaves: they are not wrong.",
    mixinStandardHelpOptions = true)
final class LsmVerifyCommand implements Callable<Integer> {
  @Mixin private LsmCommand.Directory directory = new LsmCommand.Directory();

  @Override
  public Integer call() throws IOException {
    int broken = Verify.run(directory.path, System.out::println);
    System.out.println(
        broken == 0 ? directory.path + " is whole" : directory.path + ": " + broken + " broken");
    return broken == 0 ? 0 : 1;
  }
}
