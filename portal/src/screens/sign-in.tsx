/** Sign-in: a name and a password, and what is wrong when they are. */
import { Button, PasswordInput, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { getRouteApi, useRouter } from "@tanstack/react-router";
import { useEffect, useState } from "react";

import { command, ProblemError, rememberCsrf } from "../api/http.ts";
import { sessionQuery } from "../api/queries.ts";
import type { Session } from "../api/types.ts";
import { ProblemNote } from "../ui/answers.tsx";
import mark from "../ui/mark.svg";

import css from "./screens.module.css";

const route = getRouteApi("/sign-in");

export function SignIn() {
  const { to = "/" } = route.useSearch();
  const queries = useQueryClient();
  const router = useRouter();
  const [user, setUser] = useState("");
  const [password, setPassword] = useState("");
  const signIn = useMutation({
    mutationFn: () => command<Session>("/session", { body: { user, password } }),
    onSuccess: async (session) => {
      rememberCsrf(session.csrf);
      queries.clear();
      queries.setQueryData(sessionQuery.queryKey, session);
      // Only paths of this portal: an address from outside leads nowhere else.
      router.history.push(/^\/(?!\/)/.test(to) ? to : "/");
      await router.invalidate();
    },
  });
  useEffect(() => {
    document.title = "Sign in · Redress";
  }, []);
  return (
    <main className={css["signIn"]}>
      <div className={css["signInBox"]}>
        <header>
          <img src={mark} alt="" />
          <h1>Sign in to Redress</h1>
        </header>
        <form
          className={css["signInForm"]}
          onSubmit={(event) => {
            event.preventDefault();
            signIn.mutate();
          }}
        >
          <TextInput
            label="User"
            name="user"
            size="sm"
            autoComplete="username"
            autoFocus
            required
            value={user}
            onChange={(event) => setUser(event.currentTarget.value)}
          />
          <PasswordInput
            label="Password"
            name="password"
            size="sm"
            autoComplete="current-password"
            required
            value={password}
            onChange={(event) => setPassword(event.currentTarget.value)}
          />
          {signIn.error === null ? null : <ProblemNote error={asSaidHere(signIn.error)} />}
          <Button type="submit" size="sm" disabled={signIn.isPending}>
            {signIn.isPending ? "Signing in…" : "Sign in"}
          </Button>
        </form>
      </div>
    </main>
  );
}

/** A person who signs in has no key to send. */
function asSaidHere(error: unknown): unknown {
  if (!(error instanceof ProblemError) || error.problem.code !== "unauthenticated") return error;
  const remedy = "Type both again. Whoever looks after the users can give you a new password.";
  return new ProblemError({ ...error.problem, remedy });
}
