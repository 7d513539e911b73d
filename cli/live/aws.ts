import { AGENT_ROLE_PATH, LABELS } from "../../constructs/platform/names";
import { byText } from "../../domain/by-text";
import type { Asked, DeployedRole, OtherPlatform, ServiceUse } from "../../governance/inventory/live/deployed";
import { otherPlatformOf, roleAt, type RolePlace } from "../../governance/inventory/live/role-place";
import { CliError, type Io } from "../program";
import { progress } from "../progress";
import type { RunProgram } from "../stop/function-call";
import { type Answer, answerOf, listIn, objectIn, printedBy, textIn, timeIn, wholeListIn } from "./answers";
import { atOnce } from "./at-once";

export interface AwsParts {
  readonly run: RunProgram;
  readonly io: Io;
  readonly wait: (milliseconds: number) => Promise<void>;
}

const FORMAT = ["--output", "json"] as const;
const POLL_MILLISECONDS = 1_000;
const MOST_POLLS = 120;
/** What is kept of each role: the answer has all of their policies besides. */
const KEPT = "Arn: Arn, CreateDate: CreateDate, RoleLastUsed: RoleLastUsed, Tags: Tags";
const LISTING = [
  ...["iam", "get-account-authorization-details", "--filter", "Role"],
  ...["--query", `{IsTruncated: IsTruncated, Roles: RoleDetailList[].{${KEPT}}}`, ...FORMAT],
];

/** Requests about roles at once: IAM counts them for the whole account. */
const AT_ONCE = 6;

export interface RolesInAws {
  /** By ARN */
  readonly roles: readonly DeployedRole[];
  /** By path */
  readonly otherPlatforms: readonly OtherPlatform[];
  /** Whether AWS answered each request about them: a last use that could not be asked is unknown. */
  readonly isWhole: boolean;
}

/**
 * Roles of agents in the whole account, by the AWS command line and with the rights of the operator: those with the tag of an agent at any
 * path, and all below the path of agents. IAM lists them with their tags in one request (IAM API, GetAccountAuthorizationDetails); the
 * API of resource groups does not find roles (Resource Groups Tagging API, GetResources). Of the declared ones also their last use (IAM API,
 * GenerateServiceLastAccessedDetails); requests change nothing.
 *
 * @param declared ARNs
 * @param places of the platform's agents, one
 * @throws CliError if AWS does not answer, or answers for another account
 */
export async function rolesInAws(
  declared: readonly string[],
  places: readonly RolePlace[],
  parts: AwsParts,
): Promise<RolesInAws> {
  const place = onePlace(places);
  const { run, io } = parts;
  const identity = ["sts", "get-caller-identity", "--query", "Account", "--output", "text"];
  const yours = (await printedBy(run, "aws", identity)).trim();
  if (yours !== place.account) {
    throw new CliError(
      `the platform's roles are in account ${place.account}, got rights in ${yours}: sign in to that one`,
    );
  }
  const listed = wholeListIn(await progress(io, "listing roles", answerOf(run, "aws", LISTING)), "Roles");
  const found = listed.flatMap((role) => roleOfAgent(role, place)).sort((one, other) => byText(one.arn, other.arn));
  const others = new Map<string, number>();
  const own = found.filter(({ arn, agent }) => {
    const path = otherPlatformOf(arn, agent, place);
    if (path !== undefined) others.set(path, (others.get(path) ?? 0) + 1);
    return path === undefined;
  });
  const known = new Set(declared);
  const asked = own.filter(({ arn }) => known.has(arn)).length;
  let done = 0;
  let isWhole = true;
  const asking = atOnce(own, AT_ONCE, async (role) => {
    if (!known.has(role.arn)) return { ...role, uses: { unknown: "the role is not declared" } };
    const uses = await usesOf(role.arn, parts).catch((error: unknown) => {
      if (!(error instanceof CliError)) throw error;
      isWhole = false;
      return { unknown: error.message };
    });
    done += 1;
    return { ...role, uses };
  });
  const roles = await progress(io, () => `asking AWS what roles used, ${done} of ${asked} are done`, asking);
  const otherPlatforms = [...others].map(([path, count]) => ({ path, roles: count }));
  return { roles, otherPlatforms: otherPlatforms.sort((one, other) => byText(one.path, other.path)), isWhole };
}

