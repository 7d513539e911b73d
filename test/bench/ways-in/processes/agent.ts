import * as http from "node:http";
import * as https from "node:https";
import { type AgentSettings, mutualTls, settings } from "./settings";

/** The agent's own code: asks the tool once for each request, in the run that the request names, and answers with what the tool says. */
const { listen, call, identity } = settings<AgentSettings>();
const tls = identity && mutualTls(identity);
const { request } = tls === undefined ? http : https;
const agent =
  tls === undefined
    ? new http.Agent({ keepAlive: true })
    : // By its SPIFFE ID, not by a name of a host
      new https.Agent({ ...tls, keepAlive: true, checkServerIdentity: () => undefined });

function answer({ headers }: http.IncomingMessage, response: http.ServerResponse): void {
  const run = headers["ambit-run"];
  const sent = request(call, { agent, headers: run === undefined ? {} : { "ambit-run": run } }, (answered) => {
    response.writeHead(answered.statusCode ?? 0, { "content-type": "application/json" });
    answered.pipe(response);
  });
  sent.on("error", (error) => response.writeHead(502).end(error.message));
  sent.end();
}

const server = tls === undefined ? http.createServer(answer) : https.createServer(tls, answer);
server.listen(listen.port, listen.host, () => process.stdout.write("listening\n"));
