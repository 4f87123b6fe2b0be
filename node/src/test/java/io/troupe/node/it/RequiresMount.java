package io.troupe.node.it;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;

/** The test mounts; without root or {@code /dev/fuse} it is skipped. */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(RequiresMount.Condition.class)
@interface RequiresMount {
  /** Tells why not, where it cannot run. */
  final class Condition implements ExecutionCondition {
    @Override
    public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
      if (!Files.isWritable(Path.of("/dev/fuse"))) {
        return ConditionEvaluationResult.disabled("no writable /dev/fuse");
      }
      if (!"root".equals(System.getProperty("user.name"))) {
        return ConditionEvaluationResult.disabled("not root");
      }
      return ConditionEvaluationResult.enabled("root with /dev/fuse");
    }
  }
}
