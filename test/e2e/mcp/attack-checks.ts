import { deepStrictEqual as equal, ok } from "node:assert";
import { createHash } from "node:crypto";
import type { ServerResponse } from "node:http";
import { setTimeout as after } from "node:timers/promises";
import { called, type Got, toolToken } from "../gateway/call";
import type { Check, Suite } from "../harness/suite";
import { classic, META, modern, ODD, OLD, rpc, TYPES } from "./hostile-messages";
import { PINNED } from "./mcp-fleet";
import type { McpWorld } from "./suite";
import { reached, saidIn } from "./told";

const CLIENTS = 1_000;
const AT_A_TIME = 50;

export function attackChecks(suite: Suite, world: Check<McpWorld>): void {
  const path = "/tools/shop";

  suite.check(
    `mcp: fails for ${ODD.length} hostile messages, each with its reason, and none reaches the server`,
    [world],
    async ([at]) => {
      const { gateway } = at;
      const token = await toolToken(gateway, "clerk", "buy", "shop", { user: "mallory" });
      const wrong: string[] = [];
      const arrived = await reached(at, async () => {
        for (const { name, said, ...asked } of ODD) {
          const got = await called(gateway, gateway.as("clerk"), { path, token, ...asked });
          const told = saidIn(got);
          if (told !== said) wrong.push(`${name}: ${told} ${got.text.slice(0, 200)}`);
        }
      });
      equal(wrong, []);
      equal(arrived, []);
    },
  );

  suite.check(
    "mcp: a message arrives byte for byte, with the tool's own credential and none of the agent's",
    [world],
    async ([at]) => {
      const { gateway, servers } = at;
      const token = await toolToken(gateway, "clerk", "buy", "shop", { user: "berta" });
      const body = ` {"jsonrpc":"2.0","id":"\\u00e9",\n"method":"tools/call","params":{"name":"${PINNED}","arguments":{}, "_meta":${JSON.stringify(META)}}}\r\n`;
      const headers = { cookie: "a=b", "mcp-init-host": "evil", "x-api-key": "k" };
      const got = await called(gateway, gateway.as("clerk"), { path, token, ...modern(body, headers) });
      equal(got.status, 200, got.text);
      const last = servers.arrived.at(-1);
      equal(
        [last?.sha256, last?.path, last?.headers.authorization],
        [createHash("sha256").update(body).digest("hex"), "/mcp", "Bearer robot-key-1"],
      );
      equal(
        [last?.headers.cookie, last?.headers["mcp-init-host"], last?.headers["x-api-key"]],
        [undefined, undefined, undefined],
      );
      equal(last?.headers["mcp-name"], PINNED);
    },
  );

  suite.check("mcp: a session id that was given to another agent is refused", [world], async ([at]) => {
    const { gateway } = at;
    const mine = await toolToken(gateway, "clerk", "buy", "shop", { user: "karl" });
    const theirs = await toolToken(gateway, "other", "buy", "shop", { user: "karl" });
    const begin = rpc("initialize", {
      protocolVersion: OLD,
      capabilities: {},
      clientInfo: { name: "c", version: "1" },
    });
    const opened = await called(gateway, gateway.as("clerk"), { path, token: mine, ...classic(begin) });
    const session = String(opened.headers["mcp-session-id"]);
    const ping = classic(rpc("ping", {}), { "mcp-session-id": session });
    equal((await called(gateway, gateway.as("clerk"), { path, token: mine, ...ping })).status, 200);
    const arrived = await reached(at, async () => {
      equal(
        saidIn(await called(gateway, gateway.as("other"), { path, token: theirs, ...ping })),
        "404 -32003 mcp.session",
      );
    });
    equal(arrived, []);
  });

  suite.check(
    `mcp: ${CLIENTS} clients with one JSON-RPC id under way at once: each gets its own answer (CVE-2026-25536)`,
    [world],
    async ([{ gateway, servers }]) => {
      const token = await toolToken(gateway, "clerk", "buy", "shop", { user: "many" });
      const held: { readonly response: ServerResponse; readonly region: string }[] = [];
      servers.answering = (response, body) => {
        const [, region] = /"region":"([^"]*)"/.exec(body) ?? [];
        if (region !== undefined) held.push({ response, region });
        return region !== undefined;
      };
      const one = async (region: string): Promise<Got> => {
        const body = rpc("tools/call", { name: "test_headers", arguments: { region }, _meta: META });
        const headers = { "mcp-name": "test_headers", "mcp-param-region": region };
        return called(gateway, gateway.as("clerk"), { path, token, ...modern(body, headers) });
      };
      try {
        const answers: Promise<Got>[] = [];
        let early: Got | undefined;
        // The next open their connections once these are held, so that no machine is too slow for them all.
        while (answers.length < CLIENTS) {
          answers.push(...Array.from({ length: AT_A_TIME }, (_, index) => one(`region-${answers.length + index}`)));
          for (const answer of answers.slice(-AT_A_TIME)) void answer.then((got) => (early ??= got));
          while (held.length < answers.length && early === undefined) await after(10);
          equal(early, undefined);
        }
        for (const { response, region } of held.reverse()) {
          const result = { resultType: "complete", content: [{ type: "text", text: region }] };
          response.writeHead(200, { "content-type": "application/json" });
          response.end(JSON.stringify({ jsonrpc: "2.0", id: 1, result }));
        }
        const got = await Promise.all(answers);
        const crossed = got.filter(({ text }, index) => !text.includes(`"region-${index}"`)).map(({ text }) => text);
        equal(crossed, []);
      } finally {
        servers.answering = () => false;
      }
    },
  );

  suite.check(
    "mcp: a server's question to the client is left out where it is not declared, and the call goes on",
    [world],
    async ([at]) => {
      const { gateway, servers } = at;
      const token = await toolToken(gateway, "clerk", "buy", "shop", { user: "asked" });
      const ask = { jsonrpc: "2.0", id: 99, method: "sampling/createMessage", params: { messages: [], maxTokens: 1 } };
      const done = {
        jsonrpc: "2.0",
        id: 1,
        result: { resultType: "complete", content: [{ type: "text", text: "done" }] },
      };
      servers.answering = (response, body) => {
        if (!body.includes('"tools/call"')) return false;
        response.writeHead(200, { "content-type": "text/event-stream" });
        response.write(`data: ${JSON.stringify(ask)}\n\n`);
        void after(50).then(() => response.end(`data: ${JSON.stringify(done)}\n\n`));
        return true;
      };
      try {
        const got = await called(gateway, gateway.as("clerk"), {
          path,
          token,
          ...classic(rpc("tools/call", { name: PINNED, arguments: {} })),
        });
        ok(!got.text.includes("sampling") && got.text.includes("done"), got.text);
      } finally {
        servers.answering = () => false;
      }
    },
  );

  suite.check("mcp: a run that was ended sends no message of any method", [world], async ([at]) => {
    const { gateway, beside } = at;
    const run = await beside.begin(gateway, "buy", "ended", "tool:shop");
    const url = `${beside.url}/v1/runs/${run}/tools/shop`;
    const token = await toolToken(gateway, "clerk", "buy", "shop", { user: "ended-too" });
    equal(
      (await called(gateway, gateway.as("clerk"), { path, token, ...classic(rpc("tools/list", {})) })).status !== 403,
      true,
    );
    equal((await fetch(`${beside.url}/v1/runs/${run}`, { method: "DELETE" })).status, 204);
    const arrived = await reached(at, async () => {
      for (const method of ["initialize", "tools/list", "tools/call", "ping"]) {
        const answer = await fetch(url, {
          method: "POST",
          headers: { ...TYPES, "mcp-protocol-version": OLD },
          body: rpc(method, {}),
        });
        equal(answer.status, 404);
      }
    });
    equal(arrived, []);
  });
}
