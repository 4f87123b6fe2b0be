package io.troupe.bench.engines;

import java.nio.file.Files;
import java.util.Locale;
import java.util.Optional;

/** The contestants. */
enum EngineKind {
  TROUPE("troupe"),
  ROCKSDB("rocksdb"),
  ROCKSDB_MAPPED("rocksdb-mapped"),
  LMDB("lmdb"),
  MVSTORE("mvstore"),
  BABUDB("babudb"),
  LOG("log");

  private final String label;

  EngineKind(String label) {
    this.label = label;
  }

  String label() {
    return label;
  }

  Engine open(Setup setup) throws Exception {
    Files.createDirectories(setup.directory());
    return switch (this) {
      case TROUPE -> TroupeEngine.open(setup);
      case ROCKSDB -> RocksEngine.open(setup, RocksEngine.Files.COMPRESSED);
      case ROCKSDB_MAPPED -> RocksEngine.open(setup, RocksEngine.Files.MAPPED);
      case LMDB -> LmdbEngine.open(setup);
      case MVSTORE -> MvStoreEngine.open(setup);
      case BABUDB -> BabuEngine.open(setup);
      case LOG -> BareLog.open(setup);
    };
  }

  /** A log has no index, and files without compression matter to who reads them. */
  boolean takesPartIn(WorkKind work) {
    return switch (this) {
      case LOG -> work == WorkKind.APPEND_SYNC || work == WorkKind.APPEND_OS;
      case ROCKSDB_MAPPED ->
          switch (work) {
            case LOAD, READS, SCANS, GROWTH -> true;
            case APPEND_SYNC, APPEND_OS, MIXED, CHURN, OPEN, REPLAY -> false;
          };
      case TROUPE, ROCKSDB, LMDB, MVSTORE, BABUDB -> true;
    };
  }

  static Optional<EngineKind> of(String label) {
    for (EngineKind kind : values()) {
      if (kind.label.equals(label.toLowerCase(Locale.ROOT))) {
        return Optional.of(kind);
      }
    }
    return Optional.empty();
  }
}
