import * as http from "node:http";
import * as https from "node:https";
import { mutualTls, type ProxiesSettings, settings } from "./settings";

/** What any sidecar in Node does that speaks mutual TLS for an agent, and nothing else: bytes in, bytes out, over connections that are kept. */
const { inbound, outbound, identity } = settings<ProxiesSettings>();
const tls = mutualTls(identity);

function passing(request: (options: http.RequestOptions) => http.ClientRequest): http.RequestListener {
  return (incoming, outgoing) => {
    const { method, url: path, rawHeaders } = incoming;
    const sent = request({
      ...(method !== undefined && { method }),
      ...(path !== undefined && { path }),
      headers: rawHeaders,
    });
    sent.on("response", (answered) => {
      outgoing.sendDate = false;
      outgoing.writeHead(answered.statusCode ?? 0, answered.rawHeaders);
      answered.pipe(outgoing);
    });
    sent.on("error", () => outgoing.destroy());
    incoming.pipe(sent);
  };
}

const toAgent = new http.Agent({ keepAlive: true });
const toEnvoy = new https.Agent({ ...tls, keepAlive: true, checkServerIdentity: () => undefined });
const servers = [
  https
    .createServer(
      tls,
      passing((options) => http.request({ ...options, ...inbound.agent, agent: toAgent })),
    )
    .listen(inbound.listen.port, inbound.listen.host),
  http
    .createServer(passing((options) => https.request({ ...options, ...outbound.envoy, agent: toEnvoy })))
    .listen(outbound.listen.port, outbound.listen.host),
];
void Promise.all(servers.map((server) => new Promise((resolve) => server.once("listening", resolve)))).then(() =>
  process.stdout.write("listening\n"),
);
