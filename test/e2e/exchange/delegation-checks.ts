import { deepStrictEqual as equal, match, ok } from "node:assert";
import { setTimeout as sleep } from "node:timers/promises";
import type { Check, Suite } from "../harness/suite";
import { delegationRefusals } from "./delegation-refusals";
import type { InUse } from "./identity-checks";
import { type Answered, claimsIn, tokenOf } from "./real-agent";
import { RealChain } from "./real-chain";

const TABLE = "delegation";
const WASHINGS = 10;
/** What is left of a user's token that starts a chain which is soon over */
const SHORT_SECONDS = 6;
const USER_TOKEN_SECONDS = 900;

/** Three agents with SVIDs of SPIRE, and everything that work handed on must not become */
export function delegationChecks(suite: Suite, inUse: Check<InUse>): void {
  const own = suite.check("delegation: an exchange has its own store", [inUse], async ([used]): Promise<InUse> => {
    const { world, keys } = used;
    await world.createTable(TABLE);
    return { ...used, table: TABLE, exchange: await world.start({ name: "delegation", table: TABLE, keys }) };
  });
  suite.check("delegation: a user's work passes three agents", [own], ([used], note) => threeAgents(used, note));
  suite.check("delegation: a delegate begins a run without a token, and goes on with it", [own], ([used]) =>
    withoutToken(used),
  );
  suite.check("delegation: fails at every illegal step", [own], async ([used], note) => {
    const rows = await delegationRefusals(used);
    for (const [what, { codes }, code] of rows) equal([what, codes], [what, [code]]);
    note(`${rows.length} refusals`);
  });
  suite.check("delegation: fails when the parent token has expired or was revoked", [own], ([used]) =>
    overParents(used),
  );
  suite.check("delegation: fails to wash off by new sessions what AWS data was read", [own], ([used], note) =>
    washing(used, note),
  );
  // Another store, in which no agent has read anything.
  suite.check("delegation: fails to read in AWS while credentials may write below it", [inUse], ([used]) =>
    writesBelow(used),
  );
}

async function threeAgents({ world, exchange }: InUse, note: (text: string) => void): Promise<void> {
  const chain = new RealChain(world, exchange, "ada");
  const [first, second, third] = [world.idOf("first"), world.idOf("second"), world.idOf("third")];
  const began = await chain.byUser("lead", "exchange", { detail: { delegate: "second.work" } });
  const passed = await chain.delegated("second", tokenOf(began), "work", "exchange", {
    detail: { delegate: "third.finish" },
    asked: { by: "jwt-svid" },
  });
  const ended = await chain.delegated("third", tokenOf(passed), "finish", "tool:notes");
  const [one, two, three] = [began, passed, ended].map((answer) => claimsIn(tokenOf(answer))) as [
    Claims,
    Claims,
    Claims,
  ];
  equal([one.act, one.may_act, one.scope], [{ sub: first }, { sub: second }, "ambit:second:work"]);
  equal(
    [two.act, two.may_act, two.scope],
    [{ sub: second, act: { sub: first } }, { sub: third }, "ambit:third:finish"],
  );
  equal(three.act, { sub: third, act: { sub: second, act: { sub: first } } });
  equal([three.sub, three.aud, three.client_id, three.task], ["ada", "tool:notes", third, "finish"]);
  // Its task allows reading alone, and so does the first edge.
  equal([three.scope, three.may_act], ["read", undefined]);
  equal([two.txn, three.txn], [one.txn, one.txn]);
  equal(new Set([one.run, two.run, three.run]).size, 3);
  const ends = [began, passed, ended].map(runEnd) as [number, number, number];
  ok(two.exp <= ends[0] && three.exp <= ends[1], "a token outlives the run that handed the work on");
  // The first edge lets it work for 4 min of the 15 that the first agent has.
  ok(ends[1] <= one.iat + 240 + 2 && ends[2] <= ends[1], `runs end at ${ends.join(", ")}`);
  const shown = await world.as("gateway").introspected(exchange, tokenOf(ended));
  equal([shown.json.active, shown.json.act], [true, three.act]);
  note(`runs end after ${ends.map((end) => `${end - one.iat} s`).join(", ")}`);
}

