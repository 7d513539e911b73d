import type { Acknowledgement } from "../../../domain/acknowledgement";
import { brief, type RegistryAgent } from "../../reach/declared/registry";
import { type Gap, riseGap, replacementGap } from "./gap";
import type { Side } from "../../reach/declared/side";

/** Identity of an agent, its owners, and lifetimes */
export function agentGaps(narrow: Side, wide: Side): readonly Gap[] {
  const at = `agents.${wide.name}`;
  return [
    ...identityGaps(narrow, wide, at),
    ...clientGaps(narrow.agent, wide.agent, at),
    ...lifetimeGaps(narrow.agent, wide.agent, at),
    ...horizonGaps(narrow.agent, wide.agent, at),
    ...memoryGaps(narrow.agent, wide.agent, at),
    ...acknowledgementGaps(narrow.agent, wide.agent, at),
  ];
}

/** An agent that the narrow registry does not have */
export function newAgentGaps({ name, agent }: Side): readonly Gap[] {
  const [at, id] = [`agents.${name}`, brief(agent.spiffeId)];
  const what = `the agent exists as ${id}, and ${brief(agent.owner)} answers for it`;
  return [
    {
      kind: "identity",
      what,
      witness: `${id} asks for a token`,
      at,
      place: "late",
      headline: ["is new", "is gone"],
      isNew: true,
    },
    ...credentialGaps(undefined, agent, at),
    ...clientGaps(undefined, agent, at).map((gap): Gap => ({ ...gap, place: "late" })),
    ...acknowledgementGaps(undefined, agent, at),
  ];
}

/** An agent that had been stopped, or had expired */
export function stateGap({ agent: { state } }: Side, { name }: Side): Gap {
  return {
    place: "first",
    headline: [`is active again, was ${state}`, state === "expired" ? "has expired" : `is ${state}`],
    kind: "enforcement",
    what: "the agent is active, and may do all that its tasks allow",
    otherwise: state,
    witness: "the first request of any of its tasks",
    at: `agents.${name}.state`,
  };
}

function identityGaps(narrow: Side, wide: Side, at: string): readonly Gap[] {
  const [was, is] = [narrow.agent, wide.agent];
  const domain = wide.registry.trustDomain;
  const [account, id] = [accountOf(is), brief(is.spiffeId)];
  return [
    ...replacementGap(narrow.registry.trustDomain, domain, () => ({
      kind: "identity",
      what: `it is of the trust domain ${brief(domain)}`,
      witness: `an SVID that ${brief(domain)} issued`,
      at: "trustDomain",
    })),
    ...replacementGap(was.spiffeId, is.spiffeId, () => ({
      kind: "identity",
      what: `its tokens go to ${id}`,
      witness: `${id} asks for a token`,
      at: `${at}.spiffeId`,
    })),
    ...replacementGap(accountOf(was), account, () => ({
      kind: "identity",
      what: `it runs as the service account ${brief(account)}`,
      witness: `a pod of ${brief(account)} asks for an SVID`,
      at: `${at}.workload`,
    })),
    ...replacementGap(was.owner, is.owner, () => ({
      kind: "identity",
      what: `${brief(is.owner)} answers for it`,
      witness: `${brief(was.owner)} approves a request of the agent, which its owner may not`,
      at: `${at}.owner`,
    })),
    ...secondOwnerGaps(was, is, at),
    ...credentialGaps(was, is, at),
  ];
}

/** Having a second owner is the narrower side: that person does not decide on the agent's requests. */
function secondOwnerGaps(was: RegistryAgent, is: RegistryAgent, at: string): readonly Gap[] {
  const { secondOwner } = was;
  if (secondOwner === undefined || secondOwner === is.secondOwner) return [];
  return [
    {
      kind: "identity",
      what: `${brief(secondOwner)} may decide on its requests`,
      otherwise: "answers for it beside its owner",
      witness: `${brief(secondOwner)} approves a request of the agent, which its owners may not`,
      at: `${at}.secondOwner`,
    },
  ];
}

function accountOf({ workload: { namespace, serviceAccount } }: RegistryAgent): string {
  return `${namespace}/${serviceAccount}`;
}

function credentialGaps(narrow: RegistryAgent | undefined, wide: RegistryAgent, at: string): readonly Gap[] {
  const gaps: Gap[] = [];
  if (wide.credentials !== narrow?.credentials && wide.credentials !== "brokered") {
    gaps.push({
      kind: "identity",
      what: `its pod gets AWS credentials by itself (${wide.credentials})`,
      ...(narrow !== undefined && { otherwise: narrow.credentials }),
      witness: `its SVID is shown to AWS (${wide.credentials}), and no exchange sees the run`,
      at: `${at}.credentials`,
    });
  }
  if (wide.isolation === "shared" && narrow?.isolation !== "shared") {
    gaps.push({
      kind: "identity",
      what: "it shares its roles with other agents",
      ...(narrow !== undefined && { otherwise: "roles of its own" }),
      witness: "another agent assumes the role of this one",
      at: `${at}.isolation`,
    });
  }
  return gaps;
}

