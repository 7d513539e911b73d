import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type Fleet, refuse } from "../../../domain";
import { BundleError, bundleFiles, tarGz } from "../../../policies/bundle";
import { OPA_FOLDER } from "../../../policies/paths";
import { policyTextOf } from "../../platform/documents";
import { literal } from "../../platform/literal";
import { CONTROL_ACCOUNT, CONTROL_NAMESPACE } from "../../platform/names";
import type { Platform } from "../../platform/platform";
import { opaConfig, type OpaConfigProps } from "./opa-config";
import { FILE } from "./opa-pod";
import { SVID } from "./svid-files";

/** Texts by file name */
export type Files = Readonly<Record<string, string>>;

/** Stands for a key in a text until it is put in. */
export const PUBLIC_KEY = "the platform's policy key";

/** OPA's files beside its bundle. On a Unix socket no client needs to be authenticated. */
export function opaFiles(
  config: OpaConfigProps,
  placement: "deployment" | "sidecar",
  { trustDomain }: Platform,
): Files {
  const own = { [FILE.config]: jsonText(opaConfig(config)) };
  if (placement === "sidecar") return own;
  const authorizer = `spiffe://${trustDomain.name}/ns/${CONTROL_NAMESPACE}/sa/${CONTROL_ACCOUNT.gateway}`;
  return {
    ...own,
    [FILE.authz]: literal(readFileSync(join(OPA_FOLDER, FILE.authz), "utf8")),
    [FILE.clients]: jsonText({ ambit_clients: { allowed: { [authorizer]: true } } }),
    [FILE.helper]: jsonText(SVID.config()),
  };
}

/** The files with the key in place: an expression of Terraform, put in as JSON because a key has several lines. */
export function withPublicKey(files: Files, json: string): Files {
  return { ...files, [FILE.config]: (files[FILE.config] as string).replace(JSON.stringify(PUBLIC_KEY), () => json) };
}

/** The bundle of a fleet, and how large its policy is. It is archived when it is first asked for, and once. */
export class FleetBundle {
  public readonly policyBytes: number;
  private readonly policy: string;
  private archived: Buffer | undefined;

  constructor(
    platform: Platform,
    fleet: Fleet,
    private readonly rules: string | undefined,
    private readonly where: string,
  ) {
    this.policy = policyTextOf(platform, fleet);
    this.policyBytes = Buffer.byteLength(this.policy);
  }

  public get archive(): Buffer {
    return (this.archived ??= this.archiveOnce());
  }

  public get digest(): string {
    return createHash("sha256").update(this.archive).digest("hex");
  }

  private archiveOnce(): Buffer {
    try {
      return tarGz(bundleFiles(this.policy, this.rules === undefined ? {} : { custom: this.rules }));
    } catch (error) {
      if (error instanceof BundleError) return refuse("policy.malformed", this.where, error.message);
      throw error;
    }
  }
}

function jsonText(value: object): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
