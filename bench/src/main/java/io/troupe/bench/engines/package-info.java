/**
 * The LSM engine beside other engines. {@link io.troupe.bench.engines.EnginesBench} starts a
 * process for every work of every engine ({@link io.troupe.bench.engines.Child}), so that neither
 * memory nor compiled code of one is there when another is measured; a {@link
 * io.troupe.bench.engines.Work} knows engines as {@link io.troupe.bench.engines.Engine} only.
 */
@NullMarked
package io.troupe.bench.engines;

import org.jspecify.annotations.NullMarked;
