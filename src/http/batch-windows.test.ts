/** The calendar of windows over HTTP: what was kept, what is to come, and the files that left. */
import { expect, test } from "vitest";

import { useCaseApi } from "../../test/support/http-case.ts";
import { useDatabase } from "../../test/support/use-database.ts";

const SETTINGS = {
  batchProfiles: {
    nightly: {
      layout: "generic-csv",
      marker: "TEST",
      delivery: { kind: "byHand" },
      cutOffs: [{ name: "midday", time: "12:00" }],
    },
  },
};

const db = useDatabase();
const { get, opened, operate, post, server } = useCaseApi(db, SETTINGS);

function windows(from: string, until: string, profile = "nightly") {
  return get(`/v1/batch-windows?client=harbor&profile=${profile}&from=${from}&until=${until}`);
}

function days(later: number): string {
  return server()
    .engine.clock.now()
    .toZonedDateTimeISO("UTC")
    .toPlainDate()
    .add({ days: later })
    .toString();
}

test("a file made now stands in the calendar, before the windows to come", async () => {
  const { dispute } = await opened();
  await operate(dispute, "issueProvisionalCredit", { amount: "60.00" });
  await post("/v1/batches", { body: { client: "harbor" } });

  const { status, body } = await windows(days(-1), days(14));

  expect(status).toBe(200);
  const asked = body.items.filter((one) => one["ordinal"] === 1);
  expect(asked).toMatchObject([
    { files: [{ sequence: 1, adjustments: 1, amount: { amount: "60.00", currency: "USD" } }] },
  ]);
  const ahead = body.items.filter((one) => one["state"] === "ahead");
  expect(ahead.length).toBeGreaterThanOrEqual(8);
  expect(ahead.every((one) => one["cutOff"] === "midday")).toBe(true);
  expect(new Set(ahead.map((one) => one["businessDate"])).size).toBe(ahead.length);
});

test("nothing is made up for days before now, and too long a span is refused", async () => {
  expect((await windows(days(-20), days(-5))).body.items).toEqual([]);

  expect(await windows(days(0), days(90))).toMatchObject({
    status: 400,
    body: { code: "request-invalid" },
  });
  expect(await windows(days(0), days(5), "daily")).toMatchObject({ status: 404 });
});
