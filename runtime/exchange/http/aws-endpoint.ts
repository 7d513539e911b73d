import { Refusal } from "../../refusal/refusal";
import { json, refused } from "./answer";
import type { Endpoint, ExchangeParts } from "./parts";

/** `POST /aws/credentials`: a protected resource, so that a proof that is not sound is a 401 (RFC 9449 section 7.1). */
export function awsEndpoint({ aws }: ExchangeParts): Endpoint {
  return async ({ req, env }) => {
    if (aws === undefined) throw Refusal.of("aws.not-granted", "this exchange issues no AWS credentials");
    try {
      return json(await aws.broker.credentials(await aws.tokens.holder(req.raw, env.connection, "aws")));
    } catch (error) {
      if (error instanceof Refusal && error.error === "invalid_dpop_proof") return refused(error, 401);
      throw error;
    }
  };
}
