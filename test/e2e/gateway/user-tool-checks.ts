import { deepStrictEqual as equal, match, ok } from "node:assert";
import type { ServerResponse } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { createLocalJWKSet, decodeJwt, type JSONWebKeySet, jwtVerify } from "jose";
import { say, token } from "../../support/outbound/authorization-server";
import type { Check, Suite } from "../harness/suite";
import { called, type Got, toolToken } from "./call";
import { arrivals } from "./call-checks";
import { MAILS_PER_RUN } from "./gateway-fleet";
import { LOGIN_ISSUER } from "./gateway-exchange-config";
import type { AgentName } from "./gateway-identities";
import type { GatewayWorld } from "./gateway-world";
import { type Arrived, valueOf } from "./recording-tool";

const PATH = "/tools/mail/inbox";
/** What the user's tokens at the tool begin with */
const DOWNSTREAM = "downstream";
/** Of a life that is too short to be kept */
const SOON_SECONDS = 60;
/** Beyond what a call waits for a credential, and within what one may take */
const LATE_MILLISECONDS = 3_000;

/** What an authorization server may answer instead of a user's token */
const NO_TOKENS: readonly (readonly [name: string, answer: (response: ServerResponse) => void])[] = [
  ["breaks off", (response) => response.destroy()],
  ["knows no such user", (response) => say(response, { error: "invalid_grant" }, 400)],
  ["fails", (response) => say(response, "internal error", 500, "text/plain")],
  ["fails, with a token beside it", (response) => say(response, token("stolen"), 500)],
  ["sends to another place", (response) => void response.writeHead(307, { location: "/token" }).end()],
  ["answers a page", (response) => say(response, "<p>Log in</p>", 200, "text/html")],
  ["answers half an object", (response) => say(response, '{"access_token":"half')],
  ["answers no token", (response) => say(response, { token_type: "Bearer", expires_in: 600 })],
  ["answers two tokens", (response) => say(response, '{"access_token":"a","access_token":"b","token_type":"Bearer"}')],
  ["answers a token with a line of its own", (response) => say(response, token("a\r\nx-admin: 1"))],
  ["answers a token of another type", (response) => say(response, token("mac", { token_type: "mac" }))],
  ["answers more than 64 KiB", (response) => say(response, token("a".repeat(70_000)))],
];

/** A tool that acts as the user gets the user's own token, which the agent never sees, or the call does not go out. */
export function userToolChecks(suite: Suite, world: Check<GatewayWorld>): void {
  const check = (name: string, act: (at: GatewayWorld) => Promise<void>): unknown =>
    suite.check(`as the user: ${name}`, [world], async ([at]) => {
      at.login.answer = tokenFor(at);
      await act(at);
    });
  check("the tool gets the user's own token, for which the exchange vouches, and no credential of the agent", ownToken);
  check("another user, and another agent for the same user, each get another token", tokensApart);
  check(`fails where its authorization server ${NO_TOKENS.length} times gives no token, and nothing is spent`, noToken);
  check("fails while its authorization server is gone, but for users whose token is kept", gone);
  check(
    "fails where a token comes too late or never, for that user alone; one that came late is kept for its user",
    late,
  );
  check("a token that soon ends is asked for again", notKept);
}

/** A token of the user that the exchange last asked for; no two are the same */
function tokenFor({ login }: GatewayWorld, seconds = 600): GatewayWorld["login"]["answer"] {
  return (response) => {
    const { sub, act } = decodeJwt<{ act: { sub: string } }>(assertionIn(login));
    const name = [sub, act.sub.split("/").at(-1), login.forms.length].join(".");
    say(response, token(`${DOWNSTREAM}.${name}`, { expires_in: seconds }));
  };
}

function assertionIn({ forms }: GatewayWorld["login"]): string {
  return forms.at(-1)?.get("assertion") ?? "";
}

async function ownToken(at: GatewayWorld): Promise<void> {
  const { login } = at;
  const before = login.forms.length;
  const own = await tokenOf(at, "alice");
  const arrived = await arrivals(at, async () => {
    for (const agentToken of [own, own, await tokenOf(at, "alice")]) {
      const got = await read(at, agentToken);
      equal([got.status, got.text], [200, '{"ok":true}']);
      ok(!JSON.stringify(got.headers).includes(DOWNSTREAM), "the user's token reached the agent");
    }
  });
  equal(login.forms.length, before + 1);
  const value = `Bearer ${DOWNSTREAM}.alice.clerk.${before + 1}`;
  equal(
    arrived.map((one) => valueOf(one, "authorization")),
    [value, value, value],
  );
  ok(!JSON.stringify(arrived).includes(own), "the agent's token reached the tool");
  const answer = await at.as("clerk").fetch(at.exchange)(`${at.issuer}/jwks`);
  const keys = createLocalJWKSet((await answer.json()) as JSONWebKeySet);
  const expected = { issuer: at.issuer, audience: LOGIN_ISSUER, typ: "JWT" };
  const { payload } = await jwtVerify(assertionIn(login), keys, expected);
  equal([payload.sub, payload["act"]], ["alice", { sub: at.idOf("clerk") }]);
  const said = `${at.authorizer.said()}${at.exchange.process.said()}`;
  ok(!said.includes(DOWNSTREAM), "the user's token is in a log");
}

