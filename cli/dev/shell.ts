import type { StarterStart } from "../../domain/rules/starts";
import { ACCESS_TOKEN_URN, JWT_URN, TOKEN_EXCHANGE_GRANT } from "../../runtime/token/token-answer";
import type { DevelopmentPlatform } from "./development-platform";

/** Without a program that not every machine has */
export const TOKEN_ALONE = `sed -n 's/.*"access_token":"\\([^"]*\\)".*/\\1/p'`;

/** Between the lines of one command */
export const NEXT_LINE = " \\\n  ";

/** What is asked for with it, as the exchange and a companion name it */
export interface Asked {
  readonly task: string;
  readonly start: string;
  readonly audience: string;
  readonly delegate?: string;
}

/** @param evidence of the start as it appears in double quotes of a shell; undefined if there is none */
export function tokenCommand(
  platform: DevelopmentPlatform,
  agent: string,
  evidence: string | undefined,
  { audience, ...details }: Asked,
): string {
  const type = details.start === "user" || details.start === "delegation" ? ACCESS_TOKEN_URN : JWT_URN;
  const grant =
    evidence === undefined
      ? ["-d grant_type=client_credentials"]
      : [`-d grant_type=${TOKEN_EXCHANGE_GRANT}`, `-d subject_token_type=${type}`, `-d "subject_token=${evidence}"`];
  return [
    `${curl(platform, agent)} ${platform.issuer}/token`,
    ...grant,
    `-d audience=${audience}`,
    `--data-urlencode 'authorization_details=${JSON.stringify([{ type: "ambit_task", ...details }])}'`,
  ].join(NEXT_LINE);
}

/** A run as an agent begins it: over its companion */
export function runCommand(companion: string, evidence: string | undefined, asked: Asked): string {
  const [before = "", after = ""] = JSON.stringify({ ...asked, evidence: evidence && "|" }).split("|");
  return [
    `curl -sS ${companion}/v1/runs -H 'content-type: application/json'`,
    evidence === undefined ? `-d '${before}'` : `-d '${before}'"${evidence}"'${after}'`,
  ].join(NEXT_LINE);
}

export function awsCommand(
  platform: DevelopmentPlatform,
  agent: string,
  evidence: string | undefined,
  started: Pick<Asked, "start" | "task">,
): string {
  const token = `${tokenCommand(platform, agent, evidence, { ...started, audience: "aws" })} | ${TOKEN_ALONE}`;
  return `${curl(platform, agent)} -X POST ${platform.issuer}/aws/credentials -H "authorization: Bearer $(${token})"`;
}

/** An access token of the user alice that lets the agent begin the task */
export function userToken({ files, issuers }: DevelopmentPlatform, agent: string, task: string): string {
  return `$(curl -sS --cacert ${quoted(files.bundle)} ${issuers.userIssuer}/token -d agent=${agent} -d task=${task})`;
}

/** What proves that a schedule or an event began the task */
export function startToken(
  { files, issuers }: DevelopmentPlatform,
  agent: string,
  task: string,
  start: StarterStart,
): string {
  const asked = `-d agent=${agent} -d task=${task} -d start=${start}`;
  return `$(curl -sS --cacert ${quoted(files.bundle)} ${issuers.starterIssuer}/token ${asked})`;
}

function curl({ files }: DevelopmentPlatform, agent: string): string {
  const [bundle, certificate, key] = [files.bundle, files.certificate(agent), files.key(agent)].map(quoted);
  return `curl -sS --cacert ${bundle} --cert ${certificate} --key ${key}`;
}

export function quoted(path: string): string {
  return /^[\w./-]+$/.test(path) ? path : `'${path.replaceAll("'", `'\\''`)}'`;
}
