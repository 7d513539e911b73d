import { z } from "zod";
import { CHANGE_KINDS } from "../change";
import { RULES_VERSION, TIERS } from "./rules-file";

/** Findings that base already had; they need approval only if a rule says so */
export const STANDING = ["undeclared", "ungranted", "combination"] as const;

const MOST_APPROVERS = 20;
const MOST_RULES = 200;

const text = z.string().min(1).max(2000);
const some = <T extends z.ZodType>(one: T) => z.array(one).min(1).max(MOST_RULES);

const approver = z
  .string()
  .regex(/^[A-Za-z0-9@._+/-]{1,100}$/)
  .describe("A person or a group, as your forge writes it, such as @acme/security");

/** A leading `!` or `#`, and `{`, `[` and `\`, have a meaning in other tools: here they are refused. */
const pathGlob = z
  .string()
  .regex(/^(?![!#/])[^{}[\]\\\p{Cc}]{1,500}$/u)
  .describe("A path from the root of the repository: ** is any folders, * and ? are letters but for /");

const nameGlob = z
  .string()
  .regex(/^[^{}[\]\\\p{Cc}]{1,500}$/u)
  .describe("A name: * is any letters, ? is one");

const approval = {
  approvers: z.array(approver).min(1).max(MOST_APPROVERS).describe("Who may approve"),
  count: z.int().min(1).max(MOST_APPROVERS).default(1).describe("How many of them must"),
};

const when = z.strictObject({
  kinds: some(z.enum([...CHANGE_KINDS, "unknown"]))
    .optional()
    .describe("Gains of these kinds, and what is unknown, which may be of any"),
  combinations: some(text)
    .optional()
    .describe("New combinations with these codes, such as exfiltration, and what is unknown"),
  files: some(pathGlob).optional().describe("Files that change; what a rule names is guarded"),
  standing: some(z.enum(STANDING)).optional().describe("What stood before, in every review until it is acknowledged"),
  principals: some(nameGlob)
    .optional()
    .describe("Only these principals. Findings without a single principal always match."),
  tiers: some(z.enum(TIERS))
    .optional()
    .describe("Principals whose risk is one of these, before or after. A principal without a risk always matches."),
});

const rule = z.strictObject({
  name: z
    .string()
    .regex(/^(?!default$)[a-z][a-z0-9-]{0,62}$/)
    .describe("Shown to approvers"),
  when: when.describe("All of it must hold; empty, it takes everything that needs approval"),
  ...approval,
});

const until = z.iso.date().describe("The last day on which it holds, at most 365 days ahead");
const reason = text.describe("Why this is known and borne");

const access = z.strictObject({
  finding: z.enum(["undeclared", "ungranted"]),
  kind: z.enum(CHANGE_KINDS),
  what: text.describe("The exact text of the finding"),
  witness: text.describe("Its exact witness"),
  address: text.describe("The address that the finding names as its source"),
  until,
  reason,
});

const combination = z.strictObject({
  finding: z.literal("combination"),
  principal: text,
  code: text,
  what: text.describe("The exact text of the finding"),
  parts: some(text).describe("The exact texts of all its abilities"),
  until,
  reason,
});

export const rulesSchema = z.strictObject({
  $schema: z.string().optional().describe("For editors"),
  version: z.literal(RULES_VERSION),
  approvals: z.array(rule).max(MOST_RULES).default([]).describe("Every rule that matches applies, in any order"),
  default: z.strictObject(approval).describe("For what no rule takes"),
  acknowledged: z
    .array(z.discriminatedUnion("finding", [access, combination]))
    .max(2000)
    .default([])
    .describe("What stood before and is known: never a gain, never something unknown"),
  guarded: z.array(pathGlob).max(MOST_RULES).default([]).describe("Files besides the usual ones that need approval"),
  unguarded: z
    .array(z.strictObject({ files: pathGlob, reason: text.describe("Why every reviewer may approve changes of them") }))
    .max(MOST_RULES)
    .default([])
    .describe("Files that need no approval though they are among the usual ones; never the rules themselves"),
});

export type ReviewRules = z.output<typeof rulesSchema>;
export type ApprovalRule = ReviewRules["approvals"][number];
export type Acknowledgement = ReviewRules["acknowledged"][number];

/** Rules as written in the file */
export type ReviewRulesInput = z.input<typeof rulesSchema>;

/** JSON Schema for editors */
export function rulesJsonSchema(): object {
  return { title: "Rules of ambit review", ...z.toJSONSchema(rulesSchema, { io: "input" }) };
}
