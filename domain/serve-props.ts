import type { SensitivityName } from "./sensitivity";
import type { ToolGrant } from "./tool";

/** What every way in to an agent says */
export interface WayProps {
  /**
   * Names it, where an agent has several.
   *
   * @default "http" or "a2a"
   */
  readonly name?: string;

  /** TCP port at which the agent's own code answers on the loopback of its pod, 1024 to 65535 */
  readonly port: number;

  /** Highest sensitivity of what callers send. A request raises the session to it before its first byte reaches the agent. */
  readonly sensitivity: SensitivityName;

  /**
   * Highest sensitivity that an answer may hold: an answer is a write to its caller, and is cut where the session has read
   * above it. At least `sensitivity`.
   */
  readonly clearance: SensitivityName;

  /**
   * Whether what callers send taints the session, as the output of an untrusted tool does.
   *
   * @default - true for a schedule and an event, false for a user; for delegated work, the delegator's taint
   */
  readonly untrusted?: boolean;
}

export interface HttpWayProps<K extends string = string> extends WayProps {
  /**
   * Paths that callers may ask for: one path, or all below one that ends in a slash. None is within another.
   *
   * @example ["/chat", "/threads/"]
   */
  readonly paths: readonly string[];

  /** Tasks of the agent that a caller may start here; its evidence names one of them */
  readonly tasks: readonly K[];

  /**
   * Host name under which users reach it.
   *
   * @default - the agent's name, below the domain of the platform's listener for users
   */
  readonly host?: string;
}

/** As a card names it (A2A 1.0, section 5.8); gRPC is not offered */
export type A2aBinding = "HTTP+JSON" | "JSONRPC";

export interface A2aWayProps<K extends string = string> extends WayProps {
  /**
   * Path at which the agent's code takes A2A.
   *
   * @default "/"
   */
  readonly path?: string;

  /**
   * How callers may speak to it, the one that it prefers first (A2A 1.0, sections 9 and 11): JSON-RPC at `path` itself, HTTP+JSON below it.
   *
   * @default ["JSONRPC"]
   */
  readonly bindings?: readonly A2aBinding[];

  readonly card: AgentCard<K>;

  /**
   * Where callers may have push notifications of their tasks sent (A2A 1.0, section 4.3).
   *
   * @default - none are offered
   */
  readonly pushes?: A2aPushes;
}

/** What the agent pushes is a call of its own: decided, recorded and cut like another, as long as its run lives. */
export interface A2aPushes {
  /**
   * A POST of an HTTP tool, whose address callers name byte for byte. Each task of the card may call it.
   *
   * @example callbacks.allow("notify")
   */
  readonly to: ToolGrant;
}

/** What other agents and their developers read of it (A2A 1.0, section 4.4.1). The rest of the card follows from the declaration. */
export interface AgentCard<K extends string = string> {
  /** Of the agent, as its callers know it */
  readonly version: string;

  /**
   * What it does, in a sentence.
   *
   * @default - the agent's purpose
   */
  readonly description?: string;

  /** One for each task that callers may start here, by the task's name */
  readonly skills: { readonly [Task in K]?: AgentSkill };

  /**
   * Media types that it takes.
   *
   * @default ["text/plain"]
   */
  readonly inputModes?: readonly string[];

  /**
   * Media types that it answers with.
   *
   * @default ["text/plain"]
   */
  readonly outputModes?: readonly string[];

  /**
   * Whether it answers in streams.
   *
   * @default false
   */
  readonly streaming?: boolean;
}

/** One thing that it can do (A2A 1.0, section 4.4.5); its id is the task's name */
export interface AgentSkill {
  readonly name: string;
  readonly description: string;
  readonly tags: readonly string[];

  /** @default - none */
  readonly examples?: readonly string[];
}
