import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { auditCommand } from "../../../cli/audit";
import { LOG, LogOfRecords, WITNESS } from "../../support/audit/log-of-records";
import { BEGAN, entriesWithTransaction, ROLE, trailRecords, TXN } from "../../support/audit/told-transaction";
import { called, scratch } from "../../support/cli";

const folder = scratch("audit-trace");
const log = new LogOfRecords(join(folder.path, "log"));
const BEFORE = 16_380;
const trail = join(folder.path, "trail");
const key = ["--log", log.folder, "--key", LOG.vkey, "--witness", WITNESS.vkey, "--cache", join(folder.path, "cache")];

interface Told {
  readonly steps: readonly {
    readonly lane: string;
    readonly state: string;
    readonly kind: string;
    readonly title: string;
    readonly at: number;
    readonly unaccounted?: string;
    readonly entry?: { readonly index: number };
  }[];
}

const trace = (...args: readonly string[]) => called([auditCommand], "audit", "trace", ...args, ...key);
const told = async (...args: readonly string[]): Promise<Told & { readonly code: number }> => {
  const { code, stdout } = await trace(TXN, "--json", ...args);
  return { code, ...(JSON.parse(stdout) as Told) };
};
/** @param change of each event */
const trailWith = (change: (event: Record<string, unknown>, at: number) => object = (event) => event): void => {
  const Records = trailRecords().map(change);
  folder.put("trail/2026/11/30/a.json.gz", gzipSync(JSON.stringify({ Records: Records.slice(1) })));
  folder.put("trail/2026/11/30/b.json", JSON.stringify({ Records: Records.slice(0, 2) }));
  folder.put("trail/digest.txt", "no file of events");
};

// Some records lie in a segment of the index, and some behind it.
beforeAll(() => void log.write(entriesWithTransaction(BEFORE)));
beforeEach(() => trailWith());

test("tells all steps in order, with people's decisions, who was stopped, and AWS between them", async () => {
  const { code, steps } = await told("--cloudtrail", trail);
  expect(code).toBe(0);
  expect(steps.map(({ at, lane, state, title }) => [at - BEGAN, lane, state, title])).toEqual([
    [0, "exchange", "done", "a run of support-triage begins task answer"],
    [0, "exchange", "done", "a token is issued for aws"],
    [1, "exchange", "done", "AWS credentials are asked for, of prod.support-triage"],
    [1, "AWS", "done", "sts AssumeRole"],
    [2, "exchange", "done", "a token is issued for tool:orders"],
    [3, "gateway", "waiting", "orders.refund waits for support-leads"],
    [4, "AWS", "done", "s3 GetObject"],
    [5, "AWS", "refused", "s3 PutObject: AccessDenied"],
    [40, "people", "done", "support-leads has approved it"],
    [42, "gateway", "done", "orders.refund is allowed"],
    [43, "gateway", "done", "orders.refund ended: succeeded"],
    [44, "companion", "refused", "the companion refuses: companion.no-handle"],
    [50, "people", "stopped", "agent is stopped: it sends refunds to strangers"],
    [51, "gateway", "refused", "orders.refund is refused: agent.revoked"],
  ]);
  expect(steps.flatMap(({ entry }) => entry?.index ?? [])).toEqual(Array.from({ length: 11 }, (_, at) => BEFORE + at));
});

test("text and page say the same as JSON", async () => {
  const page = join(folder.path, "trace.html");
  const { code, stdout, stderr } = await trace(TXN, "--cloudtrail", trail, "--html", page);
  expect([code, stderr]).toEqual([0, ""]);
  const { steps } = await told("--cloudtrail", trail);
  const data = JSON.parse(
    /<script type="application\/json" id="data">([^]*?)<\/script>/.exec(readFileSync(page, "utf8"))?.[1] as string,
  ) as Told & { readonly summary: string };
  expect(data.steps.map(({ title }) => title)).toEqual(steps.map(({ title }) => title));
  const words = stdout.replace(/\s+/g, " ");
  for (const { title } of steps) expect(words).toContain(title);
  expect(words).toContain(data.summary);
  expect(data.summary).toBe(
    "14 steps in 51 s from 2026-11-30T00:53:20Z; by support-triage; 3 refused or failed; stopped by people",
  );
});

test("a transaction among others is told without AWS too", async () => {
  const { code, steps } = await told();
  expect([code, steps.length]).toEqual([0, 11]);
});

const ofSession = (change: object) => (event: Record<string, unknown>, at: number) =>
  at === 1 ? { ...event, ...change } : event;
const [, read] = trailRecords() as [
  unknown,
  { readonly userIdentity: { readonly sessionContext: object; readonly arn: string } },
];
const identity = (change: object) => ({
  userIdentity: { ...read.userIdentity, sessionContext: { ...read.userIdentity.sessionContext, ...change } },
});

test.each<readonly [string, object, string]>([
  [
    "of a role without a record",
    identity({ sessionIssuer: { arn: `${ROLE}-2` } }),
    `no record of this transaction asks for credentials of ${ROLE}-2`,
  ],
  [
    "of another agent",
    identity({ sourceIdentity: "press-writer" }),
    "the session's source identity is press-writer, and no record of that agent asks for it",
  ],
  [
    "without a source identity",
    identity({ sourceIdentity: undefined }),
    "the session's source identity is missing, and no record of that agent asks for it",
  ],
  [
    "before the credentials were issued",
    { eventTime: "2026-11-30T00:40:00Z" },
    "credentials that were asked for were not good at this time",
  ],
  [
    "after all credentials ended",
    { eventTime: "2026-11-30T02:00:00Z" },
    "credentials that were asked for were not good at this time",
  ],
])("fails when AWS shows what was done %s", async (_, change, why) => {
  trailWith(ofSession(change));
  const { code, steps } = await told("--cloudtrail", trail);
  expect(code).toBe(3);
  expect(steps.flatMap(({ unaccounted }) => unaccounted ?? [])).toEqual([why]);
  const { stdout } = await trace(TXN, "--cloudtrail", trail);
  expect(stdout.replace(/\s+/g, " ")).toContain(`NOT ACCOUNTED FOR: ${why}`);
});

test("fails when the transaction is not in the log", async () => {
  expect(await trace("nothing", "--cloudtrail", trail)).toEqual({
    code: 1,
    stdout: "",
    stderr: "ambit: the log has no record of transaction nothing: name the txn of a token, a refusal or a log line\n",
  });
});

test("fails when a record of it is not what was signed", async () => {
  log.flip("tile/entries/064.p/14", 100);
  const { code, stdout, stderr } = await trace(TXN);
  log.flip("tile/entries/064.p/14", 100);
  expect([code, stdout]).toEqual([3, ""]);
  expect(stderr).toContain("entry.other");
});

test.each<readonly [string, string | Buffer, RegExp]>([
  [
    "is no JSON",
    `${TXN} {`,
    /must be a file of CloudTrail, with a list Records: name the folder that has these alone\n$/,
  ],
  ["has no list", JSON.stringify({ Records: TXN }), /must be a file of CloudTrail, with a list Records/],
  ["is compressed otherwise", Buffer.of(0x1f, 0x8b, 1), /b\.json cannot be read: /],
])("fails when a file of CloudTrail %s", async (_, content, message) => {
  folder.put("trail/2026/11/30/b.json", content);
  const { code, stdout, stderr } = await trace(TXN, "--cloudtrail", trail);
  expect([code, stdout]).toEqual([1, ""]);
  expect(stderr).toMatch(message);
});
