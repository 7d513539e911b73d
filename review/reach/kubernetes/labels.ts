/** Labels that the constructs write. Admission holds pods with them to the record in their namespace. */
export const AGENT_LABEL = "ambit.internal/agent";
export const LABEL_PREFIX = "ambit.internal/";
export const STATE_LABEL = "ambit.internal/state";
export const MANAGED_LABEL = "ambit.internal/managed";
export const SVID_LABEL = "ambit.internal/svid";
/** Values of the state label that the constructs write */
export const ACTIVE = "active";
export const SUSPENDED = "suspended";
