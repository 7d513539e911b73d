import { closure } from "../../../review/reach/aws/chain/closure";
import { type Edges, RoleEdges } from "../../../review/reach/aws/chain/role-edges";
import { IamIndex } from "../../../review/reach/aws/iam-index";
import { PolicyTexts } from "../../../review/reach/aws/policy-texts";
import { resourcePolicies } from "../../../review/reach/aws/resource-policies";
import { RoleAccess } from "../../../review/reach/aws/role-access";
import { RolePolicies } from "../../../review/reach/aws/role-policies";
import type { Resource } from "../../../review/read/resource";
import { estateOf } from "../../support/review/folders";
import { edgesOf } from "./slow-chains";
import { ACCOUNT, OTHER_ACCOUNT, rights, role, roleArn, type Statement } from "./small-estate";

const ROOT = `arn:aws:iam::${ACCOUNT}:root`;
const SESSION = `arn:aws:sts::${ACCOUNT}:assumed-role/bot/run`;
const ANY_SESSION = `arn:aws:sts::${ACCOUNT}:assumed-role/\${var.other}/run`;
const ASK: Statement = { Action: "sts:AssumeRole", Resource: "*" };
const IS_BOT = { Condition: { ArnEquals: { "aws:PrincipalArn": roleArn("bot") } } };

interface World {
  /** Of the provider; unknown if left out */
  readonly account?: string;
  /** What the caller says of its name; nothing where AWS makes it up */
  readonly caller: object;
  readonly may?: Statement;
  readonly trusted: string;
  readonly more?: object;
  readonly roles?: object;
}

/** Whether the caller may become the target */
function reached({ account, caller, may, trusted, more = {}, roles = {} }: World): string {
  const { assume_role_policy: unused } = role("any");
  const trust: Statement = { Principal: { AWS: trusted }, Action: "sts:AssumeRole", ...more };
  const stack = {
    provider: { aws: [{ region: "eu-central-1", ...(account !== undefined && { allowed_account_ids: [account] }) }] },
    variable: { name: { type: "string" }, other: { type: "string" } },
    resource: {
      aws_iam_role: { caller: { assume_role_policy: unused, ...caller }, target: role("target", trust), ...roles },
      aws_iam_role_policy: {
        ...(may !== undefined && { may: rights("${aws_iam_role.caller.name}", may) }),
        target: rights("target", { Action: "*", Resource: "*" }),
      },
    },
  };
  const estate = estateOf({
    "stacks/app/cdk.tf.json": JSON.stringify(stack),
    "manifest.json": JSON.stringify({
      version: "0.21.0",
      stacks: { app: { name: "app", synthesizedStackPath: "stacks/app/cdk.tf.json", dependencies: [] } },
    }),
  });
  const texts = new PolicyTexts();
  const index = new IamIndex(estate);
  const access = new RoleAccess(estate, new RolePolicies(index, texts), resourcePolicies(estate, texts), texts);
  const from = index.roles.find(({ name }) => name === "caller") as Resource;
  const found = edgesOf(new RoleEdges(estate, index, access, texts), access, from);
  return found.get("app/aws_iam_role.target") ?? "none";
}

const BOT = { name: "bot" };
const PREFIX = { name_prefix: "bot-" };
const VARIABLE = { name: "${var.name}" };
const WITHIN = { name: "bot-${var.name}" };

describe("a role of unknown account or name may be the one that a trust policy names", () => {
  test.each<[string, World]>([
    ["by its ARN", { caller: BOT, trusted: roleArn("bot") }],
    ["by its ARN, if it asks for it", { caller: BOT, may: ASK, trusted: roleArn("bot") }],
    ["by a session", { caller: BOT, trusted: SESSION }],
    ["in a condition", { caller: BOT, trusted: "*", more: IS_BOT }],
    ["by its account, if it asks for it", { caller: BOT, may: ASK, trusted: ROOT }],
    ["by the number of its account, if it asks for it", { caller: BOT, may: ASK, trusted: ACCOUNT }],
    ["where AWS makes up its name", { account: ACCOUNT, caller: PREFIX, trusted: roleArn("bot-1") }],
    ["where AWS makes up all of its name", { account: ACCOUNT, caller: {}, trusted: roleArn("x") }],
    ["by a session, where AWS makes up its name", { account: ACCOUNT, caller: {}, trusted: SESSION }],
    ["in a condition, where AWS makes up its name", { account: ACCOUNT, caller: {}, trusted: "*", more: IS_BOT }],
    ["where a variable is its name", { account: ACCOUNT, caller: VARIABLE, trusted: roleArn("bot") }],
    ["by a session, where a variable is its name", { account: ACCOUNT, caller: VARIABLE, trusted: SESSION }],
    [
      "in a condition, where its name is a variable",
      { account: ACCOUNT, caller: VARIABLE, trusted: "*", more: IS_BOT },
    ],
    ["by a session of an unknown role", { account: ACCOUNT, caller: BOT, trusted: ANY_SESSION }],
    [
      "by a session of an unknown role, whose own name is unknown",
      { account: ACCOUNT, caller: PREFIX, trusted: ANY_SESSION },
    ],
    ["where a variable is the end of its name", { account: ACCOUNT, caller: WITHIN, trusted: roleArn("bot-x") }],
  ])("%s", (_, world) => expect(reached(world)).toBe("open"));

  test.each<[string, World]>([
    ["who has another name", { caller: BOT, trusted: roleArn("robot") }],
    ["who has another path", { caller: { ...BOT, path: "/x/" }, trusted: roleArn("bot") }],
    ["who is a session of another", { caller: BOT, trusted: SESSION.replace("bot", "robot") }],
    ["whose account may ask, and that does not", { caller: BOT, trusted: ROOT }],
    ["who has another beginning", { account: ACCOUNT, caller: WITHIN, trusted: roleArn("bot") }],
    ["who is in another account", { account: ACCOUNT, caller: VARIABLE, trusted: roleArn("bot", OTHER_ACCOUNT) }],
    ["whose account it is not", { account: ACCOUNT, caller: VARIABLE, may: ASK, trusted: OTHER_ACCOUNT }],
    [
      "who is another role of the configuration",
      { account: ACCOUNT, caller: {}, trusted: roleArn("bot"), roles: { other: role("bot") } },
    ],
    ["who is a role, where all is known", { account: ACCOUNT, caller: BOT, trusted: roleArn("robot") }],
  ])("and is not the one %s", (_, world) => expect(reached(world)).toBe("none"));

  test("where all is known, it is certain", () => {
    expect(reached({ account: ACCOUNT, caller: BOT, trusted: roleArn("bot") })).toBe("certain");
  });
});

describe("how many roles are not asked about", () => {
  const one = (name: string): Resource => ({ address: name }) as Resource;
  const [start, sure, open] = [one("start"), one("sure"), one("open")];
  const unasked = (to: Resource, unknown?: string) =>
    closure(start, (role): Edges => {
      if (role !== start) return { edges: [], unasked: role === to ? 3 : 0 };
      return { edges: [{ to, ...(unknown !== undefined && { unknown }) }], unasked: 2 };
    }).unasked;

  test("counts each role that is reached once, those too that only may be", () => {
    expect(unasked(sure)).toBe(5);
    expect(unasked(open, "it depends")).toBe(5);
  });
});
