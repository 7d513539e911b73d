export type { Access, AccessPath, AccessRequest, Layer, SourcedStatement } from "./access/access";
export { type Decision, PreparedAccess } from "./access/decide";
export {
  type Difference,
  difference,
  type DifferenceOptions,
  type Gained,
  isWithin,
  type PatternKind,
  type Undecided,
} from "./access/difference";
export { compact } from "./compact";
export { allOf, type Condition, isConditionOperator } from "./condition";
export { DATA_ACTIONS, dataStatements } from "./data/data-actions";
export {
  type BucketTarget,
  DATA_ACCESSES,
  type DataAccessKind,
  type DataPlace,
  type DataTarget,
  type SecretTarget,
  type TableTarget,
} from "./data/target";
export { PolicyDocument, type PolicyDocumentOptions } from "./document/document";
export {
  checkSize,
  MANAGED_POLICY_CHARACTERS,
  POLICY_NAME,
  ROLE_INLINE_POLICIES_CHARACTERS,
  ROLE_NAME,
  ROLE_PATH,
  SESSION_NAME,
  SESSION_POLICY_CHARACTERS,
  SESSION_POLICY_CHARACTERS_AT_SYNTH,
  SESSION_TAGS,
  SOURCE_IDENTITY,
  TRUST_POLICY_CHARACTERS,
} from "./document/limits";
export { type ParsedPolicy, type ParseOptions, parsePolicy } from "./document/parse";
export { list as valuesOf } from "./private/values";
export type { OneOrMany } from "./condition";
export { allow, deny, type Effect, type Principal, type Statement } from "./statement";
export {
  escapeForTerraform,
  principalTag,
  replaceVariables,
  unescapeTerraform,
  VARIABLE_PREFIXES,
  variablesIn,
} from "./variables";
export {
  ACTIONS_WITHOUT_RESOURCE,
  mayUseWildcardResource,
  WILDCARD_RESOURCES,
  type WildcardException,
  type WildcardResource,
} from "./data/wildcard-exceptions";
