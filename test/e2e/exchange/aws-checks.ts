import { deepStrictEqual as equal, match, ok } from "node:assert";
import { GetCallerIdentityCommand, STSClient, type STSClientConfig } from "@aws-sdk/client-sts";
import { readWriter, missingRecord } from "../../support/audit/writer-records";
import type { AwsCredentials } from "../../../runtime/aws/aws-credentials";
import { STS_BOUNDS } from "../../../runtime/aws/sts";
import { userDigest } from "../../../runtime/store/user-digest";
import { LEVELS, awsFleet } from "../../support/exchange/aws-fleet";
import { AwsWorld, refused } from "../../support/exchange/aws-world";
import { exampleFleet } from "../../support/exchange/example-fleet";
import type { Check, Suite } from "../harness/suite";
import type { Moto } from "../terraform/moto";
import { createTable, REGION, storeAt } from "./state-table";
import { type StsFate, StsProxy } from "./sts-proxy";

/** A request to the exchange takes at most 10 s. */
const MOST_SECONDS = 10;
const RACES = 30;
const user = { issuer: "https://login.acme.example", subject: "ada" };

interface Brokered {
  readonly world: AwsWorld;
  readonly proxy: StsProxy;
  /** Another exchange with the same store */
  other(): AwsWorld;
}

/** The AWS broker with its state in DynamoDB and the SDK's own client before STS */
export function awsChecks(suite: Suite, moto: Check<Moto>): void {
  let count = 0;
  const check = (name: string, fleet: typeof awsFleet, act: (brokered: Brokered) => Promise<void>): unknown =>
    suite.check(`aws: ${name}`, [moto], async ([{ url }]) => {
      const table = `aws-${count++}`;
      await createTable(url, table);
      const proxy = await StsProxy.before(url);
      const sts = stsAt(proxy.url, { accessKeyId: "exchange", secretAccessKey: "exchange" });
      const stores = [storeAt(url, table, () => world.now)];
      const world: AwsWorld = new AwsWorld(fleet, { store: stores[0] as ReturnType<typeof storeAt>, sts });
      const other = (): AwsWorld => {
        const store = storeAt(url, table, () => world.now);
        stores.push(store);
        return new AwsWorld(fleet, { store, sts });
      };
      try {
        await act({ world, proxy, other });
      } finally {
        for (const store of stores) await store.close();
        sts.destroy();
        await proxy.stop();
      }
    });

  check("STS gets the right request, and returns the right role's credentials", exampleFleet, sentAndGiven);
  check("mark and record are in the store when STS hears of it", exampleFleet, writtenFirst);
  check("no agent writes below what was read, for every answer of STS", awsFleet, neverBelow);
  check("when two exchanges race to read and to write below, one gives credentials", awsFleet, raced);
  for (const [name, fate, code, requests] of FAILURES) {
    check(`fails in time where STS ${name}`, awsFleet, (brokered) => failsInTime(brokered, fate, code, requests));
  }
  check("a throttled request succeeds at the second attempt", awsFleet, async ({ world, proxy }) => {
    proxy.fate = (request) => (request === 1 ? { code: "Throttling", status: 400 } : "pass");
    await world.broker.credentials(world.claims(await world.begin("clerk", "read-internal")));
    equal(proxy.asked.length, 2);
  });
}

const FAILURES: readonly (readonly [name: string, fate: StsFate, code: string, requests: number])[] = [
  ["finds policy and tags too large", { code: "PackedPolicyTooLarge", status: 400 }, "aws.policy-too-large", 1],
  ["refuses the role", { code: "AccessDenied", status: 403 }, "aws.refused", 1],
  ["finds the policy malformed", { code: "MalformedPolicyDocument", status: 400 }, "aws.refused", 1],
  ["no longer takes the exchange's own credentials", { code: "ExpiredToken", status: 403 }, "aws.unavailable", 1],
  ["throttles", { code: "Throttling", status: 400 }, "aws.unavailable", 3],
  ["has failed", { code: "InternalFailure", status: 500 }, "aws.unavailable", 3],
  ["loses connections", "lose", "aws.unavailable", 3],
  ["does not answer", "hold", "aws.unavailable", 2],
];

function stsAt(endpoint: string, credentials: STSClientConfig["credentials"]): STSClient {
  return new STSClient({ ...STS_BOUNDS, endpoint, region: REGION, credentials: credentials as never });
}

