package io.troupe.node.cli;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.UserDefinedFileAttributeView;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code troupe info PATH}: what Troupe knows of a file under a mount. */
@Command(
    name = "info",
    description = "Show inode, size, striping, replicas, and which object lies on which OSD.",
    mixinStandardHelpOptions = true)
final class InfoCommand implements Callable<Integer> {
  /** The virtual attribute of the FUSE bridge, without its {@code user.} prefix. */
  private static final String ATTRIBUTE = "troupe.info";

  @Parameters(paramLabel = "PATH", description = "a file or directory in a mounted volume")
  private Path path = Path.of("");

  @Override
  public Integer call() throws IOException {
    Path real = path.toRealPath();
    MountTable.Mount mount =
        MountTable.read()
            .holding(real)
            .orElseThrow(() -> new CommandFailure(path + " is in no mounted Troupe volume"));
    UserDefinedFileAttributeView view =
        Files.getFileAttributeView(real, UserDefinedFileAttributeView.class);
    ByteBuffer text = ByteBuffer.allocate(view.size(ATTRIBUTE));
    view.read(ATTRIBUTE, text);
    System.out.println("path       " + real);
    System.out.println("volume     " + mount.volume());
    System.out.print(new String(text.array(), 0, text.position(), StandardCharsets.UTF_8));
    return 0;
  }
}
