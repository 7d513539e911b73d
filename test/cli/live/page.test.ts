import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { parsePolicy } from "../../../iam/document/parse";
import { liveFolder } from "../../support/inventory/live-folder";
import { COMPLETED, listing, liveWorld, ROLES, STAGE, used } from "../../support/inventory/live-world";
import { answersAbout, copiedFiles, DAYS, provenTrail } from "../../support/inventory/proven-trail";

const { folder, dir, published } = liveFolder("inventory-rights");
const PAGE = readFileSync(join(resolve(__dirname, "../../.."), "docs/inventory.md"), "utf8");
const POLICY = /```json\n(\{\n {2}"Version"[^`]+)```/.exec(PAGE)?.[1] ?? "";

/** `iam:GetAccountAuthorizationDetails` of `aws iam get-account-authorization-details …` */
function actionOf(call: string): string {
  const [, service, operation = ""] = call.split(" ");
  return `${service === "s3api" ? "s3" : service}:${operation.replace(/(?:^|-)([a-z])/g, (_, letter: string) => letter.toUpperCase())}`;
}

test("the policy of the page allows each request to AWS that the command makes, and nothing else", async () => {
  const of = provenTrail();
  for (const [path, content] of copiedFiles(of)) folder.put(`trail/${path}`, content);
  const { live, ran } = liveWorld({ dir, published }, answersAbout(of));
  const trail = ["--trail", join(folder.path, "trail"), "--unused-days", String(DAYS)];
  expect((await live(...published, ...trail)).code).toBe(0);
  const asked = new Set(ran.filter((call) => call.startsWith("aws ")).map(actionOf));
  // AWS answers it for all (STS API, GetCallerIdentity).
  asked.delete("sts:GetCallerIdentity");
  const { statements } = parsePolicy(POLICY);
  const allowed = statements.flatMap(({ Effect, Action }) => {
    expect(Effect).toBe("Allow");
    return Action ?? [];
  });
  // Of what Ambit itself asks: the table, and an encrypted bucket (S3 and KMS API)
  const own = ["dynamodb:GetItem", "dynamodb:Query", "kms:Decrypt", "s3:GetObject", "s3:ListBucket"];
  expect([...allowed].sort()).toEqual([...asked, ...own].sort());
});

test("the page names each property of the JSON", async () => {
  const { compared } = liveWorld(
    { dir, published },
    {
      ...listing([...Object.keys(ROLES).slice(1), "prod.ghost"], STAGE),
      "aws iam get-service-last-accessed-details": {
        ...COMPLETED,
        ServicesLastAccessed: [used("dynamodb", {}), used("kms")],
      },
    },
  );
  const comparison = await compared();
  const rows = [...PAGE.matchAll(/^\| `(\w+)` +\| (.*) \|$/gm)].map(([, name, holds]) => [name, holds] as const);
  expect(rows.map(([name]) => name)).toEqual(expect.arrayContaining(Object.keys(comparison)));
  const named = (list: readonly object[]) => [...new Set(list.flatMap((one) => Object.keys(one)))];
  const { orphans, otherPlatforms, missing, narrowings, used: inUse, unknown } = comparison;
  for (const [of, list] of Object.entries({ orphans, otherPlatforms, missing, narrowings, used: inUse, unknown })) {
    expect([of, list.length > 0]).toEqual([of, true]);
    const holds = rows.find(([name]) => name === of)?.[1] ?? "";
    expect([of, named(list).filter((property) => !holds.includes(`\`${property}\``))]).toEqual([of, []]);
  }
  const unused = rows.find(([name]) => name === "narrowings")?.[1] ?? "";
  expect(
    named(narrowings.flatMap((one) => one.unused)).filter((property) => !unused.includes(`\`${property}\``)),
  ).toEqual([]);
});
