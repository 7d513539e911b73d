import { own } from "../../../domain";
import { isReading } from "../../../domain/dataset";
import { brief, type RegistryAction, type RegistryTool } from "../../reach/declared/registry";
import { type About, type Gap, replacementGap } from "./gap";
import { matchGaps } from "./match-gaps";
import { capabilityGaps, pinGaps } from "./mcp-gaps";
import { additions, type Side, through, type Use } from "../../reach/declared/side";

/** Location of an agent's tools, the data sent to them, the rights used, and the trust in them */
export function toolGaps(narrow: Side | undefined, wide: Side): readonly Gap[] {
  return [...wide.tools].flatMap(([name, use]) => {
    const [is, was] = [own(wide.registry.tools, name), own(narrow?.registry.tools, name)];
    const before = narrow?.tools.get(name);
    if (is === undefined) return [];
    if (was === undefined || before === undefined)
      return [
        destination(name, is, use),
        ...privateGaps(undefined, is, about(name, use)),
        ...capabilityGaps(undefined, is, about(name, use)),
        ...[...use.how].flatMap((action) => firstPinGaps(is, action, about(name, use, action))),
      ];
    return [
      ...replacementGap(was.url, is.url, () => destination(name, is, use)),
      ...wholeGaps(was, is, about(name, use)),
      ...[...use.how].flatMap((action) => {
        const one = about(name, use, action);
        if (!before.how.has(action)) return firstPinGaps(is, action, one);
        return actionGaps(own(was.actions, action), own(is.actions, action), one);
      }),
    ];
  });
}

function about(tool: string, { chain }: Use, action?: string): About {
  return action === undefined
    ? { name: tool, through: through(chain), at: `tools.${tool}` }
    : { name: `${tool}.${action}`, through: through(chain), at: `tools.${tool}.actions.${action}` };
}

function destination(name: string, { url }: RegistryTool, { chain }: Use): Gap {
  const what = `calls of ${name}${through(chain)} go to ${brief(url)}`;
  return { kind: "destination", what, witness: `a request to ${brief(url)}`, at: `tools.${name}.url` };
}

/** Names of its host may then resolve into the organisation's own network. */
function privateGaps(
  was: RegistryTool | undefined,
  is: RegistryTool,
  { name, through: via, at }: About,
): readonly Gap[] {
  if (is.privateAddress === undefined || was?.privateAddress !== undefined) return [];
  const { reason } = is.privateAddress;
  return [
    {
      kind: "destination",
      what: `calls of ${name}${via} may go to addresses of a private network, because ${brief(reason)}`,
      ...(was === undefined ? {} : { otherwise: "public ones alone" }),
      witness: `a request to ${brief(is.url)} at an address such as 10.0.0.1`,
      at: `${at}.privateAddress`,
    },
  ];
}

function wholeGaps(was: RegistryTool, is: RegistryTool, { name, through: via, at }: About): readonly Gap[] {
  const gaps: Gap[] = [];
  if (!was.clearance.covers(is.clearance)) {
    gaps.push({
      kind: "sensitivity",
      what: `${name}${via} may be sent ${is.clearance} data`,
      otherwise: `at most ${was.clearance}`,
      witness: `${is.clearance} data in a request to ${brief(is.url)}`,
      at: `${at}.clearance`,
    });
  }
  if (was.untrustedOutput && !is.untrustedOutput) {
    gaps.push({
      kind: "tool",
      what: `what ${name}${via} answers counts as trusted`,
      otherwise: "untrusted",
      witness: `a high-impact or outward call without approval, after an answer of ${name}`,
      at: `${at}.untrustedOutput`,
    });
  }
  return [
    ...gaps,
    ...privateGaps(was, is, { name, through: via, at }),
    ...capabilityGaps(was, is, { name, through: via, at }),
    ...replacementGap(was.kind, is.kind, () => ({
      kind: "tool",
      what: `${name}${via} is called as ${is.kind}`,
      witness: `a request to ${name} as ${is.kind}`,
      at: `${at}.kind`,
    })),
    ...identityGaps(was, is, { name, through: via, at }),
  ];
}

