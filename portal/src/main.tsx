/** Starts the portal: styles, theme, what is read from the API, the pages. */
import "@fontsource-variable/inter/wght.css";
import "@mantine/core/styles/baseline.css";
import "./ui/mantine.css";
import "./ui/tokens.css";

import { MantineProvider } from "@mantine/core";
import { Notifications } from "@mantine/notifications";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";

import { ProblemError } from "./api/http.ts";
import { portalRouter } from "./app/router.tsx";
import { listenForShortcuts } from "./ui/shortcuts.ts";
import { theme, variables } from "./ui/theme.ts";

/** What a person can act on is not asked again by itself. */
function mayRetry(failures: number, error: Error): boolean {
  const isFinal = error instanceof ProblemError && error.problem.status < 500;
  return !isFinal && failures < 2;
}

const queries = new QueryClient({
  defaultOptions: { queries: { retry: mayRetry, staleTime: 1000 } },
});
const router = portalRouter(queries);

// A session that ended sends its page to the sign-in, and back after it.
queries.getQueryCache().subscribe(({ query }) => {
  const error: unknown = query.state.error;
  if (!(error instanceof ProblemError) || error.problem.status !== 401) return;
  queries.setQueryData(["session"], null);
  const { pathname, href } = router.state.location;
  if (pathname === "/sign-in") return;
  void router.navigate({ to: "/sign-in", search: { to: href } });
});

listenForShortcuts();

declare global {
  // What the components that lock scrolling ask for the nonce of their styles.
  var __webpack_nonce__: string | undefined;
}

const root = document.querySelector("#root");
if (root !== null) {
  const nonce = document.querySelector<HTMLMetaElement>("meta[property=csp-nonce]")?.nonce ?? "";
  globalThis.__webpack_nonce__ = nonce;
  createRoot(root).render(
    <StrictMode>
      <MantineProvider
        theme={theme}
        cssVariablesResolver={variables}
        defaultColorScheme="auto"
        getStyleNonce={() => nonce}
      >
        <QueryClientProvider client={queries}>
          <RouterProvider router={router} />
        </QueryClientProvider>
        <Notifications position="bottom-right" autoClose={6000} />
      </MantineProvider>
    </StrictMode>,
  );
}
