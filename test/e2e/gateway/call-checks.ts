import { deepStrictEqual as equal, ok } from "node:assert";
import { createHash } from "node:crypto";
import type { Check, Suite } from "../harness/suite";
import { type Asked, called, toolToken } from "./call";
import type { AgentName } from "./gateway-identities";
import type { GatewayWorld } from "./gateway-world";
import { JSON_BODY, note, ODD } from "./odd-requests";
import { type Arrived, valueOf } from "./recording-tool";
import { ROBOT_KEY } from "./secret-server";

/** @param engine that decides, for the names of the checks */
export function callChecks(suite: Suite, world: Check<GatewayWorld>, engine: string): void {
  suite.check(
    `${engine}: an allowed call reaches the tool once, with the tool's own credential and none of the agent's`,
    [world],
    async ([at]) => {
      const token = await toolToken(at, "clerk", "work", "crm");
      const headers = {
        cookie: "a=b",
        "x-forwarded-for": "1.2.3.4",
        "x-api-key": "k",
        "mcp-init-host": "evil",
        "x-envoy-original-path": "/x",
        forwarded: "for=1.2.3.4",
      };
      const arrived = await arrivals(at, async () => {
        const got = await called(at, at.as("clerk"), { path: "/tools/crm/records/42", token, headers });
        equal([got.status, got.text, got.headers["set-cookie"]], [200, '{"ok":true}', undefined]);
      });
      equal(arrived.length, 1);
      const [one] = arrived as [Arrived];
      equal([one.path, valueOf(one, "authorization")], ["/base/records/42", `Bearer ${ROBOT_KEY}`]);
      const names = one.headers.filter((_, index) => index % 2 === 0).map((name) => name.toLowerCase());
      equal(
        names.filter((name) => !["accept", "authorization", "host", "x-request-id"].includes(name)),
        [],
      );
      ok(!JSON.stringify(one).includes(token), "the agent's token reached the tool");
    },
  );

  suite.check(`${engine}: the bytes that are sent are the bytes that arrive`, [world], async ([at]) => {
    const token = await toolToken(at, "clerk", "work", "crm");
    const body = ' {\n "text" : "\\u00e9 é 😀",\t"at":1.50 }\r\n';
    const arrived = await arrivals(at, async () => {
      const got = await called(at, at.as("clerk"), { ...note(body), token });
      equal(got.status, 200, got.text);
    });
    equal(
      arrived.map(({ sha256 }) => sha256),
      [createHash("sha256").update(body).digest("hex")],
    );
  });

  suite.check(
    `${engine}: fails for ${ODD.length} requests that could be read in two ways, and none reaches the tool`,
    [world],
    async ([at]) => {
      const token = await toolToken(at, "clerk", "work", "crm");
      const wrong: string[] = [];
      const arrived = await arrivals(at, async () => {
        for (const { name, status, codes, ...asked } of ODD) {
          const got = await called(at, at.as("clerk"), { token, ...asked });
          const said = [got.status, ...got.codes].join(" ");
          if (said !== [status, ...codes].join(" ")) wrong.push(`${name}: ${said} ${got.text.slice(0, 200)}`);
        }
      });
      equal(wrong, []);
      equal(arrived, []);
    },
  );

  suite.check(
    `${engine}: fails without an SVID, without a token or with another agent's, and no call reaches the tool`,
    [world],
    async ([at]) => {
      const token = await toolToken(at, "clerk", "work", "crm");
      const board = await toolToken(at, "other", "post", "board");
      const path = "/tools/crm/records/42";
      const cases: readonly [name: string, agent: AgentName, asked: Asked, said: string][] = [
        ["another agent's token", "other", { path, token }, "401 token.invalid"],
        ["a stranger's", "stranger", { path, token }, "401 token.invalid"],
        ["a token for another tool", "other", { path, token: board }, "401 token.invalid"],
        ["no token", "clerk", { path }, "401 gateway.token-missing"],
        ["a token without an issuer", "clerk", { path, token: "a.b.c" }, "401 token.invalid"],
        ["a token with another signature", "clerk", { path, token: `${token.slice(0, -4)}AAAA` }, "401 token.invalid"],
      ];
      const wrong: string[] = [];
      const arrived = await arrivals(at, async () => {
        for (const [name, agent, asked, said] of cases) {
          const got = await called(at, at.as(agent), asked);
          if (`${got.status} ${got.codes.join()}` !== said) wrong.push(`${name}: ${got.status} ${got.text}`);
        }
        const refused = await called(at, at.as("clerk"), { path, token, anonymous: true }).then(
          ({ status }) => `${status}`,
          (error: NodeJS.ErrnoException) => error.code ?? error.message,
        );
        if (/^2/.test(refused)) wrong.push(`no certificate: ${refused}`);
      });
      equal(wrong, []);
      equal(arrived, []);
    },
  );

  suite.check(
    `${engine}: fails where a name leads to a metadata or private address, or to none`,
    [world],
    async ([at]) => {
      const said: string[] = [];
      const arrived = await arrivals(at, async () => {
        for (const tool of ["rebound", "twofold", "metadata", "unknown"] as const) {
          const token = await toolToken(at, "clerk", "tell", tool, { user: "dora" });
          const got = await called(at, at.as("clerk"), { path: `/tools/${tool}/`, token });
          said.push(`${tool} ${got.status} ${got.codes.join()}`);
        }
      });
      equal(said, [
        "rebound 403 gateway.destination",
        "twofold 403 gateway.destination",
        "metadata 403 gateway.destination",
        "unknown 503 gateway.name",
      ]);
      equal(arrived, []);
    },
  );

  suite.check(
    `${engine}: fails for a call to an internal destination after restricted data was read`,
    [world],
    async ([at]) => {
      const user = "fred";
      const before = await toolToken(at, "clerk", "tell", "board", { user });
      const read = await toolToken(at, "clerk", "work", "crm", { user });
      equal((await called(at, at.as("clerk"), { path: "/tools/crm/records/42", token: read })).status, 200);
      const arrived = await arrivals(at, async () => {
        const got = await called(at, at.as("clerk"), {
          method: "POST",
          path: "/tools/board/posts",
          headers: JSON_BODY,
          body: '{"text":"x"}',
          token: before,
        });
        equal([got.status, got.codes], [403, ["mark.above-clearance"]]);
      });
      equal(arrived, []);
    },
  );

  suite.check(`${engine}: fails for a refund after untrusted output was read`, [world], async ([at]) => {
    const user = "gina";
    const pay = await toolToken(at, "payer", "pay", "till", { user });
    const refund = (amount: number) =>
      called(at, at.as("payer"), {
        method: "POST",
        path: "/tools/till/refunds/7",
        headers: JSON_BODY,
        body: JSON.stringify({ amount }),
        token: pay,
      });
    const browse = await toolToken(at, "payer", "browse", "web", { user });
    const author = encodeURIComponent(at.idOf("payer")).replaceAll("%2F", "/");
    equal(
      (await called(at, at.as("payer"), { path: `/tools/web/pages/1?author=${author}`, token: browse })).status,
      200,
    );
    const got = await refund(5);
    equal([got.status, got.codes], [403, ["session.tainted"]]);
  });

  suite.check(`${engine}: a parameter that is bound to a claim cannot name another user`, [world], async ([at]) => {
    const token = await toolToken(at, "payer", "browse", "web", { user: "hans" });
    const other = encodeURIComponent(at.idOf("clerk")).replaceAll("%2F", "/");
    const got = await called(at, at.as("payer"), { path: `/tools/web/pages/1?author=${other}`, token });
    equal([got.status, got.codes], [403, ["call.bound"]]);
  });

  suite.check(`${engine}: of 50 calls at once, exactly as many pass as the budget allows`, [world], async ([at]) => {
    const token = await toolToken(at, "clerk", "work", "crm", { user: "ida" });
    const arrived = await arrivals(at, async () => {
      const got = await Promise.all(
        Array.from({ length: 50 }, () => called(at, at.as("clerk"), { ...note('{"text":"x"}'), token })),
      );
      const counts: Record<string, number> = {};
      for (const { status, codes } of got)
        counts[`${status} ${codes.join()}`] = (counts[`${status} ${codes.join()}`] ?? 0) + 1;
      equal(counts["200 "], 20, JSON.stringify(counts));
    });
    equal(arrived.length, 20);
  });

  suite.check(
    `${engine}: an order holds: the second action is refused until the first has succeeded`,
    [world],
    async ([at]) => {
      const token = await toolToken(at, "clerk", "first", "crm", { user: "jana" });
      const second = () => called(at, at.as("clerk"), { ...note('{"text":"x"}'), token });
      const first = () => called(at, at.as("clerk"), { path: "/tools/crm/find?q=a", token });
      equal((await second()).codes, ["order.broken"]);
      at.tool.answering = (_, response) => void response.writeHead(404).end();
      equal((await first()).status, 404);
      at.tool.answeringAsEver();
      equal((await second()).codes, ["order.broken"]);
      equal((await first()).status, 200);
      equal((await second()).status, 200);
    },
  );
}

/** What reached the tool meanwhile */
export async function arrivals(at: GatewayWorld, act: () => Promise<void>): Promise<readonly Arrived[]> {
  const before = at.tool.arrived.length;
  await act();
  return at.tool.arrived.slice(before);
}
