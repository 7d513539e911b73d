import type { ChangesByPrincipal, Unknown } from "../change";
import type { RegistriesRead } from "../reach/declared/read-registries";
import type { Estate } from "../read/resource";
import { isSame, type Misfit, newMisfits, text } from "./policy-misfits";

const POLICY = "ambit/policy.json";
const BUNDLE = "ambit/bundle.tar.gz";

export interface PolicyDifference {
  /** What engines are told of each agent follows from the registry: where it does not, they may allow anything. */
  readonly byAgent: ChangesByPrincipal;
  /** What concerns everybody: the policies themselves, and documents that do not fit together */
  readonly unknown: readonly Unknown[];
}

/** @param read the registries of both, as they are written */
export function policyDifference(base: Estate, head: Estate, read: RegistriesRead): PolicyDifference {
  const misfits = newMisfits(base, head, read);
  const ofAgents = misfits.filter(({ kind }) => kind === "agents");
  const ofAll = misfits.filter(({ kind }) => kind !== "agents");
  return {
    byAgent: new Map(ofAgents.map((misfit) => [misfit.name, { gains: [], losses: [], unknown: [unfit(misfit)] }])),
    unknown: [
      ...changedSources(base, head),
      ...ofAll.map(unfit),
      ...changedFacts(base, head),
      ...foreignBundle(base, head),
    ],
  };
}

function changedSources(base: Estate, head: Estate): readonly Unknown[] {
  const [before, after] = [base.bundle?.sources ?? new Map(), head.bundle?.sources ?? new Map()];
  const paths = [...new Set([...before.keys(), ...after.keys()])].sort();
  return paths
    .filter((path) => before.get(path) !== after.get(path))
    .map((path) => ({
      what: `the policy ${path}`,
      why: `it is ${!before.has(path) ? "new" : after.has(path) ? "changed" : "gone"}, and what policies mean is not compared: read it`,
      source: { address: BUNDLE },
    }));
}

function changedFacts(base: Estate, head: Estate): readonly Unknown[] {
  return ["intentRequired", "version"]
    .filter((key) => !isSame(base.policy?.[key], head.policy?.[key]))
    .map((key) => ({
      what: `${key} of the policy document`,
      why: `it is ${text(head.policy?.[key])}, was ${text(base.policy?.[key])}`,
      source: { address: `${POLICY}/${key}` },
    }));
}

function unfit({ kind, name }: Misfit): Unknown {
  const why = `${POLICY} says otherwise than the declarations: synthesize both again`;
  return { what: `what policy engines know of ${name}`, why, source: { address: `${POLICY}/${kind}` } };
}

function foreignBundle(base: Estate, head: Estate): readonly Unknown[] {
  const isForeign = ({ bundle, policy }: Estate): boolean => bundle !== undefined && !isSame(bundle.policy, policy);
  if (!isForeign(head) || (isForeign(base) && isSame(base.bundle?.policy, head.bundle?.policy))) return [];
  const why = `it holds another policy document than ${POLICY}: synthesize again`;
  return [{ what: "what OPA is given", why, source: { address: BUNDLE } }];
}
