import { deepStrictEqual as equal, ok, rejects } from "node:assert";
import type { Check, Suite } from "../harness/suite";
import { called, type Got, toolToken, untilAllowed } from "./call";
import { arrivals } from "./call-checks";
import type { GatewayWorld } from "./gateway-world";

const PATH = "/tools/crm/records/42";

/** What is between agent and tool is taken away: nothing goes out meanwhile, and everything does again afterwards. */
export function faultChecks(suite: Suite, world: Check<GatewayWorld>): void {
  suite.check(
    "fault: fails while the authorizer is stopped, slow or gone, and recovers by itself",
    [world],
    async ([at]) => {
      const token = await toolToken(at, "clerk", "work", "crm", { user: "olga" });
      equal((await called(at, at.as("clerk"), { path: PATH, token })).status, 200);
      await refusedMeanwhile(at, token, "gateway.authorizer", async () => {
        process.kill(-at.authorizer.pid, "SIGSTOP");
        return () => void process.kill(-at.authorizer.pid, "SIGCONT");
      });
      await refusedMeanwhile(at, token, "gateway.authorizer", async () => {
        await at.authorizer.kill();
        return () => at.startAuthorizer();
      });
    },
  );

  suite.check("fault: fails while Envoy is gone, and recovers by itself", [world], async ([at]) => {
    const token = await toolToken(at, "clerk", "work", "crm", { user: "otto" });
    await at.envoy.kill();
    const arrived = await arrivals(at, async () => {
      await rejects(called(at, at.as("clerk"), { path: PATH, token }), { code: "ECONNREFUSED" });
    });
    equal(arrived, []);
    await at.startEnvoy();
    equal((await called(at, at.as("clerk"), { path: PATH, token })).status, 200);
  });

  suite.check("fault: fails while the exchange is stopped, and recovers by itself", [world], async ([at]) => {
    const token = await toolToken(at, "clerk", "work", "crm", { user: "paul" });
    equal((await called(at, at.as("clerk"), { path: PATH, token })).status, 200);
    await refusedMeanwhile(at, token, "gateway.exchange", async () => {
      process.kill(-at.exchange.process.pid, "SIGSTOP");
      return () => void process.kill(-at.exchange.process.pid, "SIGCONT");
    });
  });

  suite.check(
    "fault: fails where the tool does not answer, breaks off, or sends to another place",
    [world],
    async ([at]) => {
      const token = await toolToken(at, "clerk", "work", "crm", { user: "rita" });
      const ask = (): Promise<Got> => called(at, at.as("clerk"), { path: PATH, token });
      at.tool.answering = (request) => void request.socket.destroy();
      try {
        const gone = await ask();
        equal([gone.status, gone.codes], [503, ["gateway.tool-unavailable"]]);
        at.tool.answering = (_, response) =>
          void response.writeHead(302, { location: "https://169.254.169.254/" }).end();
        const arrived = await arrivals(at, async () => equal((await ask()).status, 302));
        equal(arrived.length, 1);
      } finally {
        at.tool.answeringAsEver();
      }
      equal((await ask()).status, 200);
    },
  );

  suite.check("fault: fails where there is no connection to the tool: nothing went out", [world], async ([at]) => {
    const token = await toolToken(at, "clerk", "work", "crm", { user: "rosa" });
    await refusedMeanwhile(at, token, "gateway.tool-unreachable", () => {
      at.tool.stop();
      return Promise.resolve(() => at.tool.startAgain(at.host));
    });
  });

  suite.check("fault: fails once the token's run is revoked, at the next call", [world], async ([at]) => {
    const token = await toolToken(at, "clerk", "work", "crm", { user: "sven" });
    equal((await called(at, at.as("clerk"), { path: PATH, token })).status, 200);
    const revoked = await at.as("clerk").post(at.exchange, "/revoke", { token });
    equal(revoked.status, 200);
    const arrived = await arrivals(at, async () => {
      const got = await called(at, at.as("clerk"), { path: PATH, token });
      equal([got.status, got.codes], [403, ["token.revoked"]]);
    });
    equal(arrived, []);
  });

  suite.check("fault: the authorizer's log has no secret, and Envoy's log has no error", [world], async ([at]) => {
    const said = at.authorizer.said();
    for (const line of said.trim().split("\n")) JSON.parse(line);
    ok(!/eyJ|robot-key/.test(said), "a token or a credential is in the log");
  });
}

async function refusedMeanwhile(
  at: GatewayWorld,
  token: string,
  code: string,
  takeAway: () => Promise<() => Promise<void> | void>,
): Promise<void> {
  const ask = (): Promise<Got> => called(at, at.as("clerk"), { path: PATH, token });
  const bring = await takeAway();
  try {
    const arrived = await arrivals(at, async () => {
      const got = await ask();
      equal([got.status, got.codes, got.headers["content-type"]], [503, [code], "application/json"]);
    });
    equal(arrived, []);
  } finally {
    await bring();
  }
  await untilAllowed(ask);
}
