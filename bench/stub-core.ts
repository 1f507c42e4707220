/**
 * A core that does nothing but answer after 5 ms, in a process of its own: it prints its address,
 * says at /count how many postings it answered, and ends when its input does.
 */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

const ANSWER_AFTER_MILLISECONDS = 5;

let answered = 0;
const server = createServer((request, response) => {
  const answer = (text: string): void => {
    response.writeHead(200, { "content-type": "application/json" });
    response.end(text);
  };
  if (request.url === "/count") return answer(String(answered));
  request.resume();
  request.once("end", () => {
    setTimeout(() => {
      answered += 1;
      answer(`{"id":"P${String(answered).padStart(8, "0")}","status":"posted"}`);
    }, ANSWER_AFTER_MILLISECONDS);
  });
});
server.keepAliveTimeout = 60_000;
server.listen(0, "127.0.0.1", () => {
  process.stdout.write(`http://127.0.0.1:${(server.address() as AddressInfo).port}\n`);
});
process.stdin.resume().once("end", () => process.exit(0));
