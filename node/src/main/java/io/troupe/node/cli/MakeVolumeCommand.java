package io.troupe.node.cli;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.troupe.actors.directory.VolumeRecord;
import io.troupe.actors.fs.StripingPolicy;
import io.troupe.actors.volume.VolumePolicy;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** {@code troupe mkvol NAME}. */
@Command(name = "mkvol", description = "Make a volume.", mixinStandardHelpOptions = true)
final class MakeVolumeCommand implements Callable<Integer> {
  private static final int OCTAL = 8;

  @ParentCommand private @Nullable TroupeCommand parent;
  @Mixin private final ClusterOptions cluster = new ClusterOptions();

  @Parameters(paramLabel = "NAME", description = "its name")
  private String name = "";

  @Option(
      names = "--object-size",
      paramLabel = "SIZE",
      converter = ByteSize.Converter.class,
      description =
          "of new files: a power of two from 4KiB to 1MiB (default: troupe.volume.object-size)")
  private @Nullable Integer objectSize;

  @Option(
      names = "--width",
      paramLabel = "N",
      description = "over how many OSDs new files are striped (default: troupe.volume.width)")
  private @Nullable Integer width;

  @Option(
      names = "--metadata-replicas",
      paramLabel = "N",
      description =
          "on how many MRCs its metadata are kept (default: troupe.volume.metadata-replicas)")
  private @Nullable Integer metadataReplicas;

  @Option(
      names = "--mode",
      paramLabel = "MODE",
      description = "permissions of the root directory, octal (default: ${DEFAULT-VALUE})")
  private String mode = "755";

  @Option(names = "--uid", description = "owner of the root directory")
  private int uid;

  @Option(names = "--gid", description = "group of the root directory")
  private int gid;

  @Override
  public Integer call() throws InterruptedException {
    Config config = TroupeCommand.of(parent).load(ConfigFactory.empty());
    VolumePolicy policy;
    try {
      policy =
          new VolumePolicy(
              new StripingPolicy(
                  objectSize != null
                      ? objectSize
                      : Math.toIntExact(config.getBytes("troupe.volume.object-size")),
                  width != null ? width : config.getInt("troupe.volume.width")),
              Integer.parseInt(mode, OCTAL),
              uid,
              gid);
    } catch (IllegalArgumentException e) {
      throw new CommandFailure(String.valueOf(e.getMessage()), e);
    }
    int replicas =
        metadataReplicas != null
            ? metadataReplicas
            : config.getInt("troupe.volume.metadata-replicas");
    try (Outside troupe = Outside.connect(cluster, config)) {
      VolumeRecord v = troupe.await(troupe.client().createVolume(name, policy, replicas));
      System.out.printf(
          "volume %s  object size %s, width %d, metadata on %d MRC%s%n",
          v.name(),
          ByteSize.show(policy.striping().objectSizeBytes()),
          policy.striping().width(),
          v.members().size(),
          v.members().size() == 1 ? "" : "s");
    }
    return 0;
  }
}
