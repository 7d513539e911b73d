/**
 * What runs in a container of the platform. Constructs render it, and coverage compares an output with it: another
 * program, another configuration or another variable is no evidence of a protection.
 */
export interface Process {
  /** Name of its container */
  readonly container: string;
  /** The image's own program gets these, and no other command */
  readonly args: readonly string[];
  /** All of its variables; `undefined` for one whose value is the deployment's */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Where its files lie, and the ConfigMap that holds them */
  readonly config: { readonly folder: string; readonly map: string };
  /** What its image must look like, where that says which program it is */
  readonly image?: RegExp;
}

/** The pods of a part of the platform */
export interface PodOfPlatform {
  readonly name: string;
  readonly namespace: string;
  /** One container for each */
  readonly processes: readonly Process[];
  /** @default - none */
  readonly initial?: readonly Process[];
}