function onePlace(places: readonly RolePlace[]): RolePlace {
  const [place, ...others] = places;
  if (place === undefined) {
    throw new CliError(
      "no agent declares data of AWS, and no AWS provider of the folder names account and platform: the account of its roles is not known",
    );
  }
  if (others.length === 0) return place;
  const texts = places.map(({ account, path }) => `${account} ${path}`);
  throw new CliError(`roles must be at one path of one account, got ${texts.join(", ")}`);
}

type RoleInIam = Omit<DeployedRole, "uses">;

/** None for a role that is no agent's */
function roleOfAgent(role: Answer, { account }: RolePlace): readonly RoleInIam[] {
  const arn = textIn(role, "Arn");
  const at = roleAt(arn);
  if (at?.account !== account) throw new CliError(`AWS lists ${arn} as a role of account ${account}`);
  const tags = isNone(role["Tags"]) ? [] : listIn(role, "Tags");
  // Conditions of IAM compare keys of tags without regard to case.
  const tag = tags.find((one) => textIn(one, "Key").toLowerCase() === LABELS.agent);
  if (tag === undefined && !at.path.startsWith(AGENT_ROLE_PATH)) return [];
  const createdAt = timeIn(role, "CreateDate");
  if (createdAt === undefined) throw new CliError(`AWS does not say when ${arn} was created`);
  const lastUsed = isNone(role["RoleLastUsed"]) ? undefined : timeIn(objectIn(role, "RoleLastUsed"), "LastUsedDate");
  const isNamed = tag !== undefined && !isNone(tag["Value"]) && tag["Value"] !== "";
  return [
    { arn, createdAt, ...(lastUsed !== undefined && { lastUsed }), ...(isNamed && { agent: textIn(tag, "Value") }) },
  ];
}

function isNone(value: unknown): boolean {
  return value === undefined || value === null;
}

async function usesOf(arn: string, { run, wait }: AwsParts): Promise<Asked<readonly ServiceUse[]>> {
  const request = ["iam", "generate-service-last-accessed-details", `--arn=${arn}`];
  const started = await answerOf(run, "aws", [...request, "--granularity", "ACTION_LEVEL", ...FORMAT]);
  const job = textIn(started, "JobId");
  const page = (marker?: string): Promise<Answer> =>
    answerOf(run, "aws", [
      ...["iam", "get-service-last-accessed-details", `--job-id=${job}`],
      ...(marker === undefined ? [] : [`--marker=${marker}`]),
      ...FORMAT,
    ]);
  for (let polls = 0; polls < MOST_POLLS; polls++) {
    const answer = await page();
    const status = textIn(answer, "JobStatus");
    if (status === "COMPLETED") return { known: await servicesFrom(answer, page) };
    if (status !== "IN_PROGRESS") return { unknown: `AWS could not report its last use (${status})` };
    await wait(POLL_MILLISECONDS);
  }
  return { unknown: `AWS did not report its last use within ${(MOST_POLLS * POLL_MILLISECONDS) / 1000} s` };
}

async function servicesFrom(first: Answer, page: (marker: string) => Promise<Answer>): Promise<readonly ServiceUse[]> {
  const uses: ServiceUse[] = [];
  const markers = new Set<string>();
  for (let answer = first; ;) {
    for (const service of listIn(answer, "ServicesLastAccessed")) uses.push(useOf(service));
    if (answer["IsTruncated"] !== true) return uses;
    const marker = textIn(answer, "Marker");
    if (markers.has(marker)) throw new CliError("AWS gives the same page of last uses again");
    markers.add(marker);
    answer = await page(marker);
  }
}

function useOf(service: Answer): ServiceUse {
  const last = timeIn(service, "LastAuthenticated");
  const tracked =
    service["TrackedActionsLastAccessed"] === undefined ? [] : listIn(service, "TrackedActionsLastAccessed");
  return {
    service: textIn(service, "ServiceNamespace"),
    ...(last !== undefined && { last }),
    actions: tracked.map((action) => {
      const at = timeIn(action, "LastAccessedTime");
      return { name: textIn(action, "ActionName"), ...(at !== undefined && { last: at }) };
    }),
  };
}
