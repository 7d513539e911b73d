import type { PoliciesRead } from "../read-policies";
import type { PolicyTexts } from "../policy-texts";
import { managedPolicies } from "./texts";

/** ARNs of policies that AWS keeps, in any partition */
const OF_AWS = /^arn:([^:]*):iam::aws:policy\//;

/** AWS keeps policies for each partition by itself, in other versions; the texts are those of this one. */
const PARTITION = "aws";

export function isOfAws(arn: string): boolean {
  return OF_AWS.test(arn);
}

/** What a policy of AWS says that is attached at `address`; unknown where its text is not known. */
export function attachedOfAws(arn: string, address: string, texts: PolicyTexts): PoliciesRead {
  const [, partition] = OF_AWS.exec(arn) ?? [];
  if (partition !== PARTITION) {
    return unknown(arn, address, `its text is AWS's, and known for the partition "${PARTITION}" only`);
  }
  const { byArn, date } = managedPolicies();
  const policy = byArn.get(arn);
  if (policy === undefined) {
    return unknown(arn, address, `its text is AWS's, and it is not among the policies that AWS had on ${date}`);
  }
  const read = texts.of(policy.json, address);
  const called = `AWS's ${policy.name} as of ${policy.version}, ${policy.date}`;
  return { ...read, statements: read.statements.map((statement) => ({ ...statement, policy: called })) };
}

function unknown(arn: string, address: string, why: string): PoliciesRead {
  const advice = "write the actions that are needed instead";
  return {
    statements: [],
    unknown: [{ what: `the policy ${arn}`, why: `${why}: ${advice}`, source: { address }, mayDeny: true }],
  };
}
