/** A core that answers after 5 ms and keeps nothing: `node service-stub.ts`, its own process. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

const ANSWER_MILLISECONDS = 5;

let ordinal = 0;
const server = createServer((request, response) => {
  request.resume();
  request.once("end", () => {
    setTimeout(() => {
      ordinal += 1;
      response.writeHead(200, { "content-type": "application/json" });
      response.end(`{"id":"S${ordinal}","status":"posted"}`);
    }, ANSWER_MILLISECONDS);
  });
});
server.keepAliveTimeout = 60_000;
server.listen(0, "127.0.0.1", () => {
  const { port } = server.address() as AddressInfo;
  process.stdout.write(`http://127.0.0.1:${port}\n`);
});
process.on("SIGTERM", () => {
  server.closeAllConnections();
  server.close();
});
