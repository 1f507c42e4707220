/** The last line of a run, alone, for programs: `N passed, N failed`. */
import type { Reporter, SerializedError, TestModule } from "vitest/node";

export default class Summary implements Reporter {
  // After the default reporter's own summary, which is written when the run ends.
  onTestRunEnd(modules: readonly TestModule[], errors: readonly SerializedError[]): void {
    let passed = 0;
    let failed = errors.length;
    for (const module of modules) {
      failed += module.errors().length;
      for (const suite of module.children.allSuites()) failed += suite.errors().length;
      for (const test of module.children.allTests()) {
        const { state } = test.result();
        if (state === "passed") passed += 1;
        if (state === "failed") failed += 1;
      }
    }
    process.once("exit", (code) => {
      // A run that broke before its tests has none that failed, and yet it failed.
      if (code !== 0 && failed === 0) failed = 1;
      process.stdout.write(`\n${passed} passed, ${failed} failed\n`);
    });
  }
}
