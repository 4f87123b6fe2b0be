package io.troupe.fuse.ops;

import io.troupe.fuse.transport.Handler;

/** One of the kernel's operations. */
interface Operation extends Handler {}
