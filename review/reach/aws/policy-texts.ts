import { parsePolicy, type Statement } from "../../../iam";
import type { Unknown } from "../../change";
import { policyIn } from "../../read/policy-in";
import type { Estate, Resource } from "../../read/resource";
import { isIgnored } from "./attachments";
import type { PoliciesRead } from "./layer";

type Read = { readonly statements: readonly Statement[] } | { readonly unknown: string };

const IGNORED: Read = { unknown: "changes of it are ignored, so what is there may be another: do not ignore them" };

/** Policies by text, each read once: equal text gives the same statements, in two estates too. */
export class PolicyTexts {
  private readonly written = new Map<string, Read>();
  private readonly applied = new Map<string, Read>();
  private readonly statements = new Map<string, Statement>();
  private readonly places = new Map<Read, Map<string, PoliciesRead>>();

  /** A policy in an attribute, as statements with their places */
  public in(resource: Resource, attribute: string, estate: Estate): PoliciesRead {
    if (isIgnored(resource, argumentOf(attribute))) return this.placed(IGNORED, resource.address, attribute);
    // An attribute with a dot is a path, and must not be read as a key of that name.
    const text = attribute.includes(".") ? undefined : resource.values[attribute];
    const read = (): Read => policyIn(resource, attribute, estate);
    const { address } = resource;
    return this.placed(typeof text === "string" ? once(this.written, text, read) : read(), address, attribute);
  }

  /** A policy as AWS receives it */
  public of(json: string, address: string): PoliciesRead {
    const read = (): Read => {
      try {
        return parsePolicy(json);
      } catch (error) {
        return { unknown: (error as Error).message };
      }
    };
    return this.placed(once(this.applied, json, read), address);
  }

  /** Equal text at the same place of two estates is one value. */
  private placed(read: Read, address: string, attribute?: string): PoliciesRead {
    const places = this.places.get(read) ?? new Map<string, PoliciesRead>();
    this.places.set(read, places);
    const source = attribute === undefined ? address : `${address}.${attribute}`;
    const known = places.get(source) ?? placed(read, address, source);
    places.set(source, known);
    return known;
  }

  /** The first of all equal statements */
  public one(statement: Statement): Statement {
    const key = JSON.stringify(statement);
    const known = this.statements.get(key) ?? statement;
    this.statements.set(key, known);
    return known;
  }
}

function argumentOf(attribute: string): string {
  return attribute.split(".")[0] ?? "";
}

function once(known: Map<string, Read>, text: string, read: () => Read): Read {
  const before = known.get(text);
  if (before !== undefined) return before;
  const now = read();
  known.set(text, now);
  return now;
}

function placed(read: Read, address: string, source: string): PoliciesRead {
  if (!("unknown" in read)) {
    return { statements: read.statements.map((statement) => ({ statement, source })), unknown: [] };
  }
  const unknown: Unknown = { what: `the policy in ${source}`, why: read.unknown, source: { address }, mayDeny: true };
  return { statements: [], unknown: [unknown] };
}
