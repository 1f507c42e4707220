/** Layouts over HTTP: what there is, and a preview of one that is being written. */
import { expect, test } from "vitest";

import { useCaseApi } from "../../test/support/http-case.ts";
import { useDatabase } from "../../test/support/use-database.ts";

const db = useDatabase();
const { get, post } = useCaseApi(db);

const OWN = {
  format: "fixedWidth",
  name: "own",
  version: "1",
  encoding: "ebcdic-037",
  detail: {
    fields: [
      {
        name: "amount",
        from: "amount",
        width: 8,
        pad: "0",
        sign: "overpunch",
        decimals: "implied",
      },
    ],
  },
};

test("the layouts that there are come with their schema", async () => {
  const { body } = await get("/v1/batch-layouts");

  expect(body.items.map((one) => one["name"])).toContain("pain-008");
  expect(body).toMatchObject({ schema: { title: "A layout of batch files" } });
});

test("a layout in the body is rendered, its bytes as they would leave", async () => {
  const { body, status } = await post("/v1/batch-layouts/preview", {
    body: { layout: OWN, client: "harbor", amounts: [{ direction: "credit", amount: "12.53" }] },
  });

  expect(status).toBe(200);
  expect(body).toMatchObject({
    valid: true,
    lines: [{ part: "detail", text: "0000125C" }],
    base64: Buffer.from("f0f0f0f0f1f2f5c30d25", "hex").toString("base64"),
    fields: { detail: [[{ name: "amount", start: 1, width: 8 }]] },
    totals: { details: 1, credits: { count: 1, amount: { amount: "12.53", currency: "USD" } } },
    sources: { detail: { amount: "amount", accountNumber: "text" } },
  });
});

test("what is wrong is an answer, not a failure; a wrong amount or client is one", async () => {
  const path = "/v1/batch-layouts/preview";
  const wrong = await post(path, { body: { layout: { ...OWN, detail: { fields: [] } } } });
  const amount = await post(path, {
    body: { layout: OWN, amounts: [{ direction: "debit", amount: "1.234" }] },
  });
  const other = await post(path, { body: { layout: OWN, client: "nowhere" } });

  expect(wrong.body).toMatchObject({ valid: false, lines: [], sha256: null });
  expect(wrong.body["faults"]).toMatchObject([{ pointer: "/detail/fields" }]);
  expect([amount.status, other.status]).toEqual([422, 404]);
});
