/** Every address of the portal. What a screen shows is in its address, so that it can be sent. */
import type { QueryClient } from "@tanstack/react-query";
import {
  createRootRouteWithContext,
  createRoute,
  createRouter,
  lazyRouteComponent,
  redirect,
  retainSearchParams,
} from "@tanstack/react-router";

import { sessionQuery } from "../api/queries.ts";
import { NotFound, Unexpected } from "./lost.tsx";
import { Shell } from "./shell.tsx";

type Search = Readonly<Record<string, unknown>>;

function text(search: Search, name: string): string | undefined {
  const value = search[name];
  if (typeof value === "number") return String(value);
  return typeof value === "string" && value !== "" ? value : undefined;
}

/** Leaves out what is not there, so that addresses stay short. */
function texts<Name extends string>(
  search: Search,
  ...names: readonly Name[]
): Partial<Record<Name, string>> {
  const found: Partial<Record<Name, string>> = {};
  for (const name of names) {
    const value = text(search, name);
    if (value !== undefined) found[name] = value;
  }
  return found;
}

const root = createRootRouteWithContext<{ readonly queries: QueryClient }>()({
  notFoundComponent: NotFound,
});

const signIn = createRoute({
  getParentRoute: () => root,
  path: "/sign-in",
  validateSearch: (search: Search) => texts(search, "to"),
  component: lazyRouteComponent(() => import("../screens/sign-in.tsx"), "SignIn"),
});

/** Everything behind the sign-in. The client in view stays while pages change. */
const inside = createRoute({
  getParentRoute: () => root,
  id: "inside",
  validateSearch: (search: Search) => texts(search, "client"),
  search: { middlewares: [retainSearchParams(["client"])] },
  beforeLoad: async ({ context, location }) => {
    const session = await context.queries.ensureQueryData(sessionQuery);
    // The router's own control flow.
    // oxlint-disable-next-line typescript/only-throw-error
    if (session === null) throw redirect({ to: "/sign-in", search: { to: location.href } });
    return { session };
  },
  component: Shell,
  errorComponent: Unexpected,
});

const today = createRoute({
  getParentRoute: () => inside,
  path: "/",
  component: lazyRouteComponent(() => import("../screens/today.tsx"), "Today"),
});

const QUEUE_VIEW = ["asOf", "bulk", "assignment", "action"] as const;
/** Which work is shown: the same words as the server's filter. */
const WORK_WORDS = ["queue", "assignee", "workGroup", "standing"] as const;

const queues = createRoute({
  getParentRoute: () => inside,
  path: "/queues",
  validateSearch: (search: Search) => texts(search, ...WORK_WORDS, "every", ...QUEUE_VIEW),
  component: lazyRouteComponent(() => import("../screens/queues.tsx"), "Queues"),
});

const cases = createRoute({
  getParentRoute: () => inside,
  path: "/cases",
  validateSearch: (search: Search) => texts(search, "q", "open"),
  component: lazyRouteComponent(() => import("../screens/cases.tsx"), "Cases"),
});

const oneCase = createRoute({
  getParentRoute: () => inside,
  path: "/cases/$client/$claim",
  validateSearch: (search: Search) =>
    texts(search, "dispute", "tab", "operation", "adjustment", "assignment", "action", "given"),
  component: lazyRouteComponent(() => import("../screens/case.tsx"), "Case"),
});

const batches = createRoute({
  getParentRoute: () => inside,
  path: "/batches",
  validateSearch: (search: Search) => texts(search, "profile"),
  component: lazyRouteComponent(() => import("../screens/batches.tsx"), "Batches"),
});

const batch = createRoute({
  getParentRoute: () => inside,
  path: "/batches/$batch",
  component: lazyRouteComponent(() => import("../screens/batch.tsx"), "Batch"),
});

const batchProfiles = createRoute({
  getParentRoute: () => inside,
  path: "/batches/profiles",
  component: lazyRouteComponent(() => import("../screens/batch-profiles.tsx"), "BatchProfiles"),
});

