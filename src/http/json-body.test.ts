/** JSON bodies that two readers would read as two different things. */
import { expect, test } from "vitest";

import { useCaseApi } from "../../test/support/http-case.ts";
import { useDatabase } from "../../test/support/use-database.ts";
import { sql } from "../database/sql.ts";

const db = useDatabase();
const { admin, opened, server } = useCaseApi(db);

const operation = (input: string) => `{"operation":"issueProvisionalCredit","input":${input}}`;

test.each([
  ["a name twice", operation('{"amount":"1.00","amount":"90.00"}'), /amount is named twice/],
  ["an escaped name twice", operation('{"amount":"1.00","\\u0061mount":"9.00"}'), /named twice/],
  ["Latin-1", Buffer.from(operation('{"reference":"M\u00fcller"}'), "latin1"), /not UTF-8/],
  ["a name of the language", operation('{"__proto__":{"amount":"90.00"}}'), /not valid JSON/],
  ["half a body", '{"operation":', /not valid JSON/],
])("%s is refused, and nothing is booked", async (_, payload, detail) => {
  const { dispute } = await opened();

  const { statusCode, body } = await server().app.inject({
    method: "POST",
    url: `/v1/disputes/${dispute}/operations`,
    headers: {
      authorization: `Bearer ${admin()}`,
      "content-type": "application/json",
      "idempotency-key": "odd",
    },
    payload,
  });

  expect(statusCode).toBe(400);
  expect(JSON.parse(body)).toMatchObject({ code: "request-invalid" });
  expect((JSON.parse(body) as { detail: string }).detail).toMatch(detail);
  const { entries } = await db.one<{ entries: number }>(
    sql`select count(*)::int as entries from entry`,
  );
  expect(entries).toBe(0);
});