async function withoutToken({ world, exchange }: InUse): Promise<void> {
  const chain = new RealChain(world, exchange, "finn");
  const handed = await chain.byUser("lead", "exchange", { detail: { delegate: "second.work" } });
  const parent = tokenOf(handed);
  for (const [form, detail, code] of [
    [{ audience: "tool:notes" }, {}, "request.malformed"],
    [{ audience: "run" }, {}, "request.malformed"],
    [{}, { delegate: "third.finish" }, "details.malformed"],
    [{}, { task: "plain" }, "evidence.other-task"],
  ] as const) {
    equal((await chain.begun("second", parent, "work", { form, detail })).codes, [code]);
  }
  equal((await chain.begun("third", parent, "finish")).codes, ["evidence.other-agent"]);
  equal((await chain.delegated("second", parent, "work", "run")).codes, ["audience.malformed"]);
  const begun = await chain.begun("second", parent, "work", { asked: { by: "jwt-svid" } });
  const { run, txn, run_expires_at: end, ...more } = begun.json;
  equal([begun.status, Object.keys(more).sort()], [201, ["sid", "start", "task"]]);
  equal([txn, (end as number) <= runEnd(handed)], [claimsIn(parent).txn, true]);
  equal((await chain.begun("second", parent, "work")).codes, ["evidence.replayed"]);
  equal((await chain.delegated("second", parent, "work", "tool:notes")).codes, ["evidence.replayed"]);
  const token = tokenOf(await world.as("second").token(exchange, "tool:notes", { task: "work", run: run as string }));
  equal(claimsIn(token).run, run);
}

interface Claims extends Readonly<Record<string, unknown>> {
  readonly exp: number;
  readonly iat: number;
}

function runEnd({ json }: Answered): number {
  return (json.authorization_details as readonly [{ readonly run_expires_at: number }])[0].run_expires_at;
}

async function overParents({ world, exchange }: InUse): Promise<void> {
  const chain = new RealChain(world, exchange, "bert");
  const handed = { detail: { delegate: "second.work" } };
  world.clock.ahead = SHORT_SECONDS - USER_TOKEN_SECONDS;
  const evidence = chain.userToken("lead");
  world.clock.ahead = 0;
  const short = tokenOf(await chain.byUser("lead", "exchange", handed, evidence));
  const child = tokenOf(await chain.delegated("second", short, "work", "tool:notes"));
  ok((claimsIn(child).exp as number) <= (claimsIn(short).exp as number), "a token outlives the user's");
  const revoked = tokenOf(await chain.byUser("lead", "exchange", handed));
  equal((await world.as("first").post(exchange, "/revoke", { token: revoked })).status, 200);
  equal((await chain.delegated("second", revoked, "work", "tool:notes")).codes, ["token.revoked"]);
  await sleep((SHORT_SECONDS + 1) * 1000);
  equal((await chain.delegated("second", short, "work", "tool:notes")).codes, ["evidence.expired"]);
  equal((await world.as("gateway").introspected(exchange, child)).json, { active: false });
}

async function washing({ world, exchange }: InUse, note: (text: string) => void): Promise<void> {
  const [chain, first] = [new RealChain(world, exchange, "cleo"), world.as("first")];
  const started = chain.startToken("fetch");
  const read = tokenOf(await chain.scheduled("fetch", "aws", started));
  const before = tokenOf(await chain.byItself("publish", "aws"));
  match(String((await first.credentials(exchange, read)).json.AccessKeyId), /^ASIA/);
  // A token from before it read gives nothing either.
  equal((await first.credentials(exchange, before)).codes, ["mark.above-clearance"]);
  for (let washing = 0; washing < WASHINGS; washing++) {
    equal((await chain.byItself("publish", "aws")).codes, ["mark.above-clearance"]);
    tokenOf(await chain.byItself("self", "tool:board"));
  }
  equal((await chain.scheduled("fetch", "aws", started)).codes, ["evidence.replayed"]);
  // What a starter begins anew is a transaction of its own, and a user's session has read nothing.
  tokenOf(await chain.scheduled("publish", "aws"));
  match(
    String((await first.credentials(exchange, tokenOf(await chain.byUser("publish", "aws")))).json.AccessKeyId),
    /^ASIA/,
  );
  note(`${WASHINGS} new runs by the agent itself may not publish`);
}

async function writesBelow({ world, exchange }: InUse): Promise<void> {
  const [chain, first] = [new RealChain(world, exchange, "dora"), world.as("first")];
  const publish = tokenOf(await chain.byUser("publish", "aws"));
  match(String((await first.credentials(exchange, publish)).json.AccessKeyId), /^ASIA/);
  const refused = await chain.byUser("fetch", "aws");
  equal(refused.codes, ["mark.credential-below"]);
  // What is bound to the certificate of one is nothing in the hands of another.
  equal((await world.as("second").credentials(exchange, publish)).codes, ["token.invalid"]);
  equal((await first.credentials(exchange, tokenOf(await chain.byItself("self", "tool:board")))).codes, [
    "token.invalid",
  ]);
}
