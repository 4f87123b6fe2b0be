package io.troupe.node;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.util.Arrays;

/** The arrows between modules, see docs/architecture.md: they never run back. */
@AnalyzeClasses(packages = "io.troupe", importOptions = ImportOption.DoNotIncludeTests.class)
final class ArchitectureTest {
  private static final String[] MODULES = {
    "actors", "lsm", "lease", "sharding", "osd", "mrc", "gateway", "fuse", "node"
  };

  private ArchitectureTest() {}

  private static ArchRule uses(String module, String... others) {
    String[] forbidden =
        Arrays.stream(MODULES)
            .filter(m -> !m.equals(module) && !Arrays.asList(others).contains(m))
            .map(m -> "io.troupe." + m + "..")
            .toArray(String[]::new);
    return noClasses()
        .that()
        .resideInAPackage("io.troupe." + module + "..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(forbidden);
  }

  @ArchTest static final ArchRule ACTORS = uses("actors");

  @ArchTest static final ArchRule LSM = uses("lsm");

  @ArchTest static final ArchRule LEASE = uses("lease", "actors", "lsm");

  @ArchTest static final ArchRule SHARDING = uses("sharding", "actors", "lsm", "lease");

  @ArchTest static final ArchRule OSD = uses("osd", "actors", "lsm", "sharding");

  @ArchTest static final ArchRule MRC = uses("mrc", "actors", "lsm", "sharding");

  @ArchTest static final ArchRule GATEWAY = uses("gateway", "actors", "sharding");

  @ArchTest static final ArchRule FUSE = uses("fuse", "actors", "gateway");

  @ArchTest
  static final ArchRule THE_ENGINE_KNOWS_NO_PEKKO =
      noClasses()
          .that()
          .resideInAPackage("io.troupe.lsm..")
          .and()
          .resideOutsideOfPackage("io.troupe.lsm.pekko..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("org.apache.pekko..");

  @ArchTest
  static final ArchRule THE_BRIDGE_KNOWS_NO_ACTORS_AT_WORK =
      noClasses()
          .that()
          .resideInAPackage("io.troupe.fuse..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("org.apache.pekko..");
}
