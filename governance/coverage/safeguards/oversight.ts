import { COLLECTOR_POD } from "../../../constructs/oversight/collector-process";
import { CONTROL_NAMESPACE, KILL_LIST } from "../../../constructs/platform/names";
import { LIMITS } from "../../../domain/limits";
import { wayOut } from "../../../domain/rules/way-out";
import { admission } from "../admission";
import { taskFacts } from "../agent-parts";
import { addressesOf, at, inner, type Located, type Output, textIn } from "../output";
import { keysNamed } from "../keys";
import { podsOf } from "../pods";
import { exchange, exchangeConfigs } from "../platform-parts";
import { contributes, provides, type Safeguard } from "../safeguard";

/** Seconds: an SVID that was issued just before a stop, and then the longest session in AWS */
const LONGEST_HORIZON = LIMITS.jwtSvid.seconds + LIMITS.federatedSession.seconds;

export const killSwitch: Safeguard = {
  id: "C11",
  name: "A stop for each agent, within a known time",
  requires: [
    { what: "the exchange, which revokes", find: exchange },
    { what: "people or a function that may stop agents", find: stoppers },
    {
      what: "the list of stopped agents",
      find: (output) =>
        addressesOf(
          output
            .object("kubernetes_config_map_v1", CONTROL_NAMESPACE, KILL_LIST)
            // The kill switch could write no name to it.
            .filter(({ block }) => (block.body["immutable"] ?? false) === false),
        ),
    },
    {
      what: "admission that refuses pods of stopped agents",
      find: (output) => admission(output, "ambit-killed-agents"),
    },
    {
      what: "an end of everything it holds within 65 minutes",
      findFor: ({ addresses, entry }) =>
        entry.revocationHorizon.every(({ seconds }) => seconds <= LONGEST_HORIZON) ? addresses : [],
    },
  ],
  claims: [
    provides("ai-rmf/MANAGE 2.4", "the mechanism"),
    ...contributes(
      "sp800-207/3",
      "sp800-207/6",
      "owasp-asi/ASI03",
      "owasp-asi/ASI08",
      "owasp-asi/ASI10",
      "owasp-nhi/NHI1",
    ),
    ...contributes("maestro/L4", "maestro/L6", "ai-rmf/MANAGE 4.1", "ai-rmf/GOVERN 1.7", "requirement/GOV-02"),
    ...contributes("sp800-53/AC-2", "sp800-53/AC-12", "iso42001/A.6.2.6"),
  ],
  yours: "deciding to use it, and drills",
};

function stoppers({ registry }: Output): readonly string[] {
  const operators = (registry.people?.operators ?? []).map((group) => `people.operators.${group}`);
  return registry.trust.killSwitch === undefined ? operators : [...operators, "trust.killSwitch"];
}

export const inventory: Safeguard = {
  id: "C14",
  name: "An entry for each agent: owner, purpose, tasks, tools, data, and a day on which it ends",
  requires: [
    {
      what: "an owner, a purpose, tasks and a day to come",
      findFor: ({ addresses, entry }, { day }) =>
        entry.owner !== "" &&
        entry.purpose !== "" &&
        Object.keys(entry.tasks).length > 0 &&
        entry.expires.slice(0, day.length) > day
          ? addresses
          : [],
    },
  ],
  claims: [
    provides("ai-rmf/GOVERN 1.6", "agents declared here"),
    ...contributes("sp800-207/1", "sp800-207/5", "sp800-207/7", "owasp-asi/ASI10", "owasp-asi/ASI03"),
    ...contributes("owasp-nhi/NHI1", "owasp-nhi/NHI9", "owasp-nhi/NHI3", "owasp-mcp/MCP09", "maestro/L6", "maestro/L7"),
    ...contributes("ai-rmf/GOVERN 1.5", "ai-rmf/GOVERN 2.1", "ai-rmf/GOVERN 1.7", "ai-rmf/MAP 1.1", "ai-rmf/MAP 2.1"),
    ...contributes("requirement/GOV-02", "iso42001/A.4.2", "iso42001/A.9.4", "iso42001/A.10.2"),
    ...contributes("sp800-53/AC-2", "sp800-53/CM-8"),
  ],
  yours: "real reviews of the entries",
};

