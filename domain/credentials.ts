import { refuse, shown } from "./errors";

/** How an agent with AWS data gets credentials */
export type Credentials =
  /** The exchange assumes the agent's role with the task's session policy, for 900 s */
  | "brokered"
  /** The agent presents its JWT-SVID to STS; one role per task, 3,600 s */
  | { readonly federated: "oidc" }
  /** The agent presents its X.509-SVID to IAM Roles Anywhere; one role per task, 3,600 s */
  | { readonly federated: "roles-anywhere" };

export type CredentialsKind = "brokered" | "oidc" | "roles-anywhere";

/** How IAM roles are shared: a role per agent, or (later) a role per permission class */
export type Isolation = "dedicated" | "shared";

export function credentialsKind(credentials: Credentials, where: string): CredentialsKind {
  if (credentials === "brokered") return "brokered";
  const federated = (credentials as { federated?: unknown }).federated;
  if (federated === "oidc" || federated === "roles-anywhere") return federated;
  const known = `"brokered", { federated: "oidc" } or { federated: "roles-anywhere" }`;
  return refuse("federated.refused", where, `credentials must be ${known}, got ${shown(credentials)}`);
}