async function sentAndGiven({ world, proxy }: Brokered): Promise<void> {
  const run = await world.begin("support-triage", "answer", { user });
  world.now += 300;
  const given = await world.broker.credentials(world.claims(run));
  const [form] = proxy.asked as [URLSearchParams];
  const sent = Object.fromEntries(form);
  const tags = [1, 2, 3, 4].map((n) => [sent[`Tags.member.${n}.Key`], sent[`Tags.member.${n}.Value`]]);
  equal(sent["Action"], "AssumeRole");
  equal(sent["RoleArn"], "arn:aws:iam::111122223333:role/ambit/agents/prod/prod.support-triage");
  equal([sent["DurationSeconds"], sent["SourceIdentity"]], ["900", "support-triage"]);
  equal(sent["RoleSessionName"], run.txn);
  equal(Object.fromEntries(tags), {
    "ambit-agent": "support-triage",
    "ambit-task": "answer",
    "ambit-session": run.sid,
    "ambit-user": userDigest(user),
  });
  const end = new Date(run.expiresAt * 1000).toISOString().replace(".000Z", "Z");
  equal(given.Expiration, end);
  ok(sent["Policy"]?.includes(`{"DateGreaterThanEquals":{"aws:CurrentTime":"${end}"}}`), sent["Policy"]);
  match((await identityOf(given, proxy.url)) ?? "", new RegExp(`assumed-role/.*prod.support-triage/${run.txn}$`));
}

/** Who holds the credentials, as STS sees it */
async function identityOf(given: AwsCredentials, url: string): Promise<string | undefined> {
  const { AccessKeyId: accessKeyId, SecretAccessKey: secretAccessKey, Token: sessionToken } = given;
  const client = stsAt(url, { accessKeyId, secretAccessKey, sessionToken });
  const { Arn } = await client.send(new GetCallerIdentityCommand({}));
  client.destroy();
  return Arn;
}

async function writtenFirst({ world, proxy, other }: Brokered): Promise<void> {
  const run = await world.begin("support-triage", "answer", { user });
  let mark: string | undefined;
  let issued: number | undefined;
  proxy.fate = async (): Promise<StsFate> => {
    const reader = other();
    mark = (await reader.session("support-triage", user))?.mark;
    const { records, head } = await readWriter(reader.store, world.writer);
    equal(missingRecord(records, head), undefined);
    issued = records.filter(({ kind }) => kind === "aws.issued").length;
    return "pass";
  };
  await world.broker.credentials(world.claims(run));
  equal([mark, issued], ["confidential", 1]);
}

/** Even where the answer of STS was lost, the credentials may be in use. */
async function neverBelow({ world, proxy }: Brokered): Promise<void> {
  world.user = user;
  const ask = async (task: string) => {
    const run = await world.begin("clerk", task, { fresh: false });
    return refused(world.broker.credentials(world.claims(run)));
  };
  proxy.fate = () => "lose";
  equal(await ask("write-internal"), ["aws.unavailable"]);
  proxy.fate = () => "pass";
  for (const level of LEVELS.slice(2)) equal(await ask(`read-${level}`), ["mark.credential-below"]);
  world.now += 980;
  equal(await ask("read-restricted"), []);
  for (const level of LEVELS.slice(0, 3)) equal(await ask(`write-${level}`), ["mark.above-clearance"]);
  equal(await ask("write-restricted"), []);
}

async function raced({ world, other }: Brokered): Promise<void> {
  const second = other();
  const won = { read: 0, write: 0 };
  for (let race = 0; race < RACES; race += 1) {
    const of = { user: { ...user, subject: `user-${race}` } };
    const reading = world.claims(await world.begin("clerk", "read-restricted", of));
    const writing = second.claims(await second.begin("clerk", "write-public", { ...of, fresh: false }));
    const [read, written] = await Promise.all([
      refused(world.broker.credentials(reading)),
      refused(second.broker.credentials(writing)),
    ]);
    ok(read.length === 0 || written.length === 0, "one of the two is given");
    if (read.length === 0) equal(written, ["mark.above-clearance"]);
    else equal(read, ["mark.credential-below"]);
    won[read.length === 0 ? "read" : "write"] += 1;
  }
  ok(won.read > 0 && won.write > 0, `they did not race: ${JSON.stringify(won)}`);
}

async function failsInTime({ world, proxy }: Brokered, fate: StsFate, code: string, requests: number): Promise<void> {
  proxy.fate = () => fate;
  world.user = user;
  const run = await world.begin("clerk", "write-internal");
  const begun = performance.now();
  equal(await refused(world.broker.credentials(world.claims(run))), [code]);
  const seconds = (performance.now() - begun) / 1000;
  ok(seconds < MOST_SECONDS, `it took ${seconds} s`);
  ok(proxy.asked.length >= requests && proxy.asked.length <= 3, `STS was asked ${proxy.asked.length} times`);
  const { records, head } = await readWriter(world.store, world.writer);
  equal(missingRecord(records, head), undefined);
  equal(
    records.map(({ kind }) => kind),
    ["aws.issued", "aws.failed"],
  );
  ok(((await world.session("clerk"))?.writable.internal ?? 0) >= world.now + 900, "what may be written is noted");
}