async function tokensApart(at: GatewayWorld): Promise<void> {
  const { login } = at;
  const before = login.forms.length;
  const callers = [
    ["clerk", "berta"],
    ["clerk", "carl"],
    ["other", "berta"],
  ] as const;
  const tokens = await Promise.all(callers.map(([agent, user]) => tokenOf(at, user, agent)));
  for (const round of ["asked for", "kept"]) {
    const arrived = await arrivals(at, async () => {
      for (const [index, [agent]] of callers.entries())
        equal((await read(at, tokens[index] as string, agent)).status, 200);
    });
    equal(
      arrived.map((one) => valueOf(one, "authorization")),
      callers.map(([agent, user], index) => `Bearer ${DOWNSTREAM}.${user}.${agent}.${before + 1 + index}`),
      round,
    );
  }
}

async function noToken(at: GatewayWorld): Promise<void> {
  const { login } = at;
  const own = await tokenOf(at, "dora");
  const wrong: string[] = [];
  const arrived = await arrivals(at, async () => {
    for (const [name, answer] of NO_TOKENS) {
      const before = login.forms.length;
      login.answer = answer;
      const { status, codes } = await read(at, own);
      const said = [status, ...codes, login.forms.length - before].join(" ");
      if (said !== "503 outbound.failed 1") wrong.push(`${name}: ${said}`);
    }
  });
  equal(wrong, []);
  equal(arrived, []);
  login.answer = tokenFor(at);
  const statuses: string[] = [];
  for (let calls = 0; calls <= MAILS_PER_RUN; calls += 1) {
    const { status, codes } = await read(at, own);
    statuses.push([status, ...codes].join(" "));
  }
  equal(statuses, [...Array.from({ length: MAILS_PER_RUN }, () => "200"), "403 budget.spent"]);
  match(valueOf(at.tool.arrived.at(-1) as Arrived, "authorization") ?? "", /^Bearer \S+\.dora\.clerk\.\d+$/);
}

async function gone(at: GatewayWorld): Promise<void> {
  const { login } = at;
  const [kept, unknown] = [await tokenOf(at, "ewald"), await tokenOf(at, "frida")];
  equal((await read(at, kept)).status, 200);
  const { port } = login;
  await login.close();
  try {
    const arrived = await arrivals(at, async () => {
      const { status, codes, headers } = await read(at, unknown);
      equal([status, codes, Number(headers["retry-after"]) > 0], [503, ["outbound.failed"], true]);
    });
    equal(arrived, []);
    equal((await read(at, kept)).status, 200);
  } finally {
    await login.listen(port);
  }
  equal((await read(at, unknown)).status, 200);
}

async function late(at: GatewayWorld): Promise<void> {
  const { login } = at;
  const [tardy, silent, other] = await Promise.all(["gitta", "horst", "ines"].map((user) => tokenOf(at, user)));
  const giving = tokenFor(at);
  const answered = new Promise<void>((resolve) => {
    login.answer = (response) => {
      const { sub } = decodeJwt(assertionIn(login));
      if (sub !== "gitta") return;
      const name = `${DOWNSTREAM}.late`;
      void sleep(LATE_MILLISECONDS).then(() => {
        say(response, token(name));
        resolve();
      });
    };
  });
  const arrived = await arrivals(at, async () => {
    const got = await Promise.all([tardy, silent].map((agentToken) => read(at, agentToken as string)));
    equal(
      got.map(({ status, codes }) => [status, ...codes]),
      [
        [503, "outbound.failed"],
        [503, "outbound.failed"],
      ],
    );
  });
  equal(arrived, []);
  await answered;
  login.answer = giving;
  const before = login.forms.length;
  const later = await arrivals(at, async () => {
    for (const agentToken of [tardy, other]) equal((await read(at, agentToken as string)).status, 200);
  });
  equal(
    later.map((one) => valueOf(one, "authorization")),
    [`Bearer ${DOWNSTREAM}.late`, `Bearer ${DOWNSTREAM}.ines.clerk.${before + 1}`],
  );
}

/** A call that is decided anew may have asked twice. */
async function notKept(at: GatewayWorld): Promise<void> {
  const { login } = at;
  login.answer = tokenFor(at, SOON_SECONDS);
  const own = await tokenOf(at, "jana");
  const used = new Set<string | undefined>();
  for (let calls = 1; calls <= MAILS_PER_RUN; calls += 1) {
    const arrived = await arrivals(at, async () => equal((await read(at, own)).status, 200));
    equal(arrived.length, 1);
    used.add(valueOf(arrived[0] as Arrived, "authorization"));
  }
  equal(used.size, MAILS_PER_RUN);
}

function tokenOf(at: GatewayWorld, user: string, agent: AgentName = "clerk"): Promise<string> {
  return toolToken(at, agent, "read", "mail", { user });
}

function read(at: GatewayWorld, agentToken: string, agent: AgentName = "clerk"): Promise<Got> {
  return called(at, at.as(agent), { path: PATH, token: agentToken });
}
