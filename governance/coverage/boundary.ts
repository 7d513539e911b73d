import { agentBoundary } from "../../constructs/access/boundary-document";
import { sameJson } from "../../review/read/json";
import { at, jsonIn, type Located, type Output, textIn } from "./output";
import { namesKnown } from "./references";

/** Ceilings of agents' roles as the construct writes them, each of a name that stands once */
export function boundaries(output: Output): ReadonlySet<string> {
  const known = BOUNDARIES.get(output) ?? found(output);
  BOUNDARIES.set(output, known);
  return known;
}

const BOUNDARIES = new WeakMap<Output, ReadonlySet<string>>();

function found(output: Output): ReadonlySet<string> {
  const names = output.all("aws_iam_policy").map(nameOf);
  const isOnce = (located: Located): boolean => names.indexOf(nameOf(located)) === names.lastIndexOf(nameOf(located));
  return new Set(
    output
      .of("aws_iam_policy")
      .filter((each) => isOnce(each) && isWritten(each))
      .map(({ address }) => address),
  );
}

function isWritten({ block, stack }: Located): boolean {
  const policy = textIn(block.body, "policy") ?? "";
  return namesKnown(policy, stack) && isBoundary(jsonIn(policy));
}

function nameOf({ block }: Located): string {
  return `${textIn(block.body, "path") ?? "/"}${textIn(block.body, "name") ?? ""}`;
}

/** Regions, accounts and endpoints are the platform's choice; the rest must follow from them. */
function isBoundary(document: Readonly<Record<string, unknown>>): boolean {
  const statements = document["Statement"];
  if (!Array.isArray(statements)) return false;
  const values = (sid: string, key: string): readonly string[] => {
    const statement = (statements as readonly unknown[]).find((each) => at(each, "Sid") === sid);
    return [at(statement, "Condition", "StringNotEquals", key) ?? []].flat() as string[];
  };
  const regions = values("OtherRegions", "aws:RequestedRegion");
  const accounts = values("OtherAccounts", "aws:ResourceAccount");
  if (regions.length === 0 || accounts.length === 0 || !accounts.every((each) => /^\d{12}$/.test(each))) return false;
  try {
    const expected = agentBoundary({ regions, accounts }, values("OtherNetworks", "aws:SourceVpce"));
    return sameJson(document, jsonIn(expected.toJson()));
  } catch {
    return false;
  }
}
