import { expect, test } from "vitest";

import { useDatabase } from "../../test/support/use-database.ts";
import { sql } from "./sql.ts";

const database = useDatabase();

test("the application signs in as a role that owns nothing", async () => {
  const row = await database.one<{ role: string; zone: string }>(
    sql`select current_user::text as role, current_setting('timezone') as zone`,
  );

  expect(row).toEqual({ role: "redress_app", zone: "UTC" });
});
