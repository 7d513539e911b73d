import { deepStrictEqual as equal, ok } from "node:assert";
import { once } from "node:events";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer } from "node:https";
import type { TLSSocket } from "node:tls";
import type { RealAgent } from "../exchange/real-agent";
import type { Check, Suite } from "../harness/suite";
import { INBOUND_PORT, podAddress } from "./pod";
import { CLERK_HOST, ORIGIN, type WaysInWorld } from "./ways-in-world";

const [OWN_ADDRESS, FOREIGN_ADDRESS] = [podAddress(), podAddress()];
const POST = { method: "POST", headers: { "content-type": "application/json" }, body: "{}" } as const;

interface Arrived {
  readonly url: string;
  readonly headers: IncomingMessage["headers"];
  /** URI of the certificate that the client showed */
  readonly client: string | undefined;
}

/** Stands where a companion would, with the SVID of some agent */
class StandIn {
  public readonly arrived: Arrived[] = [];

  public static async start(suite: Suite, agent: RealAgent, address: string): Promise<StandIn> {
    const { certificate: cert, key, bundle: ca } = agent;
    const server = createServer({ cert, key, ca, requestCert: true, rejectUnauthorized: true });
    const standIn = new StandIn();
    server.on("request", (request: IncomingMessage, response: ServerResponse) => {
      const { subjectaltname } = (request.socket as TLSSocket).getPeerCertificate();
      const { url = "", headers } = request;
      standIn.arrived.push({ url, headers, client: subjectaltname });
      response.end("ok");
    });
    server.listen(INBOUND_PORT, address);
    await once(server, "listening");
    suite.afterwards(() => {
      server.closeAllConnections();
      server.close();
    });
    return standIn;
  }
}

/** How a request finds its pod, and that it finds no other: a stand-in takes the place of the companion. */
export function routeChecks(suite: Suite, world: Check<WaysInWorld>): void {
  const standIn = suite.check(
    "ways in: a request of a user reaches the agent's pod by its host alone",
    [world],
    async ([at]) => {
      const standing = await StandIn.start(suite, at.gateway.as("clerk"), OWN_ADDRESS);
      at.podsAt("clerk", OWN_ADDRESS);
      const evidence = at.evidence("tell");
      const answer = await at.ask({ ...POST, path: "/chat?x=1&x=2", evidence });
      equal([answer.status, answer.text], [200, "ok"]);
      const [arrived] = standing.arrived.splice(0);
      equal(arrived?.url, "/chat?x=1&x=2");
      equal(arrived.client, `URI:${at.gateway.idOf("gateway")}`);
      const told = Object.entries(arrived.headers).filter(([name]) =>
        /^(x-ambit|x-forwarded|authorization)/.test(name),
      );
      equal(Object.fromEntries(told), {
        "x-ambit-way": "http",
        "x-ambit-task": "tell",
        "x-ambit-start": "user",
        "x-ambit-evidence": evidence,
        "x-forwarded-host": CLERK_HOST,
        "x-forwarded-proto": "https",
      });
      return standing;
    },
  );

  suite.check(
    "ways in: headers of a caller that only the gateway sets are taken out",
    [world, standIn],
    async ([at, standing]) => {
      const evidence = at.evidence("tell");
      const headers = {
        ...POST.headers,
        "x-ambit-task": "work",
        "x-ambit-evidence": "forged",
        "X-Ambit-Join": "forged",
        "x-ambit-else": "forged",
        "x-forwarded-for": "192.0.2.1",
        "x-forwarded-host": "evil.example",
        forwarded: "for=192.0.2.1",
      };
      equal((await at.ask({ ...POST, path: "/chat", evidence, headers })).status, 200);
      const [arrived] = standing.arrived.splice(0);
      equal(
        ["x-ambit-task", "x-ambit-evidence", "x-ambit-join", "x-ambit-else", "x-forwarded-host", "forwarded"].map(
          (name) => arrived?.headers[name],
        ),
        ["tell", evidence, undefined, undefined, CLERK_HOST, undefined],
      );
    },
  );

  const REFUSED: readonly (readonly [
    string,
    (at: WaysInWorld) => Parameters<WaysInWorld["ask"]>[0],
    number,
    string,
  ])[] = [
    ["no evidence", () => ({ ...POST, path: "/chat" }), 401, "way.evidence"],
    ["a path that is not served", (at) => ({ path: "/admin", evidence: at.evidence("tell") }), 403, "way.route"],
    ["a path that goes up", (at) => ({ path: "/streams/../admin", evidence: at.evidence("tell") }), 400, "call.target"],
    [
      "a task of another way in",
      (at) => ({ path: "/chat", evidence: at.evidence("tell"), headers: { "ambit-task": "work" } }),
      403,
      "way.task",
    ],
    [
      "an agent without a way in",
      (at) => ({ host: "other.agents.acme.example", path: "/chat", evidence: at.evidence("tell") }),
      403,
      "way.route",
    ],
    [
      "work handed on from outside",
      (at) => ({ path: "/chat", evidence: at.evidence("tell"), headers: { "ambit-start": "delegation" } }),
      403,
      "way.start",
    ],
  ];
  for (const [what, request, status, code] of REFUSED) {
    suite.check(
      `ways in: ${what} is refused with its reason, before it reaches an agent`,
      [world, standIn],
      async ([at, standing]) => {
        const answer = await at.ask(request(at));
        equal([answer.status, answer.codes], [status, [code]]);
        equal(standing.arrived.length, 0);
      },
    );
  }

  suite.check("ways in: a pod that shows another agent's SVID gets no byte", [world, standIn], async ([at]) => {
    const foreign = await StandIn.start(suite, at.gateway.as("payer"), FOREIGN_ADDRESS);
    at.podsAt("clerk", FOREIGN_ADDRESS);
    const evidence = at.evidence("tell");
    const deadline = performance.now() + 60_000;
    // Until the name is looked up anew.
    for (let answer = await at.ask({ ...POST, path: "/chat", evidence }); answer.status === 200;) {
      ok(performance.now() < deadline, "the name still leads to the pod before");
      answer = await at.ask({ ...POST, path: "/chat", evidence });
    }
    const answer = await at.ask({ ...POST, path: "/chat", evidence });
    equal([answer.status, answer.codes, foreign.arrived.length], [503, ["way.unreachable"], 0]);
    at.podsAt("clerk", OWN_ADDRESS);
  });

  suite.check(
    "ways in: a page of the platform's own may call from a browser, and no other",
    [world, standIn],
    async ([at]) => {
      const preflight = (origin: string) =>
        at.ask({
          method: "OPTIONS",
          path: "/chat",
          headers: {
            origin,
            "access-control-request-method": "POST",
            "access-control-request-headers": "authorization",
          },
        });
      const own = await preflight(ORIGIN);
      equal([own.status, own.headers["access-control-allow-origin"]], [200, ORIGIN]);
      equal(own.headers["access-control-allow-credentials"], undefined);
      const other = await preflight("https://evil.example");
      equal(other.headers["access-control-allow-origin"], undefined);
    },
  );
}