export const auditLog: Safeguard = {
  id: "C16",
  name: "Records of decisions with the chain of actors, in storage that keeps them",
  requires: [
    { what: "the exchange, which writes records with their act", find: exchange },
    { what: "a signed log in a locked, versioned bucket", find: auditStorage },
  ],
  claims: [
    provides("sp800-207/7", "collection"),
    provides("maestro/L5", "records of decisions"),
    ...contributes("sp800-207/5", "owasp-asi/ASI03", "owasp-asi/ASI08", "owasp-asi/ASI09", "owasp-asi/ASI10"),
    ...contributes("owasp-nhi/NHI1", "owasp-nhi/NHI10", "owasp-mcp/MCP08", "maestro/L6"),
    ...contributes(
      "ai-rmf/MEASURE 2.4",
      "ai-rmf/MEASURE 2.8",
      "ai-rmf/MANAGE 4.3",
      "requirement/GOV-02",
      "iso42001/A.6.2.8",
    ),
    ...contributes(
      "sp800-53/AU-2",
      "sp800-53/AU-3",
      "sp800-53/AU-9",
      "sp800-53/AU-10",
      "sp800-53/AU-11",
      "sp800-53/AU-12",
    ),
  ],
  yours: "watching the records, their retention, and the response",
};

function auditStorage(output: Output): readonly string[] {
  return exchangeConfigs(output).flatMap(({ located, json }) => {
    const name = at(json, "audit", "storage", "s3", "bucket");
    const keys = keysNamed([at(json, "audit", "key", "kms")], output);
    if (typeof name !== "string" || keys.length === 0) return [];
    const buckets = output.of("aws_s3_bucket").filter(({ block }) => textIn(block.body, "bucket") === name);
    return buckets.flatMap((bucket) => {
      const locks = about(output, "aws_s3_bucket_object_lock_configuration", bucket).filter(({ block }) =>
        isLocked(inner(inner(block.body, "rule"), "default_retention")),
      );
      const versions = about(output, "aws_s3_bucket_versioning", bucket).filter(
        ({ block }) => inner(block.body, "versioning_configuration")["status"] === "Enabled",
      );
      return locks.length === 0 || versions.length === 0
        ? []
        : addressesOf([located, ...keys, bucket, ...locks, ...versions]);
    });
  });
}

/** Days: as long as CloudTrail's own history lasts, in which an incident can still be looked up beside the records */
const LEAST_RETENTION = 90;

/** `GOVERNANCE` can be lifted by a permission. */
function isLocked({ mode, days, years }: ReturnType<typeof inner>): boolean {
  return mode === "COMPLIANCE" && Number(days ?? Number(years ?? 0) * 365) >= LEAST_RETENTION;
}

/** Settings of a bucket that stand in a resource of their own */
export function about(output: Output, type: string, bucket: Located): readonly Located[] {
  return output.of(type).filter(({ stack, block }) => stack.referred(block.body["bucket"])?.block === bucket.block);
}

export const combinations: Safeguard = {
  id: "C18",
  name: "No agent that carries confidential data out on a stranger's word alone",
  requires: [
    {
      what: "no task that takes in untrusted content, reads confidential data and is seen outside",
      findFor: (agent, output) =>
        taskFacts(agent, output).some(({ facts, handed }) => wayOut(facts, handed) !== undefined)
          ? []
          : agent.addresses,
    },
  ],
  claims: [
    ...contributes(
      "sp800-207/4",
      "owasp-asi/ASI01",
      "owasp-asi/ASI02",
      "owasp-asi/ASI08",
      "owasp-nhi/NHI5",
      "owasp-nhi/NHI6",
    ),
    ...contributes("owasp-mcp/MCP06", "maestro/L4", "maestro/L6", "ai-rmf/MAP 5.1", "ai-rmf/MANAGE 1.3"),
    ...contributes("requirement/A2", "sp800-53/AC-4"),
  ],
  yours: "combinations that were not declared",
};

function reachesPeople({ block }: Located): boolean {
  const { alarm_actions: actions, actions_enabled: enabled = true } = block.body;
  return String(enabled) === "true" && Array.isArray(actions) && actions.length > 0;
}

export const monitoring: Safeguard = {
  id: "C29",
  name: "What agents do is measured, and alarms reach people",
  requires: [
    { what: "the collector", find: (output) => addressesOf(podsOf(output, COLLECTOR_POD)) },
    {
      what: "alarms with a recipient",
      find: (output) => {
        const alarms = output
          .all("aws_cloudwatch_metric_alarm")
          .filter(({ block }) => block.body["namespace"] === "Ambit");
        const ringing = output.of("aws_cloudwatch_metric_alarm").filter(reachesPeople);
        return alarms.every((each) => ringing.includes(each)) ? addressesOf(ringing) : [];
      },
    },
  ],
  claims: [
    ...contributes("sp800-207/5", "sp800-207/7", "owasp-asi/ASI08", "owasp-asi/ASI10", "owasp-mcp/MCP08", "maestro/L5"),
    ...contributes("ai-rmf/MEASURE 2.4", "ai-rmf/MANAGE 4.1", "ai-rmf/MEASURE 1.1", "iso42001/A.6.2.6"),
    ...contributes("sp800-53/SI-4", "sp800-53/AU-5", "sp800-53/AU-6"),
  ],
  yours: "thresholds, a rota, and what is done when an alarm rings",
};