/** Claiming that users are kept apart loosens the limits. */
function memoryGaps(was: RegistryAgent, is: RegistryAgent, at: string): readonly Gap[] {
  if (was.memory !== "shared" || is.memory === "shared") return [];
  return [
    {
      kind: "enforcement",
      what: "what it reads for one user bounds its work for that user alone",
      otherwise: "its work for every user",
      witness: "a write for one user below what it has read for another",
      at: `${at}.memory`,
    },
  ];
}

function clientGaps(narrow: RegistryAgent | undefined, wide: RegistryAgent, at: string): readonly Gap[] {
  const known = new Set(narrow?.clients);
  return [...new Set(wide.clients)]
    .filter((client) => !known.has(client))
    .map((client) => ({
      kind: "trust",
      what: `users of the client ${brief(client)} may start its tasks`,
      witness: `a user's token with azp ${brief(client)} and no may_act`,
      at: `${at}.clients`,
    }));
}

function lifetimeGaps(was: RegistryAgent, is: RegistryAgent, at: string): readonly Gap[] {
  const [credential, { idleSeconds, totalSeconds }] = [is.longestCredentialSeconds, is.session];
  return [
    ...(is.expires > was.expires
      ? [
          {
            kind: "ttl" as const,
            what: `the agent expires at ${is.expires}`,
            otherwise: was.expires,
            headline: [
              `is renewed until ${dayOf(is.expires)}, was ${dayOf(was.expires)}`,
              `expires on ${dayOf(was.expires)}, was ${dayOf(is.expires)}`,
            ] as const,
            witness: `a request at ${was.expires}`,
            at: `${at}.expires`,
          },
        ]
      : []),
    ...riseGap(was.session.idleSeconds, idleSeconds, () => ({
      kind: "ttl",
      what: `a session lives for ${idleSeconds} s without a request`,
      witness: `a request ${was.session.idleSeconds + 1} s after the last one`,
      at: `${at}.session.idleSeconds`,
    })),
    ...riseGap(was.session.totalSeconds, totalSeconds, () => ({
      kind: "ttl",
      what: `a session lives for ${totalSeconds} s in all`,
      witness: `a request ${was.session.totalSeconds + 1} s after the session began`,
      at: `${at}.session.totalSeconds`,
    })),
    ...riseGap(was.longestCredentialSeconds, credential, () => ({
      kind: "ttl",
      what: `a credential lives for ${credential} s`,
      witness: `a credential ${was.longestCredentialSeconds + 1} s after it was issued`,
      at: `${at}.longestCredentialSeconds`,
    })),
  ];
}

/** Expiries are declared as days. */
function dayOf(moment: string): string {
  return moment.replace(/T00:00:00Z$/, "");
}

function horizonGaps(narrow: RegistryAgent, wide: RegistryAgent, at: string): readonly Gap[] {
  const known = horizonOf(narrow);
  return [...horizonOf(wide)].flatMap(([path, seconds]) => {
    const before = known.get(path) ?? 0;
    return riseGap(before, seconds, () => ({
      kind: "ttl",
      what: `after a kill, ${brief(path)} works for ${seconds} s`,
      witness: `${brief(path)} used ${before + 1} s after the kill`,
      at: `${at}.revocationHorizon`,
    }));
  });
}

function horizonOf({ revocationHorizon }: RegistryAgent): ReadonlyMap<string, number> {
  const longest = new Map<string, number>();
  for (const { path, seconds } of revocationHorizon) longest.set(path, Math.max(seconds, longest.get(path) ?? 0));
  return longest;
}

/** Guardrail findings that only the wider registry accepts */
function acknowledgementGaps(narrow: RegistryAgent | undefined, wide: RegistryAgent, at: string): readonly Gap[] {
  const known = new Set((narrow?.acknowledged ?? []).map(acknowledgementText));
  return (wide.acknowledged ?? [])
    .filter((each) => !known.has(acknowledgementText(each)))
    .map(({ finding, owner, reason, expires }) => ({
      kind: "enforcement",
      what: `its finding ${brief(finding)} is acknowledged by ${brief(owner)} until ${expires}: ${brief(reason)}`,
      witness: "what the guardrail refuses is synthesized",
      at: `${at}.acknowledged`,
    }));
}

function acknowledgementText({ finding, hash, owner, reason, expires }: Acknowledgement): string {
  return JSON.stringify([finding, hash, owner, reason, expires]);
}
