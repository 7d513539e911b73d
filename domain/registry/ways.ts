import type { SensitivityName } from "../sensitivity";

/** What callers may start at an agent, and what that makes of its sessions */
export interface RegistryWay<Level = SensitivityName> {
  readonly kind: "a2a" | "http";
  /** On the loopback of its pod */
  readonly port: number;
  /** Each one path, or of HTTP all below one that ends in a slash. Of A2A the one of JSON-RPC, below which HTTP+JSON has its own. */
  readonly paths: readonly string[];
  /** Sorted */
  readonly tasks: readonly string[];
  readonly sensitivity: Level;
  readonly clearance: Level;
  /** Left out if it depends on what starts the task */
  readonly untrusted?: boolean | undefined;
  /** Left out for the agent's name below the platform's domain */
  readonly host?: string | undefined;
  readonly card?: RegistryCard | undefined;
  /** Of A2A, the preferred first; left out for JSON-RPC alone */
  readonly bindings?: readonly ("HTTP+JSON" | "JSONRPC")[] | undefined;
  /**
   * For A2A: the call by which push notifications of its tasks go out; left out without push. An older reader offers
   * none.
   */
  readonly pushes?: RegistryPushes | undefined;
}

/** An action that each task of the way in may call */
export interface RegistryPushes {
  readonly tool: string;
  readonly action: string;
}

/** Fields of an A2A card that are declared nowhere else */
export interface RegistryCard {
  readonly version: string;
  /** Left out for the agent's purpose */
  readonly description?: string | undefined;
  /** By task */
  readonly skills: Readonly<Record<string, RegistrySkill>>;
  readonly inputModes: readonly string[];
  readonly outputModes: readonly string[];
  readonly streaming: boolean;
}

export interface RegistrySkill {
  readonly name: string;
  readonly description: string;
  readonly tags: readonly string[];
  readonly examples: readonly string[];
}
