import { readFileSync } from "node:fs";
import { join } from "node:path";
import { granteeAttributes, GRANTEE_TYPES } from "../../../constructs/guardrails/grantees";
import { POLICY_ATTRIBUTES } from "../../../constructs/guardrails/private/policy-attributes";
import { SECRET_ATTRIBUTES } from "../../../constructs/guardrails/private/secret-attributes";
import { NAMES_ROLE } from "../../../constructs/guardrails/rules/identity/handed-role";
import { PUBLIC_FLAGS } from "../../../constructs/guardrails/rules/storage/public-database";
import { type ProviderAttribute, providerAttributes } from "../../support/guardrails/provider-attributes";

/** Attributes that no rule reads as what their name says, and why */
interface Reason {
  readonly reason: string;
  /** Such as `aws_ecr_lifecycle_policy.policy`; `*.ssl_policy` is the attribute of each type */
  readonly attributes: readonly string[];
}

const attributes = providerAttributes();

function reasons(file: string): readonly Reason[] {
  return JSON.parse(readFileSync(join(__dirname, "../../cases", file), "utf8")) as readonly Reason[];
}

const isText = ({ declared }: ProviderAttribute): boolean => /^string(?:\[\])?$/.test(declared);
const lastOf = (path: string): string => path.slice(path.lastIndexOf(".") + 1);
/** Of a path, the attribute that the provider declares: a map such as `permissions` has its keys in the documentation alone */
const declaredIn = (path: string): string =>
  lastOf(path.replace(/(^|\.)(permissions|provider_details|connection_properties|configuration)\.\w+$/, "$1$2"));
const addressOf = ({ type, name }: ProviderAttribute): string => `${type}.${name}`;

/** By what the guardrails read: which attributes the provider has of it, which of them are read, and the reasons for the others */
const TABLES: readonly (readonly [string, (each: ProviderAttribute) => boolean, readonly string[], string])[] = [
  [
    "policies",
    ({ type, name }) =>
      /polic/.test(name) || (/polic/.test(type) && /^(?:content|definition|document|statement)$/.test(name)),
    Object.entries(POLICY_ATTRIBUTES).flatMap(([type, paths]) =>
      Object.keys(paths).map((path) => `${type}.${lastOf(path)}`),
    ),
    "policy-attributes.json",
  ],
  [
    "grantees",
    ({ name }) => /princip|grantee|shared_accounts|target_accounts|consumer_identifier|user_groups/.test(name),
    GRANTEE_TYPES.flatMap((type) => granteeAttributes(type).map((path) => `${type}.${declaredIn(path)}`)),
    "grantee-attributes.json",
  ],
  [
    "roles that a resource hands out",
    ({ name }) => name.includes("role"),
    attributes.filter((each) => isText(each) && NAMES_ROLE.test(each.name)).map(addressOf),
    "role-attributes.json",
  ],
  [
    "secrets",
    ({ name }) =>
      /passw|client_secret|secret_key|shared_secret|private_key|preshared|(?:auth|access|oauth)_token|api_key$/.test(
        name,
      ),
    Object.entries(SECRET_ATTRIBUTES).flatMap(([type, paths]) => paths.map((path) => `${type}.${declaredIn(path)}`)),
    "secret-attributes.json",
  ],
];

test("the provider's declarations are read whole", () => {
  expect(attributes.length).toBeGreaterThan(25_000);
  expect(attributes.filter(({ type }) => type === "aws_iam_role").map(({ name }) => name)).toEqual(
    expect.arrayContaining(["assume_role_policy", "permissions_boundary", "policy"]),
  );
});

describe.each(TABLES)("%s", (_, isMeant, read, file) => {
  const meant = [...new Set(attributes.filter((each) => isText(each) && isMeant(each)).map(addressOf))];
  const given = reasons(file).flatMap((each) => each.attributes);
  const isGiven = (address: string): boolean => given.includes(address) || given.includes(`*.${lastOf(address)}`);

  test("each attribute of the provider is read, or has a reason why not", () => {
    expect(meant.filter((address) => !read.includes(address) && !isGiven(address))).toEqual([]);
  });

  test("each attribute that is read is one of the provider", () => {
    const all = new Set(attributes.map(addressOf));
    expect(read.filter((address) => !all.has(address))).toEqual([]);
  });

  test("each reason is for an attribute that the provider has, and that is not read", () => {
    const unread = meant.filter((address) => !read.includes(address));
    const names = new Set([...unread, ...unread.map((address) => `*.${lastOf(address)}`)]);
    expect(given.filter((each) => !names.has(each))).toEqual([]);
    expect(new Set(given).size).toBe(given.length);
  });
});

test("each type of the provider with a flag for a public address is judged by it", () => {
  const flagged = attributes
    .filter(({ name }) => name === "publicly_accessible" || name === "public_connectivity")
    .map(addressOf);
  expect(Object.entries(PUBLIC_FLAGS).map(([type, [flag]]) => `${type}.${flag}`)).toEqual(
    expect.arrayContaining([...new Set(flagged)]),
  );
  expect(new Set(flagged).size).toBe(Object.keys(PUBLIC_FLAGS).length);
});
