import { deepStrictEqual as equal, match, ok } from "node:assert";
import { join } from "node:path";
import { succeed } from "../harness/process";
import type { Check, Suite } from "../harness/suite";
import { REGION } from "../exchange/state-table";
import { TRAIL_BUCKET } from "./delivered-trail";
import { arnOf, type LiveWorld, type LiveRun } from "./live-world";

const READS = 120;
export const CLERK_DATA = "data: [bankToken.read(), erpLogin.read(), letters.read(), notes.readWrite()],";
const NARROWED = "data: [erpLogin.read()],";
export const LETTERS = "data: [erpLogin.read(), letters.read()],";
const BY_TRAIL = ["--trail", `s3://${TRAIL_BUCKET}/AWSLogs/111122223333/`, "--region", REGION, "--unused-days", "1"];

/** Options for what AWS alone tells */
export const WITHOUT_OTHERS = ["--without", "kubernetes", "registry"] as const;

/** Accesses that are proposed to be taken away, with what tells it */
export function unusedIn({ comparison }: LiveRun): readonly string[] {
  const unused = comparison?.narrowings.flatMap((one) => one.unused) ?? [];
  return unused.map(({ data, access, by }) => `${data}:${access} by ${by}`);
}

/** The clerk works, and what it leaves unused is taken out of its declaration. */
export function narrowingChecks(suite: Suite, world: Check<LiveWorld>, found: Check, aws: Check<string>): Check {
  const worked = suite.check(
    "the clerk reads one secret and its letters, and nothing else",
    [world, found],
    async ([at]) => {
      await at.unguarded();
      await at.work("prod.clerk", READS);
      equal(at.front.calls.length, READS + 1);
      await at.asAuditor();
    },
  );
  suite.check(
    "the stand-in for access advisor and CloudTrail answers as the models of AWS's own SDK describe it",
    [world, worked, aws],
    async ([at, , python]) => {
      at.front.reported.clear();
      const { stdout } = await succeed(python, [join(__dirname, "model_check.py"), at.front.url, arnOf("prod.clerk")]);
      equal(JSON.parse(stdout), {
        problems: [],
        seen: [
          "GenerateServiceLastAccessedDetails",
          "GetServiceLastAccessedDetails",
          "GetServiceLastAccessedDetails",
          "LookupEvents",
        ],
        events: 3,
        services: ["dynamodb", "s3", "secretsmanager"],
      });
    },
  );
  const proposed = suite.check(
    "what it never used is proposed to be taken away: a table by access advisor, one of two secrets by CloudTrail",
    [world, worked],
    async ([at], note) => {
      at.front.asked.length = 0;
      const run = await at.live(["--json"]);
      equal([run.code, run.comparison?.notAsked], [0, {}], run.stderr);
      equal(unusedIn(run), [
        "bank-token:read by CloudTrail",
        "notes:read by access advisor",
        "notes:write by access advisor",
      ]);
      equal(
        run.comparison?.used.map(({ data, by }) => `${data} by ${by}`),
        ["erp-login by CloudTrail"],
      );
      equal(
        run.comparison?.unknown.map(({ data, because }) => `${data}: ${because}`),
        ["letters: s3 is used, and AWS does not report the use of GetObject by itself"],
      );
      const lookups = at.front.asked.filter((one) => one === "cloudtrail:LookupEvents").length;
      ok(lookups >= 3, `${lookups} lookups`);
      note(`${lookups} lookups for ${READS} events, ${at.front.tooMany} of them too many in a second, and asked again`);
    },
  );
  suite.check("with the files of a trail, what is read of a bucket is in use", [world, proposed], async ([at]) => {
    const run = await at.live(["--json", "--trail", at.trail(), "--without", "cloudtrail", "kubernetes", "registry"]);
    equal([run.code, run.comparison?.unknown.map(({ data }) => data)], [0, ["bank-token"]], run.stderr);
    equal(
      run.comparison?.used.map(({ data, access }) => `${data}:${access}`),
      ["erp-login:read", "letters:read"],
    );
    equal(unusedIn(run), ["notes:read by access advisor", "notes:write by access advisor"]);
  });
  const delivered = suite.check(
    "a trail of all objects and items is delivered to a bucket, with digests that are signed",
    [world, proposed, aws],
    async ([at, , python]) => {
      await at.unguarded();
      const trail = await at.deliverTrail(python);
      await at.asAuditor();
      return trail;
    },
  );
  const applied = suite.check(
    "the printed diff, to which its silence adds a prefix, applied to the declaration, synthesizes, and the finding is gone",
    [world, delivered],
    async ([at]) => {
      const { code, stdout, stderr } = await at.live([...WITHOUT_OTHERS, ...BY_TRAIL], {
        COLUMNS: "400",
        NO_COLOR: "1",
      });
      equal(code, 0, stderr);
      match(stdout, /agents\/clerk\.ts:4: agent clerk, task settle\n/);
      match(stdout, /bank-token:read: GetSecretValue not called on it since \d{4}-\d\d-\d\d \(CloudTrail\)\n/);
      match(stdout, /letters:read: GetObject not called on it since \S+, by the digests of ambit-prod \(trail\)\n/);
      const [from = "", to = ""] = [/^ +- (.*)$/m, /^ +\+ (.*)$/m].map((line) => line.exec(stdout)?.[1]);
      equal([from, to], [CLERK_DATA, NARROWED]);
      at.app.change("agents/clerk.ts", from, to);
      await at.app.synthesize();
      const after = await at.live(["--json", ...WITHOUT_OTHERS]);
      equal([after.code, after.comparison?.narrowings, after.comparison?.unknown], [0, [], []]);
    },
  );
  return suite.check(
    "where a file of the trail was changed, nothing is unused by it, and the exit code is 1",
    [world, delivered, applied],
    async ([at, trail]) => {
      at.app.change("agents/clerk.ts", NARROWED, LETTERS);
      await at.app.synthesize();
      await at.unguarded();
      await trail.tampered("acme-archive", "acme-archivf");
      await at.asAuditor();
      const { code, comparison, stderr } = await at.live(["--json", ...WITHOUT_OTHERS, ...BY_TRAIL]);
      equal([code, comparison?.narrowings], [1, []], stderr);
      match(
        comparison?.unknown.find(({ data }) => data === "letters")?.because ?? "",
        /is not what CloudTrail delivered/,
      );
    },
  );
}
