/** Who does what at which local hour: the house rules of the three clients' staff. */
import { approve, findLostFiles, helpFailed, postByHand } from "./back-office.ts";
import { takeIn, workCases } from "./case-workers.ts";
import type { Case } from "./cases.ts";
import type { PlayedClient } from "./institution.ts";
import type { Machines } from "./machines.ts";
import type { Quarter } from "./quarter.ts";
import { isOpenDay, isStruck, localTime } from "./quarter.ts";

export interface People {
  /** What they do in this hour; nobody gets far while Redress is down. */
  hour(machines: Machines): Promise<void>;
  /** Every dispute's story has ended. */
  isDone(): boolean;
}

const CASE_HOURS = new Set([9, 14]);
const BACK_OFFICE_HOURS = new Set([10, 15]);
const APPROVAL_HOURS = new Set([11, 16]);

export function takePeople(
  quarter: Quarter,
  arrivals: ReadonlyMap<string, readonly Case[]>,
): People {
  const mine = new Map<string, Case[]>(quarter.clients.map(({ id }) => [id, []]));
  const waiting = new Map<string, Case[]>(quarter.clients.map(({ id }) => [id, []]));
  let expected = [...arrivals.values()].reduce((sum, list) => sum + list.length, 0);

  const work = async (client: PlayedClient, machines: Machines): Promise<void> => {
    const { date, hour } = localTime(quarter, client);
    const [cases = [], desk = []] = [mine.get(client.id), waiting.get(client.id)];
    desk.push(...(arrivals.get(`${client.id} ${date} ${hour}`) ?? []));
    if (isStruck(quarter, "redressDown", client.id)) return;
    expected -= desk.length;
    const taken = desk.splice(0);
    await takeIn(quarter, client, taken);
    cases.push(...taken);
    if (!isOpenDay(quarter, client.id, date)) return;
    if (CASE_HOURS.has(hour)) {
      await workCases(quarter, client, cases);
      mine.set(
        client.id,
        cases.filter((one) => one.steps.length > 0),
      );
    }
    if (BACK_OFFICE_HOURS.has(hour)) {
      await postByHand(quarter, client);
      await helpFailed(quarter, client);
      await findLostFiles(quarter, client, machines.receiver);
    }
    if (APPROVAL_HOURS.has(hour)) await approve(quarter, client);
  };
  return {
    hour: async (machines) => {
      for (const client of quarter.clients) await work(client, machines);
    },
    isDone: () => expected <= 0 && [...mine.values()].every((cases) => cases.length === 0),
  };
}
