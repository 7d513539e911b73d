import { writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { type Finished, run } from "../harness/process";
import { REGION } from "./state-table";

const ROOT = resolve(__dirname, "../../..");

/** What was read, and which credentials were used for it, by profile or `environment` */
export interface Calls {
  readonly body: string;
  readonly used: Readonly<Record<string, readonly string[]>>;
}

export interface AgentProcessProps {
  /** Program that has boto3 */
  readonly python: string;
  /** Address of what stands for AWS */
  readonly aws: string;
  /** Address of the companion */
  readonly companion: string;
  /** For its files */
  readonly folder: string;
}

/** An agent in a pod does not see the machine's AWS settings. */
export class AgentProcess {
  public readonly environment: Readonly<Record<string, string | undefined>>;

  constructor(private readonly props: AgentProcessProps) {
    const { aws, companion } = props;
    const own = Object.keys(process.env).filter((name) => name.startsWith("AWS_"));
    this.environment = {
      ...Object.fromEntries(own.map((name) => [name, undefined])),
      AWS_ENDPOINT_URL_S3: aws,
      AWS_REGION: REGION,
      AWS_DEFAULT_REGION: REGION,
      AWS_EC2_METADATA_DISABLED: "true",
      AWS_SHARED_CREDENTIALS_FILE: "/nowhere/credentials",
      AWS_CONFIG_FILE: "/nowhere/config",
      AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true",
      AMBIT_COMPANION_URL: companion,
    };
  }

  public task(task: string, start?: "agent"): Readonly<Record<string, string>> {
    const query = start === undefined ? "" : `?start=${start}`;
    return { AWS_CONTAINER_CREDENTIALS_FULL_URI: `${this.props.companion}/v1/tasks/${task}/aws-credentials${query}` };
  }

  public run(run: string): Readonly<Record<string, string>> {
    return { AWS_CONTAINER_CREDENTIALS_FULL_URI: `${this.props.companion}/v1/runs/${run}/aws-credentials` };
  }

  public boto3(more: Readonly<Record<string, string>>, times: number, pause: number): Promise<Finished> {
    const script = join(__dirname, "boto3_calls.py");
    return run(this.props.python, [script, `${times}`, `${pause}`], { env: { ...this.environment, ...more } });
  }

  public javascript(more: Readonly<Record<string, string>>, times: number, pause: number): Promise<Finished> {
    const args = ["-r", "@swc-node/register", join(__dirname, "sdk-calls.ts"), `${times}`, `${pause}`];
    return run(process.execPath, args, { cwd: ROOT, env: { ...this.environment, ...more } });
  }

  /** @param tasks with who starts each, where that is the agent */
  public profiles(
    helper: string,
    tasks: Readonly<Record<string, "agent" | undefined>>,
    times: number,
  ): Promise<Finished> {
    const args = [join(__dirname, "boto3_calls.py"), `${times}`, "0", ...Object.keys(tasks)];
    return run(this.props.python, args, { env: { ...this.environment, ...this.configOf(helper, tasks) } });
  }

  public configOf(
    helper: string,
    tasks: Readonly<Record<string, "agent" | undefined>>,
  ): Readonly<Record<string, string>> {
    const profiles = Object.entries(tasks).map(([task, start]) => {
      const more = start === undefined ? "" : ` --start ${start}`;
      return `[profile ${task}]\ncredential_process = ${helper} --task ${task}${more}\n`;
    });
    const file = join(this.props.folder, `${Object.keys(tasks).join("-")}.config`);
    writeFileSync(file, profiles.join("\n"));
    return { AWS_CONFIG_FILE: file };
  }
}

/** What a process printed that was to succeed */
export function calls({ code, stdout, tail }: Finished): Calls {
  if (code !== 0) throw new Error(tail);
  return JSON.parse(stdout) as Calls;
}
