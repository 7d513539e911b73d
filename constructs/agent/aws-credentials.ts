import type {
  DeploymentV1SpecTemplateSpecContainerVolumeMount,
  DeploymentV1SpecTemplateSpecInitContainer,
  DeploymentV1SpecTemplateSpecVolume,
} from "@cdktf/provider-kubernetes/lib/deployment-v1";
import type { AgentDeclaration, Task } from "../../domain";
import { hardened } from "../platform/hardened";

/** Where the companion's image has the program that prints credentials (images/Dockerfile) */
export const CREDENTIALS_PROGRAM = "/usr/local/bin/ambit-credentials";

const FOLDER = "/ambit";
const VOLUME = "ambit-credentials";

/** How the SDKs in an agent's container find its credentials */
export interface AwsCredentialsSource {
  readonly environment: Readonly<Record<string, string>>;
  readonly initContainers: readonly DeploymentV1SpecTemplateSpecInitContainer[];
  /** Of the agent's container */
  readonly mounts: readonly DeploymentV1SpecTemplateSpecContainerVolumeMount[];
  readonly volumes: readonly DeploymentV1SpecTemplateSpecVolume[];
}

const NOTHING: AwsCredentialsSource = { environment: {}, initContainers: [], mounts: [], volumes: [] };

/**
 * With one task that has AWS data, the SDK gets the companion's address. With several tasks each gets a profile,
 * because a process has only one such address and each task needs its own credentials. A federated agent calls STS
 * directly. A served task gets no AWS credentials: an SDK caches them for the whole process, and would use them for the
 * next caller.
 */
export function awsCredentialsSource(
  agent: AgentDeclaration,
  companion: { readonly url: string; readonly image: string },
): AwsCredentialsSource {
  const [first, ...others] = [...agent.tasks.values()].filter(
    (task) => task.awsData.length > 0 && task.servedBy.length === 0,
  );
  if (first === undefined || agent.credentials !== "brokered") return NOTHING;
  if (others.length > 0) return profiles([first, ...others], companion.image);
  const query = startsItself(first) ? "?start=agent" : "";
  const address = `${companion.url}/v1/tasks/${first.name}/aws-credentials${query}`;
  return { ...NOTHING, environment: { AWS_CONTAINER_CREDENTIALS_FULL_URI: address } };
}

function profiles(tasks: readonly Task[], image: string): AwsCredentialsSource {
  const named = tasks.map((task) => (startsItself(task) ? `${task.name}=agent` : task.name));
  const mount = { name: VOLUME, mountPath: FOLDER };
  return {
    environment: { AWS_CONFIG_FILE: `${FOLDER}/config` },
    initContainers: [
      {
        ...hardened("credentials", image, { cpu: "50m", memory: "32Mi" }),
        command: [CREDENTIALS_PROGRAM, "install", FOLDER, ...named],
        volumeMount: [mount],
      },
    ],
    mounts: [{ ...mount, readOnly: true }],
    volumes: [{ name: VOLUME, emptyDir: { sizeLimit: "32Mi" } }],
  };
}

/** Every other start needs evidence, which only the agent's own code has. */
const startsItself = (task: Task): boolean => task.startedBy.every((start) => start === "agent");
