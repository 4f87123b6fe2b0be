package io.troupe.bench.engines;

import java.io.IOException;
import java.lang.reflect.Method;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.Map;
import java.util.Properties;
import org.jspecify.annotations.Nullable;

/**
 * BabuDB, which no registry has: its classes come from a jar that is named when this runs, and are
 * called by reflection. With {@link Setup#sync} off it acknowledges before it has written, which is
 * less than the others promise.
 */
final class BabuEngine implements Engine {
  private static final String PACKAGE = "org.xtreemfs.babudb.";
  private static final int LOG_BYTES = 256 << 20;

  /** What a request carries along for its listener, of which there is none. */
  private static final Object CONTEXT = "";

  private final URLClassLoader classes;
  private final Object babudb;
  private final Object database;
  private final Method createGroup;
  private final Method addInsert;
  private final Method addDelete;
  private final Method insert;
  private final Method lookup;
  private final Method rangeLookup;
  private final Method result;
  private final Method free;

  private BabuEngine(URLClassLoader classes, Setup setup)
      throws ReflectiveOperationException, IOException {
    this.classes = classes;
    Class<?> databaseType = type("api.database.Database");
    Class<?> readOnly = type("api.database.DatabaseRO");
    Class<?> group = type("api.database.DatabaseInsertGroup");
    createGroup = databaseType.getMethod("createInsertGroup");
    addInsert = group.getMethod("addInsert", int.class, byte[].class, byte[].class);
    addDelete = group.getMethod("addDelete", int.class, byte[].class);
    insert = databaseType.getMethod("insert", group, Object.class);
    lookup = readOnly.getMethod("lookup", int.class, byte[].class, Object.class);
    rangeLookup =
        readOnly.getMethod("rangeLookup", int.class, byte[].class, byte[].class, Object.class);
    result = type("api.database.DatabaseRequestResult").getMethod("get");
    free = type("api.database.ResultSet").getMethod("free");

    Class<?> configType = type("config.BabuDBConfig");
    Object config = configType.getConstructor(Properties.class).newInstance(properties(setup));
    babudb = type("BabuDBFactory").getMethod("createBabuDB", configType).invoke(null, config);
    database = openDatabase();
  }

  static Engine open(Setup setup) throws IOException, ReflectiveOperationException {
    Path jar =
        setup.babudb().orElseThrow(() -> new IllegalArgumentException("babudb needs --babudb JAR"));
    return new BabuEngine(new URLClassLoader(new URL[] {jar.toUri().toURL()}), setup);
  }

  private Class<?> type(String name) throws ClassNotFoundException {
    return classes.loadClass(PACKAGE + name);
  }

  private static Properties properties(Setup setup) {
    Properties p = new Properties();
    p.setProperty("babudb.debug.level", "2");
    p.setProperty("babudb.baseDir", setup.directory().resolve("db").toString());
    p.setProperty("babudb.logDir", setup.directory().resolve("log").toString());
    p.setProperty("babudb.sync", setup.sync() ? "FDATASYNC" : "ASYNC");
    // Callers do the work: handing a lookup to a thread of its own costs it more than the lookup.
    p.setProperty("babudb.worker.numThreads", "0");
    p.setProperty("babudb.maxLogfileSize", String.valueOf(LOG_BYTES));
    p.setProperty("babudb.checkInterval", "1");
    p.setProperty("babudb.compression", "false");
    return p;
  }

  private Object openDatabase() throws ReflectiveOperationException {
    Object manager = type("api.BabuDB").getMethod("getDatabaseManager").invoke(babudb);
    Class<?> managerType = type("api.DatabaseManager");
    Map<?, ?> there = (Map<?, ?>) managerType.getMethod("getDatabases").invoke(manager);
    Object found = there.get("bench");
    return found != null
        ? found
        : managerType
            .getMethod("createDatabase", String.class, int.class)
            .invoke(manager, "bench", 1);
  }

  private Object await(Method method, Object... arguments) throws ReflectiveOperationException {
    return result.invoke(method.invoke(database, arguments));
  }

  @Override
  public void write(Batch batch) throws ReflectiveOperationException {
    Object group = createGroup.invoke(database);
    for (Batch.Operation o : batch.operations()) {
      if (o.value() == null) {
        addDelete.invoke(group, 0, o.key());
      } else {
        addInsert.invoke(group, 0, o.key(), o.value());
      }
    }
    await(insert, group, CONTEXT);
  }

  @Override
  public byte @Nullable [] get(byte[] key) throws ReflectiveOperationException {
    return (byte[]) await(lookup, 0, key, CONTEXT);
  }

  @Override
  public void scan(byte[] from, byte[] to, Visitor visitor) throws ReflectiveOperationException {
    Object set = await(rangeLookup, 0, from, to, CONTEXT);
    for (Iterator<?> entries = (Iterator<?>) set; entries.hasNext(); ) {
      Map.Entry<?, ?> e = (Map.Entry<?, ?>) entries.next();
      visitor.accept((byte[]) e.getKey(), (byte[]) e.getValue());
    }
    free.invoke(set);
  }

  @Override
  public void settle() throws ReflectiveOperationException {
    Object checkpointer = type("api.BabuDB").getMethod("getCheckpointer").invoke(babudb);
    type("api.Checkpointer").getMethod("checkpoint").invoke(checkpointer);
  }

  @Override
  public void close() throws IOException {
    try {
      type("api.BabuDB").getMethod("shutdown").invoke(babudb);
    } catch (ReflectiveOperationException e) {
      throw new IOException("BabuDB did not shut down", e);
    }
    classes.close();
  }
}
