import { readFileSync, statSync } from "node:fs";
import { lookup } from "node:dns/promises";
import { isRecord } from "../domain/is-record";
import type { Revision } from "../runtime/authorizer/mcp/revisions";
import type { Members } from "../runtime/authorizer/mcp/rpc";
import { CliError, UsageError } from "./program";

export interface ListedOptions {
  /** File with authorities in PEM */
  readonly ca?: string | undefined;
  /** File with one header a line, `name: value` */
  readonly headers?: string | undefined;
  readonly revision?: string | undefined;
}

const HTTPS_PORT = "443";

/**
 * What a server says of its tools now.
 *
 * @param source https address, or a file with the result of `tools/list`
 * @throws CliError, UsageError
 */
export async function listedTools(source: string, options: ListedOptions): Promise<readonly Members[]> {
  const tools = /^https:\/\//i.test(source) ? await asked(source, options) : inFile(source);
  const { repeatedNames } = await import("../runtime/authorizer/mcp/definition");
  const [twice] = repeatedNames(tools);
  if (twice !== undefined)
    throw new CliError(`${source} lists ${JSON.stringify(twice)} twice: a tool has one definition`);
  return tools;
}

async function asked(url: string, { ca, headers, revision }: ListedOptions): Promise<readonly Members[]> {
  const { ToolLists } = await import("../runtime/authorizer/mcp/tool-lists");
  const { REVISIONS } = await import("../runtime/authorizer/mcp/revisions");
  const spoken = REVISIONS.filter((each) => revision === undefined || each === revision);
  if (spoken.length === 0)
    throw new UsageError(`revision must be ${REVISIONS.join(" or ")}, got ${JSON.stringify(revision)}`);
  const { hostname, port } = new URL(url);
  const lists = new ToolLists(ca === undefined ? undefined : textOf(ca));
  const sent = headers === undefined ? {} : headersIn(textOf(headers));
  const problems: string[] = [];
  for (const each of spoken) {
    try {
      const { address } = await lookup(hostname.replace(/^\[|\]$/g, ""));
      return await lists.of({ url, address: `${address}:${port || HTTPS_PORT}`, headers: sent }, each as Revision);
    } catch (error) {
      problems.push(`${each}: ${(error as Error).message}`);
    }
  }
  throw new CliError(`${url} does not list its tools: ${problems.join("; ")}`);
}

function inFile(path: string): readonly Members[] {
  if (statSync(path, { throwIfNoEntry: false }) === undefined) {
    throw new UsageError(`there is no ${path}: name an https address, or a file with what tools/list answers`);
  }
  let value: unknown;
  try {
    value = JSON.parse(textOf(path));
  } catch (error) {
    throw new UsageError(`${path} cannot be read as JSON: ${(error as Error).message}`);
  }
  const result = isRecord(value) && isRecord(value["result"]) ? value["result"] : value;
  const tools = isRecord(result) ? result["tools"] : undefined;
  if (!Array.isArray(tools) || !tools.every((tool) => isRecord(tool) && typeof tool["name"] === "string")) {
    throw new UsageError(`${path} must hold tools, each with a name, as tools/list answers them`);
  }
  return tools as readonly Members[];
}

function headersIn(text: string): Readonly<Record<string, string>> {
  const lines = text.split("\n").filter((line) => line.trim() !== "");
  return Object.fromEntries(
    lines.map((line) => {
      const [, name = "", value = ""] = /^([A-Za-z0-9-]+):\s*(.*\S)\s*$/.exec(line) ?? [];
      if (name === "") throw new UsageError("each line of the headers must be name: value");
      return [name.toLowerCase(), value] as const;
    }),
  );
}

function textOf(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    throw new UsageError(`${path} cannot be read`);
  }
}
