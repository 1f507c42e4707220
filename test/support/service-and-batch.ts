/** Settings of a client with a service that nobody answers for and files that reach nobody. */
export const SERVICE_AND_BATCH = {
  services: {
    core: {
      protocol: "rest-json",
      url: "http://127.0.0.1:9",
      post: { path: "/postings", body: { amount: "{{amount}}" } },
      answer: { reference: "body.id" },
    },
  },
  batchProfiles: {
    nightly: {
      layout: "generic-csv",
      marker: "TEST",
      delivery: { kind: "directory", directory: "/nowhere" },
    },
  },
};
