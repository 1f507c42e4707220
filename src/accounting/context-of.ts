/** What deciding needs of a client, as the engine assembled it: rule book, settings, calendar. */
import type { DecideContext } from "./decide-context.ts";
import type { ClientRuntime, Engine } from "./engine.ts";
import { provisionalCreditBy } from "./holds/provisional-credit-date.ts";

export function contextOf(
  engine: Pick<Engine, "ids" | "creditBy" | "releaseDay">,
  client: ClientRuntime,
  referenceUsed: DecideContext["referenceUsed"],
): DecideContext {
  const { rulebook, settings, calendar } = client;
  const { creditBy = provisionalCreditBy, releaseDay } = engine;
  return {
    rulebook,
    settings,
    calendar,
    ids: engine.ids,
    executesAtOnce: false,
    referenceUsed,
    creditBy: (book) => creditBy(book, client),
    releaseDay: (destination, postingOn) =>
      releaseDay?.(destination, postingOn, client) ?? postingOn,
  };
}
