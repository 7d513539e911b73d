import { developmentDocument } from "../../../cli/dev/development-registry";
import { Fleet } from "../../../domain";
import { fleet } from "../../../fleet";
import { withSelfStartingReader } from "../self-starting-reader";

/** {@link developmentDocument}, with a task that starts itself, and without starters, whose keys are in KMS */
export const selfStartingDocument: typeof developmentDocument = (userIssuer, starterIssuer) => {
  const { registry, policy } = developmentDocument(userIssuer, starterIssuer, Fleet.of(...fleet.members));
  return { registry, policy: withSelfStartingReader(policy) };
};
