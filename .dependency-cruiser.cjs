/**
 * Which way the rooms look: a room imports only rooms above it in this list, types included; the
 * rooms of one line stand side by side and never import each other. The list is the one of the
 * architecture; the rules below follow from it.
 */
const ROOMS = [
  ["kernel"],
  ["connections"],
  ["database"],
  ["formats"],
  ["events"],
  ["access"],
  ["work"],
  ["rulebook"],
  ["ledger"],
  ["cases"],
  ["accounting"],
  ["service", "batch", "manual"],
  ["reconcile"],
  ["resolution"],
  ["rehearsal"],
  ["imports"],
  ["proof"],
  ["reports"],
  ["http", "cli"],
];

/** They put everything together, and are imported by nobody but each other. */
const ROOTS = "^src/(main|config)[.]ts$";
const CLI_ROOT = "^src/cli/main[.]ts$";
const TESTS = "([.]test[.]tsx?$|^test/)";

const inRooms = (rooms) => `^src/(${rooms.join("|")})/`;

const direction = ROOMS.flatMap((line, level) =>
  line.map((room) => {
    const others = line.filter((other) => other !== room);
    const below = [...others, ...ROOMS.slice(level + 1).flat()];
    return {
      name: `${room}-imports-only-what-is-above-it`,
      severity: "error",
      from: { path: inRooms([room]), pathNot: [TESTS, CLI_ROOT] },
      to: { path: below.length === 0 ? ROOTS : `${inRooms(below)}|${ROOTS}` },
    };
  }),
);

module.exports = {
  forbidden: [
    ...direction,
    {
      name: "no-circle",
      severity: "error",
      from: {},
      to: { circular: true },
    },
    {
      name: "a-room-has-a-place-in-the-list",
      severity: "error",
      from: { path: "^src/[^/]+/", pathNot: inRooms(ROOMS.flat()) },
      to: {},
    },
    {
      name: "the-kernel-imports-nothing-of-ours",
      severity: "error",
      from: { path: "^src/kernel/", pathNot: TESTS },
      to: { path: "^(src|portal|client|tools|test|bench)/", pathNot: "^src/kernel/" },
    },
    {
      name: "nothing-shipped-imports-tests-or-tools",
      severity: "error",
      from: { path: "^(src|portal|client)/", pathNot: TESTS },
      to: { path: "^(test|tools|bench)/|[.]test[.]tsx?$" },
    },
    {
      name: "the-portal-takes-only-tables-from-the-server",
      severity: "error",
      from: { path: "^portal/", pathNot: TESTS },
      to: {
        path: "^src/",
        pathNot: "^src/(kernel/|[^/]+/[^/]*(machine|events|states)[^/]*[.]ts$)",
      },
    },
    {
      name: "everything-imported-is-there",
      severity: "error",
      from: {},
      to: { couldNotResolve: true },
    },
    {
      name: "shipped-code-uses-shipped-packages",
      severity: "error",
      from: { path: "^src/", pathNot: TESTS },
      to: { dependencyTypes: ["npm-dev", "npm-no-pkg"], dependencyTypesNot: ["type-only"] },
    },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    exclude: { path: "(^|/)(dist|coverage|data)/" },
    tsPreCompilationDeps: true,
    parser: "swc",
    enhancedResolveOptions: {
      exportsFields: ["exports"],
      conditionNames: ["import", "node", "default", "types"],
    },
  },
};
