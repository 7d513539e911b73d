import { readFileSync } from "node:fs";
import { createServer } from "node:https";
import type { AskedAt } from "./asked";

/** A server that reads what it is asked, and answers the same: what another process in Node costs by itself. Its argument is where it is. */
const { host, port, cert, key } = JSON.parse(process.argv[2] ?? "") as AskedAt;
const own = readFileSync(cert);
const ANSWER = JSON.stringify({ state: "s".repeat(700) });

createServer({ cert: own, key: readFileSync(key), ca: own, requestCert: true }, (incoming, answer) => {
  let text = "";
  incoming.setEncoding("utf8");
  incoming.on("data", (part: string) => (text += part));
  incoming.once("end", () => {
    JSON.parse(text);
    answer.writeHead(200, { "content-type": "application/json", "content-length": ANSWER.length }).end(ANSWER);
  });
}).listen(port, host, () => process.stdout.write("listening\n"));
