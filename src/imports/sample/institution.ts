/**
 * The sample's institution: three clients, one for each route, so that a newcomer sees all three
 * side by side. Their names are invented.
 */
export interface SampleClient {
  readonly id: string;
  readonly name: string;
  readonly settings: unknown;
}

export interface SamplePlaces {
  /** The stand-in core's configuration as a service. */
  readonly service: unknown;
  /** Where the batch client's files are delivered. */
  readonly deliveryDirectory: string;
}

export function sampleClients({ service, deliveryDirectory }: SamplePlaces): SampleClient[] {
  const eastern = { holidays: "federal-reserve", zone: "America/New_York" };
  const central = { holidays: "federal-reserve", zone: "America/Chicago" };
  const mountain = { holidays: "federal-reserve", zone: "America/Denver" };
  return [
    {
      id: "harbor",
      name: "Harbor Bank",
      settings: {
        calendar: eastern,
        services: { core: service },
        // No look-up service: a person says which card is in use.
        holds: { activeCardNumber: { when: { cardBlocked: true } } },
        approvals: {
          writeOff: [
            { above: "50.00", levels: 1 },
            {
              above: "150.00",
              levels: 2,
              rights: ["assignment:approve", "assignment:approveHigh"],
            },
          ],
          payFromLoss: [{ above: "100.00", levels: 1 }],
        },
      },
    },
    {
      id: "prairie",
      name: "Prairie Credit Union",
      settings: {
        calendar: central,
        clocks: { automaticProvisionalCredit: true },
        holds: {
          custom: [
            {
              name: "blocked-card",
              label: "Credits to a blocked card are looked at by the fraud team",
              when: { cardBlocked: true },
              movements: "holderCredits",
              days: 2,
            },
          ],
        },
        batchProfiles: {
          nightly: {
            layout: "generic-csv",
            marker: "TEST",
            returnFile: { format: "csv" },
            cutOffs: [{ name: "endOfDay", time: "18:00" }],
            delivery: { kind: "directory", directory: deliveryDirectory },
          },
        },
      },
    },
    {
      id: "summit",
      name: "Summit Trust",
      settings: {
        calendar: mountain,
        secondOperations: true,
        holds: {
          fraudCardStatus: { when: { cardBlocked: true }, good: ["transferred"], days: 5 },
        },
        approvals: { adjustManually: [{ above: "0", levels: 1 }] },
      },
    },
  ];
}
