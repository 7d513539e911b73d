import { allow, type Statement } from "../../../../iam";
import type { AccessPath } from "../../../../iam/access/access";
import { difference } from "../../../../iam/access/difference";
import { AlikeDifferences, type PathPair } from "../../../../review/difference/aws/alike/alike-differences";
import { Shapes } from "../../../../review/difference/aws/alike/shapes";

const READ = "s3:GetObject";
const ACCOUNT = "111122223333";

/** All of these must allow. */
type Layers = readonly Statement[];

const by = (principal: string): Statement => ({ ...allow(READ, "*"), Principal: { AWS: principal } });
const USER = by(`arn:aws:iam::${ACCOUNT}:user/x`);
const SESSION = by(`arn:aws:sts::${ACCOUNT}:assumed-role/x/s`);

const ROWS: readonly (readonly [what: string, name: string, of: (name: string) => Layers])[] = [
  ["that of an account's root", "root", (name) => [allow(READ, "*"), by(`arn:aws:iam::${ACCOUNT}:${name}`), USER]],
  ["that of a role", "role", (name) => [allow(READ, "*"), by(`arn:aws:iam::${ACCOUNT}:${name}/x`), SESSION]],
  [
    "that of the service of roles",
    "iam",
    (name) => [allow(READ, "*"), by(`arn:aws:${name}::${ACCOUNT}:role/x`), SESSION],
  ],
  [
    "that of the service of sessions",
    "sts",
    (name) => [by(`arn:aws:iam::${ACCOUNT}:role/x`), by(`arn:aws:${name}::${ACCOUNT}:assumed-role/x/s`)],
  ],
  [
    "the start of a session's",
    "assumed-role",
    (name) => [by(`arn:aws:iam::${ACCOUNT}:role/x`), by(`arn:aws:sts::${ACCOUNT}:${name}/x/s`)],
  ],
  [
    "part of a word, behind a brace that is a letter",
    "worker-1",
    (name) => [allow(READ, [`a/\${/${name}`, "a/}"]), allow(READ, ["a/${/work*", "a/}"])],
  ],
];

test.each(ROWS)(
  "gains of a principal whose name is %s are found, beside another principal of that shape",
  (_, name, of) => {
    const alike = new AlikeDifferences(new Shapes());
    alike.of(compared("other-22", of("other-22")));
    const own = compared(name, of(name));
    const { gained } = alike.of(own);
    const sought = difference({ paths: [] }, { paths: [own.is] }).gained;
    expect(sought.length).toBeGreaterThan(0);
    expect(gained.map(({ resource }) => resource)).toEqual(sought.map(({ resource }) => resource));
  },
);

function compared(name: string, layers: Layers): PathPair {
  const is: AccessPath = {
    name: "its role",
    layers: layers.map((statement, at) => ({ name: `layer ${at}`, statements: [{ statement, source: name }] })),
  };
  return { name, was: undefined, is, denied: [], denies: [] };
}
