import { developmentDocument } from "../../../cli/dev/development-registry";
import { withSelfStartingReader } from "../self-starting-reader";

/** {@link developmentDocument}, with a task that starts itself */
export const selfStartingDocument: typeof developmentDocument = (userIssuer, starterIssuer) => {
  const { registry, policy } = developmentDocument(userIssuer, starterIssuer);
  return { registry, policy: withSelfStartingReader(policy) };
};
