/** One run for everything: unit tests beside their files, the portal's, and what crosses rooms. */
import { defineConfig } from "vitest/config";

const SYSTEM = "test/system/**";

export default defineConfig({
  test: {
    include: ["{src,portal,client,test,tools}/**/*.test.{ts,tsx}"],
    exclude: ["**/node_modules/**", "**/dist/**", ...(process.env["SYSTEM"] ? [] : [SYSTEM])],
    globalSetup: ["test/support/global-setup.ts"],
    reporters: ["default", "./test/support/summary.ts"],
    pool: "forks",
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 120_000,
    restoreMocks: true,
    sequence: { hooks: "stack" },
    env: { TZ: "Pacific/Kiritimati" },
  },
});
