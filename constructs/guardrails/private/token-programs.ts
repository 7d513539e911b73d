import { type BlockBody, isObject, listOf } from "../value";

/** A program that prints a token for a cluster, by the identity of the machine or the person that runs it */
interface TokenProgram {
  /** What must stand in its arguments, beside options */
  readonly words: readonly string[];
  /** Options with a value. Others name another server, a file, or a program. */
  readonly options: readonly string[];
  readonly flags?: readonly string[];
}

/**
 * By its command, without a path: a file of the folder may have the same name.
 *
 * @see https://docs.aws.amazon.com/cli/latest/reference/eks/get-token.html
 * @see https://azure.github.io/kubelogin/cli/get-token.html
 */
const PROGRAMS: ReadonlyMap<unknown, TokenProgram> = new Map<unknown, TokenProgram>([
  [
    "aws",
    {
      words: ["eks", "get-token"],
      options: ["--cluster-id", "--cluster-name", "--output", "--profile", "--region", "--role-arn"],
    },
  ],
  ["gke-gcloud-auth-plugin", { words: [], options: [], flags: ["--use_application_default_credentials"] }],
  [
    "kubelogin",
    {
      words: ["get-token"],
      options: ["--client-id", "--environment", "--login", "--server-id", "--tenant-id", "-l"],
    },
  ],
]);

/** Variables that choose an identity or a region: others load libraries, name files, or another server. */
const VARIABLES = new Set(["AWS_DEFAULT_REGION", "AWS_PROFILE", "AWS_REGION", "AWS_STS_REGIONAL_ENDPOINTS"]);

/** Whether `exec` runs a known program that mints a token, and nothing else */
export function mintsToken({ command, args, env }: BlockBody): boolean {
  const program = PROGRAMS.get(command);
  const variables = listOf(env).flatMap((each) => (isObject(each) ? Object.keys(each) : [String(each)]));
  if (program === undefined || !variables.every((name) => VARIABLES.has(name))) return false;
  const { words, options, flags = [] } = program;
  const left: string[] = [];
  const given = listOf(args).map(String);
  for (let index = 0; index < given.length; index++) {
    const argument = given[index] as string;
    const [name, value] = argument.split(/=(.*)/s, 2) as [string, string | undefined];
    if (flags.includes(argument)) continue;
    if (!options.includes(name)) left.push(argument);
    else if (value === undefined && !/^[^-]/.test(given[++index] ?? "")) return false;
  }
  return left.length === words.length && left.every((word, index) => word === words[index]);
}