const batchLayout = createRoute({
  getParentRoute: () => inside,
  path: "/batches/layout",
  validateSearch: (search: Search) => texts(search, "of"),
  component: lazyRouteComponent(() => import("../screens/batch-layout.tsx"), "BatchLayout"),
});

const batchCalendar = createRoute({
  getParentRoute: () => inside,
  path: "/batches/calendar",
  validateSearch: (search: Search) => texts(search, "month", "of"),
  component: lazyRouteComponent(() => import("../screens/batch-calendar.tsx"), "BatchCalendar"),
});

const returns = createRoute({
  getParentRoute: () => inside,
  path: "/batches/returns",
  validateSearch: (search: Search) => texts(search, "state", "waits"),
  component: lazyRouteComponent(() => import("../screens/returns.tsx"), "Returns"),
});

const oneReturn = createRoute({
  getParentRoute: () => inside,
  path: "/batches/returns/$return",
  validateSearch: (search: Search) => texts(search, "lines"),
  component: lazyRouteComponent(() => import("../screens/return-file.tsx"), "ReturnPage"),
});

const services = createRoute({
  getParentRoute: () => inside,
  path: "/services",
  component: lazyRouteComponent(() => import("../screens/services.tsx"), "Services"),
});

const service = createRoute({
  getParentRoute: () => inside,
  path: "/services/$of/$service",
  validateSearch: (search: Search) => texts(search, "tab", "minutes", "adjustment", "job"),
  component: lazyRouteComponent(() => import("../screens/service.tsx"), "Service"),
});

const reconciliation = createRoute({
  getParentRoute: () => inside,
  path: "/reconciliation",
  validateSearch: (search: Search) => texts(search, "feed"),
  component: lazyRouteComponent(
    () => import("../screens/reconciliation.tsx"),
    "ReconciliationPage",
  ),
});

const approvals = createRoute({
  getParentRoute: () => inside,
  path: "/approvals",
  validateSearch: (search: Search) => texts(search, "show"),
  component: lazyRouteComponent(() => import("../screens/approvals.tsx"), "Approvals"),
});

const approval = createRoute({
  getParentRoute: () => inside,
  path: "/approvals/$approval",
  component: lazyRouteComponent(() => import("../screens/approval.tsx"), "ApprovalPage"),
});

const delegations = createRoute({
  getParentRoute: () => inside,
  path: "/approvals/delegations",
  component: lazyRouteComponent(() => import("../screens/delegations.tsx"), "Delegations"),
});

const clocks = createRoute({
  getParentRoute: () => inside,
  path: "/clocks",
  validateSearch: (search: Search) => texts(search, "show"),
  component: lazyRouteComponent(() => import("../screens/clocks.tsx"), "Clocks"),
});

const jobs = createRoute({
  getParentRoute: () => inside,
  path: "/jobs",
  component: lazyRouteComponent(() => import("../screens/jobs.tsx"), "Jobs"),
});

const job = createRoute({
  getParentRoute: () => inside,
  path: "/jobs/$job",
  validateSearch: (search: Search) => texts(search, "outcome"),
  component: lazyRouteComponent(() => import("../screens/job.tsx"), "Job"),
});

const administration = createRoute({
  getParentRoute: () => inside,
  path: "/administration",
  validateSearch: (search: Search) => texts(search, "do", "profile", "file", "group"),
  component: lazyRouteComponent(() => import("../screens/administration.tsx"), "Administration"),
});

const tree = root.addChildren([
  signIn,
  inside.addChildren([
    today,
    queues,
    cases,
    oneCase,
    batches,
    batch,
    batchProfiles,
    batchLayout,
    batchCalendar,
    returns,
    oneReturn,
    approvals,
    approval,
    delegations,
    services,
    service,
    clocks,
    reconciliation,
    jobs,
    job,
    administration,
  ]),
]);

export function portalRouter(queries: QueryClient) {
  return createRouter({
    routeTree: tree,
    context: { queries },
    defaultPreload: "intent",
    scrollRestoration: true,
    defaultErrorComponent: Unexpected,
    defaultNotFoundComponent: NotFound,
  });
}

declare module "@tanstack/react-router" {
  interface Register {
    router: ReturnType<typeof portalRouter>;
  }
}
