import { own } from "../../../domain";
import { brief, type Registry } from "../../reach/declared/registry";
import { type Gap, riseGap, replacementGap } from "./gap";
import { additions, type Side } from "../../reach/declared/side";

type People = NonNullable<Registry["people"]>;

/** The people who decide on the agent's requests, and those who resume a stopped agent */
export function peopleGaps(narrow: Side, wide: Side): readonly Gap[] {
  const [was, is] = [narrow.registry.people, wide.registry.people];
  if (is === undefined) return [];
  return [...deciding(was, is, groupsOf(narrow, wide)), ...operating(was, is)];
}

/** Groups that the agent asked before and still asks. A new group is reported with its task. */
function groupsOf(narrow: Side, wide: Side): readonly string[] {
  const asked = Object.entries(wide.agent.tasks).flatMap(([task, { approval }]) => {
    const before = own(narrow.agent.tasks, task)?.approval;
    return approval !== undefined && before?.group === approval.group ? [approval.group] : [];
  });
  return [...new Set(asked)];
}

function deciding(was: People | undefined, is: People, groups: readonly string[]): readonly Gap[] {
  const [group] = groups;
  if (group === undefined) return [];
  const who = loginOf(is);
  const decision = (more: string) => `a decision of ${brief(group)} by ${more}`;
  if (was === undefined) {
    return [
      {
        kind: "approval",
        what: `its approvals are decided by people of ${who}`,
        otherwise: "by no person",
        witness: decision(`a person of ${who}`),
        at: "people",
      },
    ];
  }
  return [
    ...replacementGap(loginOf(was), who, () => ({
      kind: "approval",
      what: `its approvals are decided by people of ${who}`,
      witness: decision(`a person of ${who}`),
      at: "people",
    })),
    ...riseGap(was.recentLoginSeconds, is.recentLoginSeconds, () => ({
      kind: "approval",
      what: `its approvals are decided by people who logged in up to ${is.recentLoginSeconds} s ago`,
      witness: decision(`a person who logged in ${was.recentLoginSeconds + 1} s ago`),
      at: "people.recentLoginSeconds",
    })),
    ...groups.flatMap((name) => ofGroup(name, was, is)),
  ];
}

function ofGroup(name: string, was: People, is: People): readonly Gap[] {
  const [before, now] = [own(was.approvers, name), own(is.approvers, name)];
  if (now === undefined) return [];
  const [group, claim] = [brief(name), brief(now.claim)];
  const at = `people.approvers.${name}`;
  const rose = before !== undefined && now.clearance.rank > before.clearance.rank;
  return [
    ...telling(name, before?.notify?.host, now.notify?.host),
    ...replacementGap(before?.claim ?? "no person", now.claim, () => ({
      kind: "approval",
      what: `${group} are the members of ${claim}`,
      witness: `a decision of ${group} by a member of ${claim}`,
      at: `${at}.claim`,
    })),
    ...(rose
      ? [
          {
            kind: "approval" as const,
            what: `${group} decide on what is ${now.clearance}`,
            otherwise: `${before.clearance}`,
            witness: `a decision of ${group} on a request that shows what is ${now.clearance}`,
            at: `${at}.clearance`,
          },
        ]
      : []),
  ];
}

/** A webhook learns the time, the action and the link of a request. */
function telling(name: string, before: string | undefined, now: string | undefined): readonly Gap[] {
  if (now === undefined) return [];
  const group = brief(name);
  return replacementGap(before ?? "nowhere", now, () => ({
    kind: "approval",
    what: `${group} are told of its requests at ${brief(now)}`,
    witness: `a notice for ${group} that ${brief(now)} gets: agent, action and link`,
    at: `people.approvers.${name}.notify`,
  }));
}

function operating(was: People | undefined, is: People): readonly Gap[] {
  const login = loginOf(is);
  const known = was !== undefined && loginOf(was) === login ? new Set(was.operators) : new Set<string>();
  return additions(known, new Set(is.operators)).map((group) => ({
    kind: "trust",
    what: `it may be revoked and restored by members of ${brief(group)} at ${login}`,
    witness: `a member of ${brief(group)} who restores it`,
    at: "people.operators",
  }));
}

/** The identity provider that vouches for people, and how */
function loginOf({ issuer, jwksUri, algorithms, clientId, groupsClaim }: People): string {
  const keys = `${brief(algorithms.join(", "))}, keys at ${brief(jwksUri)}`;
  return `${brief(issuer)} (client ${brief(clientId)}, groups in ${brief(groupsClaim)}, ${keys})`;
}
