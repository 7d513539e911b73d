import { allow, DATA_ACTIONS, deny, PolicyDocument, type Statement } from "../../iam";
import type { Platform } from "../platform/platform";

/** Present where a request brings its own key (S3 condition keys, SSE-C) */
const CUSTOMER_KEY = "s3:x-amz-server-side-encryption-customer-algorithm";

/** A Deny by a key that the request lacks applies as well: an unknown region, account or endpoint is another one. */
export function agentBoundary(
  platform: Pick<Platform, "accounts" | "regions">,
  endpointIds: readonly string[],
): PolicyDocument {
  const named = (sid: string, statement: Statement): Statement => ({ Sid: sid, ...statement });
  const network =
    endpointIds.length === 0
      ? []
      : [
          named(
            "OtherNetworks",
            // A service that calls another on the agent's behalf (S3 to KMS) comes from its own network.
            deny("*", "*", {
              StringNotEquals: { "aws:SourceVpce": endpointIds },
              BoolIfExists: { "aws:ViaAWSService": "false" },
            }),
          ),
        ];
  return PolicyDocument.of(
    [
      named("DataOnly", allow(DATA_ACTIONS, "*")),
      named("NoEscalation", deny(["iam:*", "sts:*", "organizations:*", "account:*", "sso:*"], "*")),
      named("OtherRegions", deny("*", "*", { StringNotEquals: { "aws:RequestedRegion": platform.regions } })),
      named("OtherAccounts", deny("*", "*", { StringNotEquals: { "aws:ResourceAccount": platform.accounts } })),
      named(
        "NoPresignedRequests",
        deny("s3:*", "*", { StringEquals: { "s3:authType": ["POST", "REST-QUERY-STRING"] } }),
      ),
      // With a key of its own, an agent could write objects that only it can read.
      named("NoKeysOfItsOwn", deny("s3:PutObject", "*", { Null: { [CUSTOMER_KEY]: "false" } })),
      ...network,
    ],
    { wildcardResource: "boundary" },
  );
}