function identityGaps(was: RegistryTool, is: RegistryTool, { name, through: via, at }: About): readonly Gap[] {
  const [one, other] = [identityText(was), identityText(is)];
  const gaps = replacementGap(one, other, () => ({
    kind: "identity",
    what: `${name}${via} acts as ${brief(other)}`,
    witness: `a call of ${name} with the rights of ${brief(other)}`,
    at: `${at}.actsAs`,
  }));
  if (was.actsAs === "user" || is.actsAs === "user") return gaps;
  const bound = is.actsAs.bind;
  const free = Object.entries(was.actsAs.bind).filter(([parameter, claim]) => own(bound, parameter) !== claim);
  return [
    ...gaps,
    ...free.map(([parameter, claim]) => ({
      kind: "identity" as const,
      what: `${brief(parameter)} of ${name}${via} is bound to ${brief(own(bound, parameter) ?? "nothing")}`,
      otherwise: brief(claim),
      witness: `a call of ${name} whose ${brief(parameter)} is not ${brief(claim)}`,
      at: `${at}.actsAs`,
    })),
  ];
}

function identityText({ actsAs }: RegistryTool): string {
  return actsAs === "user" ? "the user served" : `the service ${actsAs.service}`;
}

/** For an action that was not called before */
function firstPinGaps({ actions }: RegistryTool, name: string, one: About): readonly Gap[] {
  const action = own(actions, name);
  return action === undefined ? [] : pinGaps(undefined, action, one);
}

/** An action declared less dangerous is checked less: a harmless one needs no approval. */
function actionGaps(was: RegistryAction | undefined, is: RegistryAction | undefined, one: About): readonly Gap[] {
  if (was === undefined || is === undefined) return [];
  const gaps: Gap[] = [...matchGaps(was.match, is.match, one), ...pinGaps(was, is, one), ...touchGaps(was, is, one)];
  const { name, through: via, at } = one;
  const tainted = `${name} without approval, after untrusted output`;
  if (was.impact === "high" && is.impact === "low") {
    const what = `${name}${via} counts as low impact`;
    gaps.push({ kind: "tool", what, otherwise: "high impact", witness: tainted, at: `${at}.impact` });
  }
  if (was.outward && !is.outward) {
    const what = `${name}${via} counts as unseen outside`;
    gaps.push({ kind: "tool", what, otherwise: "seen outside", witness: tainted, at: `${at}.outward` });
  }
  if (!was.writes && is.writes) {
    const what = `${name}${via} may change something`;
    gaps.push({
      kind: "tool",
      what,
      otherwise: "reads only",
      witness: `${name} that changes something`,
      at: `${at}.writes`,
    });
  }
  return gaps;
}

/** A newly touched dataset is reached; an undeclared read raises nothing in the session. */
function touchGaps(was: RegistryAction, is: RegistryAction, { name, through: via, at }: About): readonly Gap[] {
  const gaps: Gap[] = [];
  for (const dataset of new Set([...Object.keys(was.touches), ...Object.keys(is.touches)])) {
    const [before, now] = [new Set(own(was.touches, dataset)), new Set(own(is.touches, dataset))];
    const place = { at: `${at}.touches.${dataset}` };
    for (const kind of additions(before, now)) {
      const what = `${name}${via} may ${kind} ${dataset}`;
      gaps.push({ kind: "action", what, witness: `${kind} of ${dataset} by ${name}`, ...place });
    }
    for (const kind of additions(now, before).filter(isReading)) {
      const what = `an answer of ${name}${via} does not count as ${kind} of ${dataset}`;
      const witness = `an answer of ${name} sent to a place that is not cleared for ${dataset}`;
      gaps.push({ kind: "sensitivity", what, witness, ...place });
    }
  }
  return gaps;
}
